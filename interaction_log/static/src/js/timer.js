import {Component, onMounted, onWillUnmount, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";
import {useBus} from "@web/core/utils/hooks";

const HOUR = 3600000;
// The duration that a running timer has written last: that call goes on
let measured = null;

/**
 * Measure how long a call takes: the time becomes the duration when it is logged.
 *
 * Starts by itself where the record says that a call goes on (`is_call`). A duration
 * that is typed while it runs counts more than the measured one. In a dialog that was
 * closed and is opened again it goes on, unless it was stopped or a duration was typed.
 */
export class InteractionTimer extends Component {
    static template = "interaction_log.Timer";
    static props = {...standardWidgetProps};

    setup() {
        this.state = useState({elapsed: 0, running: false});
        useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", ({detail}) =>
            detail.proms.push(this.keep())
        );
        onMounted(() => {
            const {duration, is_call: isCall, proposed} = this.props.record.data;
            if (!isCall) {
                return;
            }
            const isUntouched = duration === (proposed?.duration || 0);
            if (!isUntouched) {
                this.state.elapsed = duration * HOUR;
            }
            if (isUntouched || duration === measured) {
                this.start();
            }
        });
        onWillUnmount(() => clearInterval(this.interval));
    }

    get time() {
        const seconds = Math.floor(this.state.elapsed / 1000);
        return [seconds / 3600, (seconds / 60) % 60, seconds % 60]
            .map((part) => String(Math.floor(part)).padStart(2, "0"))
            .join(":");
    }

    start() {
        this.began = Date.now() - this.state.elapsed;
        this.before = this.props.record.data.duration;
        this.state.running = true;
        this.interval = setInterval(() => {
            this.state.elapsed = Date.now() - this.began;
        }, 1000);
    }

    async stop() {
        await this.keep();
        measured = null;
        clearInterval(this.interval);
        this.state.running = false;
    }

    /** Write the time that was measured, unless another one was typed meanwhile. */
    async keep() {
        const {record} = this.props;
        const {duration, proposed} = record.data;
        // a template that was chosen meanwhile proposes its own
        const isTyped = duration !== this.before && duration !== proposed?.duration;
        if (this.state.running && !isTyped) {
            this.state.elapsed = Date.now() - this.began;
            this.before = measured = this.state.elapsed / HOUR;
            await record.update({duration: this.before});
        }
    }
}

registry
    .category("view_widgets")
    .add("interaction_timer", {component: InteractionTimer});
