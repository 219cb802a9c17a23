import {Component, onWillUnmount, useEffect, useState} from "@odoo/owl";
import {
    deserializeDateTime,
    toLocaleDateString,
    toLocaleDateTimeString,
} from "@web/core/l10n/dates";
import {useBus, useService} from "@web/core/utils/hooks";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {LOGGED} from "./log_button";
import {_t} from "@web/core/l10n/translation";
import {formatFloatTime} from "@web/views/fields/formatters";
import {registry} from "@web/core/registry";
import {standardWidgetProps} from "@web/views/widgets/standard_widget_props";

const ICONS = {
    chat: "fa-comments-o",
    email: "fa-at",
    letter: "fa-envelope-o",
    meeting: "fa-users",
    other: "fa-sticky-note-o",
    phone: "fa-phone",
    sms: "fa-mobile",
    visit: "fa-map-marker",
    web: "fa-globe",
};
const PAGE = 10;

/**
 * The last interactions with the contact of the form, or about its document: filtered by
 * channel, with a line to add a note. What is shown is fetched when the page is.
 */
export class InteractionTimeline extends Component {
    static template = "interaction_log.Timeline";
    static props = {...standardWidgetProps};

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.orm = useService("orm");
        this.state = useState({
            busy: false,
            channel: false,
            data: null,
            limit: PAGE,
            note: "",
        });
        // the number of the last request: a slow answer never replaces a later one
        this.asked = 0;
        onWillUnmount(() => this.asked++);
        useBus(this.env.bus, LOGGED, () => this.reload());
        useEffect(
            (resId) => {
                if (resId !== this.shownId) {
                    Object.assign(this.state, {
                        channel: false,
                        data: null,
                        limit: PAGE,
                        note: "",
                    });
                    this.shownId = resId;
                }
                this.load();
            },
            // its saved values are others whenever the record was read
            () => [this.resId, this.props.record._values]
        );
    }

    /** Whose interactions are shown: those of the record of the form. */
    get resModel() {
        return this.props.record.resModel;
    }

    get resId() {
        return this.props.record.resId;
    }

    /** Whether an interaction can be logged from here. */
    get canLog() {
        return true;
    }

    /** The dates that say when the contact was reached, and when it was tried. */
    get dates() {
        const {attempt, inbound, last, outbound} = this.state.data.summary;
        return [
            {date: last, label: _t("Last contact"), name: "last"},
            {date: attempt, label: _t("Last failed attempt"), name: "attempt"},
            {date: inbound, label: _t("Last inbound"), name: "inbound"},
            {date: outbound, label: _t("Last outbound"), name: "outbound"},
        ].filter(
            ({date, name}) =>
                // what is the last one of all is not told twice
                date && (["last", "attempt"].includes(name) || date !== last)
        );
    }

    get duration() {
        const {duration} = this.state.data.summary;
        return duration ? formatFloatTime(duration) : "";
    }

    get filters() {
        const {channels} = this.state.data;
        if (channels.length < 2) {
            return [];
        }
        const count = channels.reduce((sum, channel) => sum + channel.count, 0);
        return [{count, label: _t("All"), value: false}, ...channels];
    }

    icon(channel) {
        return ICONS[channel] || ICONS.other;
    }

    date(value) {
        return deserializeDateTime(value);
    }

    relative(value) {
        const date = this.date(value);
        const seconds = Math.abs(date.diffNow().as("seconds"));
        return seconds < 60 ? _t("now") : date.toRelative();
    }

    full(value) {
        return toLocaleDateTimeString(this.date(value));
    }

    day(value) {
        return toLocaleDateString(this.date(value));
    }

    async load() {
        const {resId} = this;
        if (!resId) {
            this.state.data = null;
            return;
        }
        const asked = ++this.asked;
        const data = await this.orm.call(this.resModel, "get_interaction_timeline", [
            [resId],
            this.state.channel,
            this.state.limit,
        ]);
        if (asked === this.asked) {
            this.state.data = data;
        }
    }

    /** Read the form again, too, unless that would lose what was typed there. */
    async reload() {
        const {record} = this.props;
        if (await record.isDirty()) {
            await this.load();
        } else {
            await record.load(); // which loads this as well
        }
    }

    filter(channel) {
        Object.assign(this.state, {channel, limit: PAGE});
        return this.load();
    }

    loadMore() {
        this.state.limit = Math.min(this.state.limit + PAGE, this.state.data.limit_max);
        return this.load();
    }

    /** Do one thing at a time: a double click is one interaction. */
    async once(callback) {
        if (this.state.busy) {
            return;
        }
        this.state.busy = true;
        try {
            await callback();
        } finally {
            this.state.busy = false;
        }
    }

    onNoteKeydown(event) {
        if (event.key === "Enter" && !event.isComposing) {
            event.preventDefault();
            event.stopPropagation();
            this.addNote();
        }
    }

    addNote() {
        const note = this.state.note.trim();
        if (!note) {
            return;
        }
        return this.once(async () => {
            const action = await this.orm.call(this.resModel, "log_interaction_note", [
                [this.resId],
                note,
            ]);
            this.state.note = "";
            await this.action.doAction(action);
            await this.reload();
        });
    }

    /** Open a dialog or a page by a method of this record. */
    run(method) {
        return this.open(this.resModel, method, this.resId);
    }

    openEntry(method, id) {
        return this.open("interaction.log.entry", method, id);
    }

    open(model, method, id) {
        return this.once(async () => {
            const action = await this.orm.call(model, method, [[id]]);
            await this.action.doAction(action, {onClose: () => this.reload()});
        });
    }

    discard(draft) {
        this.dialog.add(ConfirmationDialog, {
            title: _t("Discard Draft"),
            body: _t("Discard the draft “%(name)s”?", {name: draft.name}),
            confirmLabel: _t("Discard"),
            confirmClass: "btn-danger",
            confirm: async () => {
                await this.orm.call("interaction.log.entry", "action_discard", [
                    [draft.id],
                ]);
                await this.reload();
            },
            // the dialog has a button for it only then
            cancel: () => {},
        });
    }
}

registry.category("view_widgets").add("interaction_timeline", {
    component: InteractionTimeline,
});
