import {registry} from "@web/core/registry";

const row = (text) => `.o_list_view .o_data_row:contains("${text}")`;

registry.category("web_tour.tours").add("interaction_log_setup", {
    steps: () => [
        {
            content: "Rows are grouped by document, under the name that people know",
            trigger: ".o_group_header:contains('Invoice or Bill')",
        },
        {
            content: "Record quotations with another template",
            trigger: `${row("Printed quotation")} [name=template_id]`,
            run: "click",
        },
        {
            trigger: ".o_selected_row [name=template_id] input",
            run: "edit Letter",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Letter')",
            run: "click",
        },
        {
            trigger: ".o_list_button_save",
            run: "click",
        },
        {trigger: `${row("Printed quotation")} [name=template_id]:contains('Letter')`},
        {
            content: "Record credit notes no more",
            trigger: `${row("Printed credit note")} .o_boolean_toggle input`,
            run: "click",
        },
        {
            trigger: `${row("Printed credit note")} .o_boolean_toggle input:not(:checked)`,
        },
        {
            content: "Record everything that is printed of a payment",
            trigger:
                ".o_group_header:contains('Payment') ~ tr .o_group_field_row_add a",
            run: "click",
        },
        {trigger: ".o_selected_row [name=name] input:value('Payment: Printed')"},
        {
            trigger: ".o_selected_row [name=template_id] input",
            run: "edit Note",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:text('Note')",
            run: "click",
        },
        {
            trigger: ".o_list_button_save",
            run: "click",
        },
        {trigger: `${row("Payment: Printed")}:not(.o_selected_row)`},
        {
            content: "Archive the template that orders are recorded with",
            trigger: `[data-menu-xmlid='interaction_log.interaction_log_menu_configuration']`,
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='interaction_log.interaction_template_menu']",
            run: "click",
        },
        {
            content: "The page of the templates, no longer that of the setup",
            trigger: ".o_breadcrumb:contains('Interaction Templates')",
        },
        {
            trigger: `${row("Order confirmation")} [name=code]`,
            run: "click",
        },
        {
            trigger: ".o_form_view .o_cp_action_menus button",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains('Archive')",
            run: "click",
        },
        {
            content: "It says what is recorded with it",
            trigger: ".modal [name=rule_ids]:contains('Printed order')",
        },
        {
            trigger: ".modal [name=replacement_id] input",
            run: "edit Letter",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Letter')",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_apply]",
            run: "click",
        },
        {trigger: ".o_form_view .ribbon:contains('Archived')"},
    ],
});
