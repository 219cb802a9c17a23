import {registry} from "@web/core/registry";

const skipped = ".o_list_view .o_data_row:contains('is archived')";
const line = (text) =>
    `.modal .o_field_widget[name=line_ids] .o_data_row:contains('${text}')`;

registry.category("web_tour.tours").add("interaction_log_skipped", {
    steps: () => [
        {
            content: "Open it",
            trigger: `${skipped} .o_data_cell[name=reason]`,
            run: "click",
        },
        {trigger: ".o_form_view .alert:contains('is archived')"},
        {
            content: "What would be logged of the print now?",
            trigger: ".o_form_view button[name=action_explain]",
            run: "click",
        },
        {trigger: ".modal .alert-warning:contains('could not be logged')"},
        {trigger: `${line("Printed quotation")}:contains('is archived')`},
        {
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "It can't be logged now",
            trigger: "body:not(:has(.modal)) .o_form_view button[name=action_log_now]",
            run: "click",
        },
        {trigger: ".o_notification:contains('Not logged')"},
        {
            content: "Fix the problem: another template",
            trigger:
                "[data-menu-xmlid='interaction_log.interaction_log_menu_configuration']",
            run: "click",
        },
        {
            trigger:
                ".dropdown-item[data-menu-xmlid='interaction_log.interaction_rule_menu_setup']",
            run: "click",
        },
        {
            trigger:
                ".o_interaction_recorded:contains('Printed quotation') .o_interaction_rule",
            run: "click",
        },
        {
            trigger: ".o_form_view [name=template_id] input",
            run: "edit Letter",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:text('Letter')",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Try the rule",
            trigger: ".o_form_saved button[name=action_explain]",
            run: "click",
        },
        {trigger: ".modal .alert-success:contains('would be logged')"},
        {trigger: `${line("Letter")}:contains('Logged')`},
        {
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) [data-menu-xmlid='interaction_log.interaction_log_menu_checks']",
            run: "click",
        },
        {
            trigger:
                ".dropdown-item[data-menu-xmlid='interaction_log.interaction_skipped_event_menu']",
            run: "click",
        },
        {
            content: "Log it now",
            trigger: `${skipped} .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: ".o_control_panel_actions button[name=action_log_now]",
            run: "click",
        },
        {trigger: ".o_notification:contains('Logged: 1')"},
        {trigger: `.o_list_view:not(:has(.o_data_row:contains('is archived')))`},
    ],
});

registry.category("web_tour.tours").add("interaction_log_explain", {
    steps: () => [
        {
            content: "Ask on the document",
            trigger: ".o_cp_action_menus .fa-cog",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains('What Would Be Logged?')",
            run: "click",
        },
        {trigger: ".modal .alert-success:contains('would be logged')"},
        {
            content: "The rules that do not count say why",
            trigger: `${line("Printed order")}:contains('conditions (Status)')`,
        },
        {
            trigger: ".modal .btn-close",
            run: "click",
        },
        {trigger: "body:not(:has(.modal)) .o_form_view"},
    ],
});
