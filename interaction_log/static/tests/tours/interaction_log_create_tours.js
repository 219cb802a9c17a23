import {registry} from "@web/core/registry";

const openDialog = {
    content: "Log an interaction with the contact",
    trigger: ".o_interaction_quick_log button:contains('Log an Interaction')",
    run: "click",
};

registry.category("web_tour.tours").add("interaction_log_by_hand", {
    steps: () => [
        // Three clicks: the dialog, a quick choice, log
        openDialog,
        {
            trigger: ".modal .o_selection_badge:contains('Outgoing call')",
            run: "click",
        },
        {trigger: ".modal [name=name] input:value('Outgoing call')"},
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {
            trigger:
                ".o_notification:contains('Logged: Outgoing call, with Acme, Anna')",
        },
        {trigger: "[name=action_view_interactions] .o_stat_value:contains('2')"},
        {
            content: "It was a slip",
            trigger: ".o_notification button:contains('Undo')",
            run: "click",
        },
        {trigger: ".o_notification:contains('does not count any more')"},
        {
            content: "The page is read again",
            trigger: "[name=action_view_interactions] .o_stat_value:contains('1')",
        },
        {
            content: "One click, by a favorite",
            trigger: ".o_interaction_quick_log button:contains('Visit')",
            run: "click",
        },
        {trigger: ".o_notification:contains('Logged: Visit, with Acme, Anna')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_call", {
    steps: () => [
        {
            content: "Call the contact (without a telephone)",
            trigger: ".o_field_phone:has(a)",
            run({anchor}) {
                const link = anchor.querySelector("a");
                link.removeAttribute("href");
                link.click();
            },
        },
        {trigger: ".modal [name=template_id] input:value('Outgoing call')"},
        {trigger: ".modal [name=contact_via] input:value('+32 470 12 34 56')"},
        {
            content: "The time runs",
            trigger: ".modal .o_interaction_timer:contains('00:00:02')",
        },
        {
            content: "Close it by mistake",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            trigger: ".o_notification button:contains('Go On')",
            run: "click",
        },
        {
            content: "The call goes on, from the time that it had",
            trigger: ".modal .o_interaction_timer.btn-danger",
            run({anchor}) {
                if (/00:00:0[01]/.test(anchor.textContent)) {
                    throw new Error("The call has lost its time.");
                }
            },
        },
        {trigger: ".modal [name=contact_via] input:value('+32 470 12 34 56')"},
        {
            trigger: ".modal .o_field_widget[name=outcome] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Left Message')",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {trigger: ".o_notification:contains('Logged: Outgoing call')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_postpone", {
    steps: () => [
        openDialog,
        {
            trigger: ".modal .o_selection_badge:contains('Outgoing call')",
            run: "click",
        },
        {
            trigger: ".modal [name=name] input:value('Outgoing call')",
            run: "edit Half-way",
        },
        {
            content: "Close it unfinished",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            trigger: ".o_notification button:contains('Keep It')",
            run: "click",
        },
        {trigger: ".o_notification:contains('Kept among the postponed')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_resume", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('Half-way') button[name=action_resume]",
            run: "click",
        },
        {
            trigger: ".modal [name=name] input:value('Half-way')",
            run: "edit Done",
        },
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {trigger: ".o_notification:contains('Logged: Done')"},
        {trigger: ".o_view_nocontent:contains('Nothing is postponed')"},
    ],
});
