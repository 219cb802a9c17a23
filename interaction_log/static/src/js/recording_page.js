import {Component, markup, onWillStart, useState} from "@odoo/owl";
import {Layout} from "@web/search/layout";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";
import {useService} from "@web/core/utils/hooks";

const RULE = "interaction.rule";

/**
 * What Is Recorded: the documents of each event, with the switch of its rule, which is
 * on only where something is recorded, the template, and what the user is told.
 */
export class RecordingPage extends Component {
    static template = "interaction_log.RecordingPage";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({page: null, query: ""});
        this.display = {controlPanel: {}};
        onWillStart(() => this.load());
    }

    async load() {
        this.state.page = await this.orm.call(RULE, "get_recording_page");
    }

    /** The events with those of their rules that match what is searched for. */
    get events() {
        const query = this.state.query.trim().toLowerCase();
        const {events} = this.state.page;
        if (!query) {
            return events;
        }
        const matches = (...texts) =>
            texts.some((text) => text && text.toLowerCase().includes(query));
        return events
            .map((event) => ({
                ...event,
                rules: matches(event.name)
                    ? event.rules
                    : event.rules.filter(({document, name, template}) =>
                          matches(document, name, template.name)
                      ),
            }))
            .filter(({name, rules}) => rules.length || matches(name));
    }

    /** The templates to choose from, with that of the rule whatever became of it. */
    templates({template}) {
        const {templates} = this.state.page;
        return templates.some(({id}) => id === template.id)
            ? templates
            : [template, ...templates];
    }

    /**
     * Change something and read the page again. Where that is refused, Odoo says why,
     * and the page shows what is.
     */
    async change(event, model, method, args) {
        const {target} = event;
        const before = target.type === "checkbox" ? !target.checked : null;
        target.disabled = true;
        try {
            await this.orm.call(model, method, args);
        } catch (error) {
            if (before !== null) {
                target.checked = before;
            }
            throw error;
        } finally {
            await this.load();
            target.disabled = false;
        }
    }

    switchEvent({id}, event) {
        const vals = {is_recorded: event.target.checked};
        return this.change(event, "interaction.event", "write", [[id], vals]);
    }

    switchRule({id}, event) {
        const {checked} = event.target;
        return this.change(event, RULE, "set_recorded", [[id], checked]);
    }

    setTemplate({id}, event) {
        const vals = {template_id: Number(event.target.value)};
        return this.change(event, RULE, "write", [[id], vals]);
    }

    setAnnounce({id}, event) {
        const vals = {announce: event.target.value};
        return this.change(event, RULE, "write", [[id], vals]);
    }

    async open(model, method, args) {
        const action = await this.orm.call(model, method, args);
        if (action.help) {
            action.help = markup(action.help);
        }
        return this.action.doAction(action, {onClose: () => this.load()});
    }

    tryIt({id}) {
        return this.open(RULE, "action_explain", [[id]]);
    }

    openRule({id}) {
        return this.open(RULE, "action_open_details", [[id]]);
    }

    addRule({event}) {
        return this.action.doAction("interaction_log.interaction_rule_action", {
            additionalContext: {default_event: event},
            viewType: "form",
        });
    }

    openSources({id}) {
        return this.open("interaction.event", "action_view_rules", [[id]]);
    }

    openAll() {
        return this.action.doAction("interaction_log.interaction_rule_action");
    }

    openProposals() {
        return this.action.doAction("interaction_log.interaction_rule_proposal_action");
    }
}

registry.category("actions").add("interaction_log_recording", RecordingPage);
