import {registry} from "@web/core/registry";

const row = (text) => `.o_interaction_recorded:contains("${text}")`;
const prints = ".o_interaction_recording [data-event=print]";

const editing = [
    {
        content: "The documents of an event, each with what is logged of it",
        trigger: `${prints} ${row("Printed quotation")}:contains('Customer')`,
    },
    {
        content: "Record quotations with another template",
        trigger: `${row("Printed quotation")} .o_interaction_template`,
        run: "selectByLabel Letter",
    },
    {
        content: "Record credit notes no more",
        trigger: `${row("Printed credit note")} [role=switch]:checked`,
        run: "click",
    },
    {
        trigger: `${row("Printed credit note")} .o_interaction_note:contains('Disabled')`,
    },
    {
        content: "Ask before an order is logged",
        trigger: `${row("Printed order")} .o_interaction_announce`,
        run: "selectByLabel Ask the user first",
    },
    {
        content: "The template of pro-forma invoices is archived: nothing is recorded",
        trigger: `${row("Printed pro-forma invoice")}:has([role=switch]:not(:checked)) .o_interaction_note:contains('is archived')`,
    },
    {
        content: "Stop recording prints",
        trigger: `${prints} .card-header [role=switch]:checked`,
        run: "click",
    },
    {
        content: "No switch of a rule says otherwise",
        trigger: `${prints}:not(:has(.o_interaction_recorded [role=switch]:checked)) .o_interaction_event_note:contains('Disabled')`,
    },
    {
        trigger: `${prints} .card-header [role=switch]:enabled:not(:checked)`,
        run: "click",
    },
    {
        trigger: `${row("Printed quotation")}:has([role=switch]:checked) .o_interaction_note:contains('Customer')`,
    },
    {
        content: "What would be logged?",
        trigger: `${row("Printed quotation")} .o_interaction_try`,
        run: "click",
    },
    {
        trigger: ".modal [name=rule_id]:contains('Printed quotation')",
    },
    {
        trigger: ".modal .btn-close",
        run: "click",
    },
    {
        content: "Search",
        trigger: "body:not(:has(.modal)) .o_interaction_search",
        run: "edit credit",
    },
    {
        trigger: `.o_interaction_recording:not(:has(${row("Printed quotation")})) ${row("Printed credit note")}`,
    },
    {
        trigger: ".o_interaction_search",
        run: "edit payment",
    },
];

registry.category("web_tour.tours").add("interaction_log_setup", {
    steps: () => [
        ...editing,
        {
            content: "The rule has all the rest",
            trigger: `${row("E-mailed payment receipt")} .o_interaction_rule`,
            run: "click",
        },
        {
            trigger: ".o_form_view [name=name] input:value('E-mailed payment receipt')",
        },
        {
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Record everything that is printed of a payment",
            trigger: `${prints} .o_interaction_add`,
            run: "click",
        },
        {
            trigger: ".o_form_view [name=model_id] input",
            run: "edit Payment",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:text('Payment')",
            run: "click",
        },
        {trigger: ".o_form_view [name=name] input:value('Payment: Printed')"},
        {
            trigger: ".o_form_view [name=template_id] input",
            run: "edit Note",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:text('Note')",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {trigger: ".o_form_saved"},
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
            trigger: `.o_list_view .o_data_row:contains("Order confirmation") [name=code]`,
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

registry.category("web_tour.tours").add("interaction_log_setup_phone", {
    steps: () => [
        ...editing,
        {
            content: "The rule has all the rest",
            trigger: `${row("E-mailed payment receipt")} .o_interaction_rule`,
            run: "click",
        },
        {
            trigger: ".o_form_view [name=name] input:value('E-mailed payment receipt')",
        },
    ],
});
