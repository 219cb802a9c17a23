import {registry} from "@web/core/registry";

const row = ".o_list_view .o_data_row:contains('Ticket Slip')";

registry.category("web_tour.tours").add("interaction_log_proposal", {
    steps: () => [
        {
            content: "What other apps are there to record?",
            trigger: ".o_control_panel button:contains('Other Documents')",
            run: "click",
        },
        {trigger: ".o_breadcrumb:contains('Other Documents')"},
        {
            trigger: `${row} button[name=action_record]`,
            run: "click",
        },
        {
            content: "It says what is recorded from now on",
            trigger: ".o_notification:contains('Ticket Slip: Printed')",
        },
        {
            content: "And leads to the rule",
            trigger: `${row} button[name=action_open_rule]`,
            run: "click",
        },
        {
            trigger: ".o_form_view [name=name] input:value('Ticket Slip: Printed')",
        },
        {trigger: ".o_form_view [name=show_button] input:checked"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_proposal_button", {
    steps: () => [
        {
            content: "The form has the button, with the number",
            trigger:
                ".o-form-buttonbox .oe_stat_button:contains('Interactions') .o_stat_value:contains('0')",
            run: "click",
        },
        {
            content: "Log from there",
            trigger: ".o_list_view button:contains('Log an Interaction')",
            run: "click",
        },
        {trigger: ".modal [name=document_name]:contains('Broken Door')"},
        {
            trigger: ".modal .o_selection_badge:contains('Outgoing call')",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_list_view .o_data_row:contains('Anna')",
        },
        {
            content: "Back on the form it is counted",
            trigger: ".breadcrumb-item a:contains('Broken Door')",
            run: "click",
        },
        {
            trigger:
                ".o-form-buttonbox .oe_stat_button:contains('Interactions') .o_stat_value:contains('1')",
        },
    ],
});
