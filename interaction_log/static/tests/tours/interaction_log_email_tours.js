import {registry} from "@web/core/registry";

const row = (text) => `.o_interaction_log_list .o_data_row:contains("${text}")`;

registry.category("web_tour.tours").add("interaction_log_send_quotation", {
    steps: () => [
        {
            content: "Send the quotation",
            trigger: ".o_statusbar_buttons button[name=action_quotation_send]:visible",
            run: "click",
        },
        {
            content: "The PDF is there",
            trigger:
                ".modal .o_field_mail_composer_attachment_list:contains('Quotation')",
        },
        {
            trigger: ".modal button.o_mail_send",
            run: "click",
        },
        {
            content: "It has left: open its interactions",
            trigger: "body:not(:has(.modal)) button[name=action_view_interactions]",
            run: "click",
        },
        {
            trigger: `${row("Quotation S")}:has(.badge:contains("Sent")) [name=name]`,
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=summary]:contains('e-mailed by Sales to Anna')",
        },
        {trigger: ".o_field_widget[name=mail_attachment_ids]:contains('Quotation')"},
        {
            content: "Send it again",
            trigger: "button[name=action_resend]",
            run: "click",
        },
        {
            trigger: ".modal button:contains('Send Again')",
            run: "click",
        },
        {trigger: ".o_notification:contains('Sending again: 1 (Acme, Anna)')"},
        {
            content: "The entry leads to the new one",
            trigger: "button[name=action_view_resends] .o_stat_value:contains('1')",
            run: "click",
        },
        {
            trigger: `${row("Quotation S")}:has(.badge:contains("Sent")) [name=name]`,
            run: "click",
        },
        {
            content: "And the new one to what it repeats",
            trigger: ".o_field_widget[name=resent_entry_id]:contains('Quotation')",
        },
        {
            content: "Open the e-mail in the chatter",
            trigger: "button[name=action_open_message]",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: ".o-mail-Chatter .o-mail-Message:contains('Quotation')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_send_selection_again", {
    steps: () => [
        {
            content: "Select all",
            trigger: ".o_interaction_log_list thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_cp_action_menus button:contains('Actions')",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains('Send E-mails Again')",
            run: "click",
        },
        {
            content: "How many, and no more than those not sent again yet",
            trigger:
                ".modal:contains('Send 3 e-mails again'):contains('Left out: 1') button:contains('Cancel')",
            run: "click",
        },
        {
            content: "Nothing is sent; on second thoughts",
            trigger:
                "body:not(:has(.modal)):not(:has(.o_notification)) .o_cp_action_menus button:contains('Actions')",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains('Send E-mails Again')",
            run: "click",
        },
        {
            trigger: ".modal button:contains('Send Again')",
            run: "click",
        },
        {
            trigger:
                ".o_notification:contains('Sending again: 3 (Acme, Anna)'):contains('First news was already sent again')",
        },
        {
            content: "The list has the new ones",
            trigger: "body:not(:has(.modal)) .o_data_row:nth-child(7)",
        },
    ],
});

registry.category("web_tour.tours").add("interaction_log_send_invoice", {
    steps: () => [
        {
            content: "Send the invoice",
            trigger:
                ".o_statusbar_buttons button[name=action_invoice_sent]:visible, .o_statusbar_buttons button[name=action_send_and_print]:visible",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_send_and_print]:enabled",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) button[name=action_view_interactions]",
            run: "click",
        },
        {
            trigger: `${row("Invoice INV/")}:has(.badge:contains("Not Delivered")) [name=name]`,
            run: "click",
        },
        {trigger: ".alert-danger:contains('no such person here')"},
    ],
});
