import {registry} from "@web/core/registry";

const timeline = ".o_interaction_timeline";
const entry = (text) => `${timeline} .o_interaction_entry:contains("${text}")`;
const noEntry = (text) => `${timeline}:not(:contains("${text}"))`;
const chip = (text) => `${timeline} .o_interaction_filters button:contains("${text}")`;
const row = (text) => `.o_interaction_log_list .o_data_row:contains("${text}")`;

registry.category("web_tour.tours").add("interaction_log_timeline", {
    steps: () => [
        {
            content: "It is the page that is shown first, and the newest is on top",
            trigger: `${timeline} .o_interaction_entry:first:contains('Call for nothing') ~ .o_interaction_entry:first:contains('Invoice INV/7'):contains('Printed')`,
        },
        {
            content: "The company's people are there, canceled ones are not",
            trigger: `${noEntry("Never happened")} .o_interaction_entry:contains('Anna') .badge:contains('No Answer')`,
        },
        {
            content: "When it was tried in vain is told apart from the last contact",
            trigger: `${timeline} .o_interaction_summary:contains('Last contact'):contains('Last failed attempt')`,
        },
        {
            content: "Only letters",
            trigger: chip("Letter"),
            run: "click",
        },
        {trigger: noEntry("Call nobody took")},
        {trigger: entry("Invoice INV/7")},
        {
            trigger: chip("All"),
            run: "click",
        },
        {
            content: "Open one",
            trigger: `${entry("Call nobody took")} button`,
            run: "click",
        },
        {trigger: "button[name=action_open_contact]"},
        {
            content: "Back to the company",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            trigger: `${timeline} button:contains('Show All')`,
            run: "click",
        },
        {trigger: row("Call nobody took")},
        {trigger: row("Invoice INV/7")},
        {
            trigger:
                '.o_interaction_log_list:not(:has(.o_data_row:contains("Never happened")))',
        },
    ],
});

registry.category("web_tour.tours").add("interaction_log_timeline_note", {
    steps: () => [
        {
            content: "A contact without interactions invites to log one",
            trigger: `${timeline} .o_interaction_none:contains('No interaction yet')`,
        },
        {
            trigger: `${timeline} .o_interaction_note`,
            run: "edit Wants it in blue",
        },
        {
            trigger: `${timeline} .o_interaction_note`,
            run: "press Enter",
        },
        {
            trigger: ".o_notification:contains('Logged: Note')",
        },
        {trigger: entry("Wants it in blue")},
        {trigger: `${timeline} .o_interaction_summary:contains('Last contact')`},
        {
            content: "It was a slip",
            trigger: ".o_notification button:contains('Undo')",
            run: "click",
        },
        {trigger: `${timeline} .o_interaction_none`},
    ],
});

registry.category("web_tour.tours").add("interaction_log_timeline_draft", {
    steps: () => [
        {
            trigger: `${timeline} .o_interaction_draft:contains('Half-way') button:contains('Resume')`,
            run: "click",
        },
        {
            content: "The dialog says what was kept",
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {trigger: `${timeline}:not(:has(.o_interaction_draft:contains('Half-way')))`},
        {trigger: entry("Half-way")},
        {
            trigger: `${timeline} .o_interaction_draft:contains('Slip') button:contains('Discard')`,
            run: "click",
        },
        {
            trigger: ".modal button:contains('Discard')",
            run: "click",
        },
        {trigger: `${timeline}:not(:has(.o_interaction_draft))`},
    ],
});

registry.category("web_tour.tours").add("interaction_log_systray", {
    steps: () => [
        {
            content: "The contact is open",
            trigger: `${timeline} .o_interaction_entry`,
        },
        {
            content: "Log with it, from the bar on top",
            trigger: ".o_interaction_log_systray button",
            run: "click",
        },
        {trigger: ".modal [name=partner_ids]:contains('Anna')"},
        {
            trigger: ".modal .o_selection_badge:contains('Outgoing call')",
            run: "click",
        },
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {trigger: ".o_notification:contains('Logged: Outgoing call')"},
        {
            content: "The timeline shows it",
            trigger: `${timeline} .o_interaction_entry:nth-child(2)`,
        },
    ],
});

const document = (text) => [
    {
        content: "The document tells its interactions",
        trigger: ".o_notebook .nav-link[name=interactions]",
        run: "click",
    },
    {trigger: `${timeline} .o_interaction_none:contains('No interaction yet')`},
    {
        trigger: `${timeline} .o_interaction_note`,
        run: `edit ${text}`,
    },
    {
        trigger: `${timeline} .o_interaction_note_add`,
        run: "click",
    },
    {trigger: entry(text)},
];

const log = [
    {
        trigger: "button[name=action_log_interaction]:visible",
        run: "click",
    },
    {
        trigger: ".modal .o_selection_badge:contains('Outgoing call')",
        run: "click",
    },
    {
        trigger: ".modal button[name=action_log]",
        run: "click",
    },
    {trigger: ".o_notification:contains('Logged: Outgoing call')"},
    {
        content: "The timeline of the document is read again",
        trigger: `${timeline} .o_interaction_entry:nth-child(2)`,
    },
];

registry.category("web_tour.tours").add("interaction_log_document", {
    steps: () => [...document("Wants it in blue"), ...log],
});

registry.category("web_tour.tours").add("interaction_log_document_phone", {
    steps: () => [
        ...document("Wants it in blue"),
        {
            content: "On a phone the buttons but the first one are in a menu",
            trigger: ".o_statusbar_buttons button[title=More]",
            run: "click",
        },
        ...log,
    ],
});

const logFrom = (view) => [
    {
        trigger: `.o_cp_switch_buttons .o_${view}`,
        run: "click",
    },
    {
        trigger: `.o_${view}_view .o_interaction_log_button`,
        run: "click",
    },
    {trigger: ".modal button[name=action_log]"},
    {
        trigger: ".modal .btn-close",
        run: "click",
    },
    {trigger: "body:not(:has(.modal))"},
];

registry.category("web_tour.tours").add("interaction_log_buttons", {
    steps: () => ["calendar", "pivot", "graph", "activity"].flatMap(logFrom),
});
