import {Component, onWillUnmount, status, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

// How often a form is read again that shows how far something is, in milliseconds
const INTERVAL = 2000;

/** Reads the form again for as long as it is shown: it stands beside the progress. */
export class Progress extends Component {
    static template = xml`<span/>`;
    static props = {...standardWidgetProps};

    setup() {
        const timer = setInterval(() => this.refresh(), INTERVAL);
        onWillUnmount(() => clearInterval(timer));
    }

    async refresh() {
        const {record} = this.props;
        if (!this.isLoading && !(await record.isDirty())) {
            this.isLoading = true;
            try {
                await record.load();
            } catch (error) {
                // whoever has left the form meanwhile need not know
                if (status(this) !== "destroyed") {
                    throw error;
                }
            } finally {
                this.isLoading = false;
            }
        }
    }
}

registry.category("view_widgets").add("interaction_progress", {component: Progress});
