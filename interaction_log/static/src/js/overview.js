import {Component, markup, onWillStart, useState} from "@odoo/owl";
import {useBus, useService} from "@web/core/utils/hooks";
import {LOGGED} from "./log_button";
import {Layout} from "@web/search/layout";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

const OVERVIEW = "interaction.overview";

/**
 * The first page of the app: what there is to do for the user, what the log misses for
 * a manager, and what to set up first for an administrator. A tile opens what it counts.
 */
export class Overview extends Component {
    static template = "interaction_log.Overview";
    static components = {Layout};
    static props = {...standardActionServiceProps};

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({data: null});
        this.display = {controlPanel: {}};
        useBus(this.env.bus, LOGGED, () => this.load());
        onWillStart(() => this.load());
    }

    async load() {
        this.state.data = await this.orm.call(OVERVIEW, "get_overview");
    }

    get sections() {
        const {breakdowns, tiles} = this.state.data;
        return [
            {breakdowns: [], label: _t("My Work"), name: "mine"},
            {breakdowns, label: _t("The Log"), name: "team"},
        ]
            .map((section) => ({
                ...section,
                tiles: tiles.filter((tile) => tile.section === section.name),
            }))
            .filter((section) => section.tiles.length || section.breakdowns.length);
    }

    /** How wide the bar of a row is, of the longest one, in percent. */
    width({rows}, {count}) {
        return Math.round((100 * count) / Math.max(...rows.map((row) => row.count)));
    }

    log() {
        return this.action.doAction("interaction_log.interaction_log_create_action", {
            onClose: () => this.load(),
        });
    }

    openLog() {
        return this.action.doAction("interaction_log.interaction_log_entry_action");
    }

    async open(method, args) {
        const action = await this.orm.call(OVERVIEW, method, args);
        if (action.help) {
            action.help = markup(action.help);
        }
        await this.action.doAction(action);
    }

    openTile({key}) {
        return this.open("open_tile", [key]);
    }

    openRow({key}, {value}) {
        return this.open("open_breakdown", [key, value]);
    }

    openStep({id}) {
        return this.open("open_step", [id]);
    }

    async dismiss() {
        await this.orm.call(OVERVIEW, "dismiss_checklist");
        await this.load();
    }
}

registry.category("actions").add("interaction_log_overview", Overview);
