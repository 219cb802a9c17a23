import {Component, onWillUnmount, status, xml} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

// How often the form of a segment that is being logged is read again, in milliseconds
const INTERVAL = 2000;

/** Reads the form again while its segment is being logged. */
export class SegmentProgress extends Component {
    static template = xml`<span/>`;
    static props = {...standardWidgetProps};

    setup() {
        const timer = setInterval(() => this.refresh(), INTERVAL);
        onWillUnmount(() => clearInterval(timer));
    }

    async refresh() {
        const {record} = this.props;
        if (
            record.data.state === "logging" &&
            !record.data.is_paused &&
            !this.isLoading &&
            !(await record.isDirty())
        ) {
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

registry.category("view_widgets").add("interaction_segment_progress", {
    component: SegmentProgress,
    fieldDependencies: [
        {name: "state", type: "selection"},
        {name: "is_paused", type: "boolean"},
    ],
});
