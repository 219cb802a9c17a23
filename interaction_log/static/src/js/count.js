import {Component, useEffect, useState} from "@odoo/owl";
import {useBus, useService} from "@web/core/utils/hooks";
import {KeepLast} from "@web/core/utils/concurrency";
import {LOGGED} from "./log_button";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

/**
 * How many interactions there are about the document of the form. Its model knows
 * nothing of them: they are counted once the form is shown.
 */
export class InteractionCount extends Component {
    static template = "interaction_log.Count";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.state = useState({count: ""});
        this.keepLast = new KeepLast();
        useBus(this.env.bus, LOGGED, () => this.load());
        useEffect(
            () => {
                this.load();
            },
            // its saved values are others whenever the record was read
            () => [this.props.record.resId, this.props.record._values]
        );
    }

    async load() {
        const {resId, resModel} = this.props.record;
        if (resId) {
            this.state.count = await this.keepLast.add(
                this.orm.call("interaction.log.entry", "get_document_count", [
                    resModel,
                    resId,
                ])
            );
        }
    }
}

registry.category("view_widgets").add("interaction_count", {
    component: InteractionCount,
});
