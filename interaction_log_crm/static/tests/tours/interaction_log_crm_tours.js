import {registry} from "@web/core/registry";

const timeline = ".o_interaction_timeline";
const openTimeline = {
    trigger: ".o_notebook .nav-link[name=interactions]",
    run: "click",
};

registry.category("web_tour.tours").add("interaction_log_crm_opportunity", {
    steps: () => [
        openTimeline,
        {trigger: `${timeline} .o_interaction_none:contains('No interaction yet')`},
        {
            trigger: "button[name=action_log_interaction]:visible",
            run: "click",
        },
        {trigger: ".modal [name=partner_ids]:contains('Anna')"},
        {trigger: ".modal [name=document_name]:contains('Twelve desks')"},
        {
            trigger: ".modal .o_selection_badge:contains('Outgoing call')",
            run: "click",
        },
        {
            content: "The opportunity is known, with its campaign",
            trigger: ".modal .o_interaction_more summary",
            run: "click",
        },
        {trigger: ".modal [name=opportunity_id]:contains('Twelve desks')"},
        {trigger: ".modal [name=campaign_id] input:value('Spring fair')"},
        {
            trigger: ".modal [name=follow_up_type_id] input",
            run: "edit Call",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Call')",
            run: "click",
        },
        {trigger: ".modal [name=follow_up_date]"},
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {trigger: ".o_notification:contains('Call planned for')"},
        {
            content: "The follow-up is on the opportunity",
            trigger: ".o-mail-Activity:contains('Follow-up of')",
        },
        {trigger: `${timeline} .o_interaction_entry:contains('Outgoing call')`},
        {
            trigger: "button[name=action_view_interactions]:contains('1')",
            run: "click",
        },
        {trigger: ".o_interaction_log_list .o_data_row:contains('Outgoing call')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_crm_create", {
    steps: () => [
        {
            trigger: ".o_form_view button[name=action_create_opportunity]",
            run: "click",
        },
        {
            content: "The opportunity has the subject and the note",
            trigger:
                ".o_lead_opportunity_form [name=name] textarea:value('Needs twelve desks')",
        },
        {trigger: ".o_lead_opportunity_form [name=description]:contains('In oak')"},
        openTimeline,
        {
            trigger: `${timeline} .o_interaction_entry:contains('Needs twelve desks') button`,
            run: "click",
        },
        {
            content: "The interaction has it",
            trigger:
                ".o_form_view:not(:has(button[name=action_create_opportunity])) button[name=action_open_opportunity]",
            run: "click",
        },
        {trigger: ".o_lead_opportunity_form [name=description]:contains('In oak')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_crm_offer", {
    steps: () => [
        {
            trigger: `${timeline} button:contains('Log an Interaction')`,
            run: "click",
        },
        {
            trigger: ".modal .o_selection_badge:contains('Outgoing call')",
            run: "click",
        },
        {
            trigger: ".modal .o_interaction_more summary",
            run: "click",
        },
        {
            trigger: ".modal [name=evaluation] .o_selection_badge:text('Positive')",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {
            trigger: ".o_notification button:contains('Create Opportunity')",
            run: "click",
        },
        {trigger: ".o_lead_opportunity_form [name=partner_id] input:value('Anna')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_crm_phone", {
    steps: () => [
        {
            content: "Call (without a telephone)",
            trigger: ".o_field_phone:visible:has(a)",
            run({anchor}) {
                const link = anchor.querySelector("a");
                link.removeAttribute("href");
                link.click();
            },
        },
        {trigger: ".modal .o_selection_badge.active:contains('Outgoing call')"},
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {trigger: ".o_notification:contains('Logged: Outgoing call')"},
    ],
});
