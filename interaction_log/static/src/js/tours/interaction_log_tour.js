import {_t} from "@web/core/l10n/translation";
import {markup} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const APP = '.o_app[data-menu-xmlid="interaction_log.interaction_log_menu_root"]';

registry.category("web_tour.tours").add("interaction_log_tour", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: APP,
            content: markup(
                _t("See every contact with your customers: open <b>Interactions</b>.")
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: "body:has(.o_interaction_overview) .o_interaction_log_button",
            content: markup(
                _t("<b>Log your first interaction:</b> a call, a letter, a meeting.")
            ),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=partner_ids] input",
            content: markup(_t("<b>Write a few letters</b> to look for a contact.")),
            tooltipPosition: "bottom",
            run: "edit Azure",
        },
        {
            isActive: ["auto"],
            trigger: ".o-autocomplete--dropdown-item a:contains('Azure')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=template_id] .o_selection_badge",
            content: _t("Choose what it was."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_log]",
            content: markup(_t("<b>Log</b> it. Undo is one click away.")),
            tooltipPosition: "top",
            run: "click",
        },
        {isActive: ["auto"], trigger: ".o_notification:contains('Logged')"},
        {
            trigger:
                "body:not(:has(.modal)):has(.o_interaction_overview) .o_interaction_open_log",
            content: _t("Every interaction is in the log. Open it."),
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            trigger: ".o_interaction_log_list .o_data_row [name=partner_name]",
            content: _t("Open the interaction to see what is known of it."),
            tooltipPosition: "bottom",
            run: "click",
        },
    ],
});
