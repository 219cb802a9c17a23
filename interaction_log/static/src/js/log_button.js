import {Component, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {session} from "@web/session";
import {useService} from "@web/core/utils/hooks";

// What the bus tells when an interaction may have been logged from outside of the page
export const LOGGED = "INTERACTION_LOG:LOGGED";

/** Log an interaction: from the control panel of any view of the log. */
export class InteractionLogButton extends Component {
    static template = "interaction_log.LogButton";
    static props = {};

    setup() {
        this.action = useService("action");
    }

    log() {
        const {searchModel} = this.env;
        // what is logged from a contact's interactions is with the contact
        const defaults = Object.entries(searchModel.context).filter(([name]) =>
            name.startsWith("default_")
        );
        return this.action.doAction("interaction_log.interaction_log_create_action", {
            additionalContext: Object.fromEntries(defaults),
            onClose: () => searchModel.search(),
        });
    }
}

/**
 * Log an interaction from anywhere: with the contact of the record that is open, and
 * about it where it is a document. What is unsaved in the page stays as it is.
 */
export class InteractionLogSystray extends Component {
    static template = "interaction_log.Systray";
    static props = {};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({busy: false});
    }

    /** The record of the form that is open, as far as it is saved. */
    getRecord() {
        const {currentState, props, view} = this.action.currentController || {};
        return view?.type === "form" && currentState?.resId
            ? [props.resModel, currentState.resId]
            : [];
    }

    async log() {
        if (this.state.busy) {
            return; // a double click is one dialog
        }
        this.state.busy = true;
        try {
            const action = await this.orm.call(
                "interaction.log.entry",
                "get_log_action",
                this.getRecord()
            );
            await this.action.doAction(action, {
                onClose: () => this.env.bus.trigger(LOGGED),
            });
        } finally {
            this.state.busy = false;
        }
    }
}

export const systrayItem = {
    Component: InteractionLogSystray,
    isDisplayed: () => Boolean(session.can_log_interactions),
};

registry.category("systray").add("interaction_log.log", systrayItem, {sequence: 24});
