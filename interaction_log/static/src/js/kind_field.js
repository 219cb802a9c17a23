import {Component, useState} from "@odoo/owl";
import {Domain} from "@web/core/domain";
import {Many2XAutocomplete} from "@web/views/fields/relational_utils";
import {_t} from "@web/core/l10n/translation";
import {getFieldDomain} from "@web/model/relational_model/utils";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {useService} from "@web/core/utils/hooks";

/**
 * Choose the template of an interaction: those of the field `kinds` are buttons, the
 * others are found by name. The star is saved at once.
 */
export class InteractionKindField extends Component {
    static template = "interaction_log.KindField";
    static components = {Many2XAutocomplete};
    static props = {
        ...standardFieldProps,
        domain: {type: [Array, Function], optional: true},
    };

    setup() {
        this.orm = useService("orm");
        this.placeholder = _t("More kinds…");
        this.state = useState({busy: false, stars: {}});
    }

    get kinds() {
        return this.props.record.data.kinds || [];
    }

    get chosen() {
        return this.props.record.data[this.props.name];
    }

    get relation() {
        return this.props.record.fields[this.props.name].relation;
    }

    get isFavorite() {
        const {id} = this.chosen;
        const kind = this.kinds.find((each) => each.id === id);
        return this.state.stars[id] ?? Boolean(kind?.is_favorite);
    }

    get starLabel() {
        return this.isFavorite ? _t("Remove from Favorites") : _t("Add to Favorites");
    }

    getOtherDomain() {
        const {domain, name, record} = this.props;
        const shown = this.kinds.map(({id}) => id);
        return Domain.and([
            getFieldDomain(record, name, domain),
            [["id", "not in", shown]],
        ]).toList();
    }

    choose({id, name}) {
        const {record} = this.props;
        record.update({[this.props.name]: {id, display_name: name}});
        record.model.bus.trigger("INTERACTION_KIND_CHOSEN");
    }

    chooseOther([other]) {
        if (other) {
            this.choose({id: other.id, name: other.display_name});
        }
    }

    async toggleFavorite() {
        if (this.state.busy) {
            return; // a double click is one change
        }
        const {id} = this.chosen;
        const isFavorite = !this.isFavorite;
        this.state.busy = true;
        try {
            await this.orm.call(this.relation, "action_toggle_favorite", [[id]]);
            this.state.stars[id] = isFavorite;
            this.env.bus.trigger("INTERACTION_FAVORITES_CHANGED");
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("fields").add("interaction_kind", {
    component: InteractionKindField,
    supportedTypes: ["many2one"],
    extractProps: (fieldInfo, dynamicInfo) => ({domain: dynamicInfo.domain}),
});
