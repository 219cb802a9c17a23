import {registry} from "@web/core/registry";

const row = (text) => `.o_interaction_log_list .o_data_row:contains("${text}")`;

registry.category("web_tour.tours").add("interaction_log_print_quotation", {
    steps: () => [
        {
            content: "Print the quotation",
            trigger: ".o_statusbar_buttons button:contains('Print')",
            run: "click",
        },
        {
            content: "Wait until it is printed, then open its interactions",
            trigger: "body:not(:has(.o_blockUI)) button[name=action_view_interactions]",
            run: "click",
        },
        {trigger: row("Quotation S")},
    ],
});

registry.category("web_tour.tours").add("interaction_log_print_invoice", {
    steps: () => [
        {
            content: "Print the invoice",
            trigger: ".o_statusbar_buttons button[name=action_print_pdf]:visible",
            run: "click",
        },
        {
            content: "Wait until it is printed, then open its interactions",
            trigger: "body:not(:has(.o_blockUI)) button[name=action_view_interactions]",
            run: "click",
        },
        {trigger: row("Invoice INV/2026")},
    ],
});

registry.category("web_tour.tours").add("interaction_log_find", {
    steps: () => [
        {
            content: "The company counts the interactions with its people",
            trigger:
                "button[name=action_view_interactions] .o_stat_value:contains('2')",
            run: "click",
        },
        {trigger: row("Quotation S")},
        {
            trigger: `${row("Invoice INV/2026")} [name=name]`,
            run: "click",
        },
        {
            content: "The entry leads to the invoice",
            trigger: "button[name=action_open_document]",
            run: "click",
        },
        {trigger: ".o_form_view .o_field_widget[name=invoice_line_ids]"},
    ],
});

const cancelSteps = [
    {
        trigger: "button[name=action_cancel]",
        run: "click",
    },
    {
        content: "Choose a reason",
        trigger: ".modal .o_selection_badge:contains('Entered in error')",
        run: "click",
    },
    {
        trigger: ".modal [name=note] textarea",
        run: "edit It was another day",
    },
    {
        trigger: ".modal button[name=action_apply]",
        run: "click",
    },
    {trigger: ".ribbon:contains('Canceled')"},
];

registry.category("web_tour.tours").add("interaction_log_cancel", {
    steps: () => [
        {
            trigger: `${row("Call about the tour")} [name=name]`,
            run: "click",
        },
        ...cancelSteps,
        {
            content: "Take it back",
            trigger: "button[name=action_restore]",
            run: "click",
        },
        {trigger: "button[name=action_cancel]"},
        ...cancelSteps,
        {
            content: "Back to the log",
            trigger: ".o_back_button",
            run: "click",
        },
        {trigger: `${row("Call about the tour")} .badge:contains('Canceled')`},
        {
            content: "Delete the canceled ones",
            trigger: `${row("Call about the tour")} .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: ".o_cp_action_menus button:contains('Actions')",
            run: "click",
        },
        {
            trigger:
                ".o-dropdown--menu .o_menu_item:contains('Delete Canceled Interaction Log Entries')",
            run: "click",
        },
        {
            content: "What was canceled a moment ago is left out",
            trigger: ".modal [name=entry_count]:contains('0')",
        },
        {
            trigger: ".modal [name=with_recent] input",
            run: "click",
        },
        {
            content: "It says how many would go",
            trigger: ".modal [name=entry_count]:contains('1')",
        },
        {
            trigger: ".modal button[name=action_ask]",
            run: "click",
        },
        {
            content: "It asks once more, with the number",
            trigger: ".modal .lead:contains('Delete 1 canceled')",
        },
        {
            trigger: ".modal button[name=action_delete]",
            run: "click",
        },
        {trigger: ".o_notification:contains('deleted: 1')"},
        {
            trigger: `.o_interaction_log_list:not(:has(.o_data_row:contains('Call about the tour'))) .o_data_row:contains('Call that stays')`,
        },
    ],
});
