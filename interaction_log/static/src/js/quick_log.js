import {Component, onWillStart, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useBus, useService} from "@web/core/utils/hooks";

/**
 * Log an interaction with the contact of the form: by a dialog, or at once by one of
 * the user's favorite templates.
 */
export class InteractionQuickLog extends Component {
    static template = "interaction_log.QuickLog";
    static props = {...standardWidgetProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({busy: false, favorites: []});
        onWillStart(() => this.loadFavorites());
        useBus(this.env.bus, "INTERACTION_FAVORITES_CHANGED", () =>
            this.loadFavorites()
        );
    }

    async loadFavorites() {
        this.state.favorites = await this.orm.call(
            "interaction.template",
            "get_favorites",
            []
        );
    }

    async log(method, args = []) {
        const {record} = this.props;
        if (this.state.busy) {
            return; // a double click is one interaction
        }
        this.state.busy = true;
        try {
            if (await record.save()) {
                const action = await this.orm.call("res.partner", method, [
                    [record.resId],
                    ...args,
                ]);
                await this.action.doAction(action, {onClose: () => record.load()});
                await record.load();
            }
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("view_widgets").add("interaction_quick_log", {
    component: InteractionQuickLog,
});
