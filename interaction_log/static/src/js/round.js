import {Component, onWillUnmount, useEffect, useRef, useState} from "@odoo/owl";
import {InteractionTimeline} from "./timeline";
import {closestScrollableY} from "@web/core/utils/scrolling";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useService} from "@web/core/utils/hooks";

const SECOND = 1000;
// How often what was entered is saved, and the contact kept for the user who enters it
const MINUTE = 60 * SECOND;

/** The last interactions with the contact that is called. */
export class InteractionRoundTimeline extends InteractionTimeline {
    get resModel() {
        return "res.partner";
    }

    get resId() {
        return this.props.record.data.partner_id?.id;
    }

    /** The note of the call is beside it. */
    get canLog() {
        return false;
    }
}

/**
 * How long the contact has been on the page. What is entered is saved every minute, as a
 * browser may end without a word; the fields stay as they are.
 */
export class InteractionRoundClock extends Component {
    static template = "interaction_log.RoundClock";
    static props = {...standardWidgetProps};

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        this.state = useState({now: Date.now()});
        const timers = [
            setInterval(() => (this.state.now = Date.now()), SECOND),
            setInterval(() => this.save(), MINUTE),
        ];
        onWillUnmount(() => timers.forEach((timer) => clearInterval(timer)));
        // the next contact begins at the top
        useEffect(
            () => {
                closestScrollableY(this.root.el)?.scrollTo({top: 0});
            },
            () => [this.props.record.data.line_id?.id]
        );
    }

    get time() {
        const {start_date: start} = this.props.record.data;
        const seconds = start ? (this.state.now - start.toMillis()) / SECOND : 0;
        const whole = Math.max(0, Math.floor(seconds));
        return [whole / 3600, (whole / 60) % 60, whole % 60]
            .map((part) => String(Math.floor(part)).padStart(2, "0"))
            .join(":");
    }

    async save() {
        const {record} = this.props;
        if (await record.isDirty()) {
            const values = await record.getChanges();
            await this.orm.silent.write(record.resModel, [record.resId], values);
        }
    }
}

registry.category("view_widgets").add("interaction_round_timeline", {
    component: InteractionRoundTimeline,
});
registry.category("view_widgets").add("interaction_round_clock", {
    component: InteractionRoundClock,
});
