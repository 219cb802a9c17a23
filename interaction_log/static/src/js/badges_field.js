import {
    BadgeSelectionField,
    badgeSelectionField,
} from "@web/views/fields/badge_selection/badge_selection_field";
import {registry} from "@web/core/registry";

/** Odoo's badges as buttons: the keyboard reaches them, and a screen reader tells them. */
export class InteractionBadgesField extends BadgeSelectionField {
    static template = "interaction_log.BadgesField";

    get label() {
        return this.props.record.fields[this.props.name].string;
    }
}

registry.category("fields").add("interaction_badges", {
    ...badgeSelectionField,
    component: InteractionBadgesField,
    supportedTypes: ["selection"],
});
