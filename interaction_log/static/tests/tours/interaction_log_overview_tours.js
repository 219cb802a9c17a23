import {registry} from "@web/core/registry";

const tile = (key) => `.o_interaction_overview [data-tile=${key}]`;

/** How many rows or cards the list that is open shows. */
function countShown() {
    return document.querySelectorAll(
        ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
    ).length;
}

const BACK = [{trigger: ".o_back_button", run: "click"}];

/** Open a tile: its list has as many as were counted by hand, and as it says. */
function opens(key, label, number) {
    return [
        {
            content: `${label}: ${number}`,
            trigger: `${tile(key)}:contains("${label}") .o_interaction_count:text("${number}")`,
            run: "click",
        },
        {
            // on a phone the name stands in the menu bar
            trigger: `.o_breadcrumb:contains("${label}"), .o_main_navbar:contains("${label}")`,
        },
        {
            content: "It lists what it counts",
            trigger: ".o_list_renderer, .o_kanban_renderer",
            run() {
                if (countShown() !== number) {
                    throw new Error(`${label}: ${countShown()} instead of ${number}`);
                }
            },
        },
        ...BACK,
    ];
}

const TILES = [
    ["today", "My Interactions Today", 6],
    ["week", "My Interactions This Week", 6],
    ["follow_ups", "Follow-Ups Due", 1],
    ["drafts", "My Drafts", 1],
    ["meetings", "Meetings to Log", 1],
    ["waiting", "Answers Waiting", 2],
    ["silent", "My Silent Contacts", 1],
    ["undelivered", "Not Delivered", 1],
    ["skipped", "Skipped Events", 1],
];

registry.category("web_tour.tours").add("interaction_log_overview", {
    steps: () => [
        ...TILES.flatMap((args) => opens(...args)),
        {
            content: "The share recorded, by event",
            trigger: `${tile("share")} .o_interaction_count:text("66%")`,
            run: "click",
        },
        {
            trigger: ".o_breadcrumb:contains('Share Recorded')",
        },
        {trigger: ".o_data_row:contains('Printed'):contains('50')"},
        ...BACK,
        {
            content: "By salesperson",
            trigger:
                "[data-breakdown=users] .o_interaction_row:contains('Other Sales'):contains('1')",
            run: "click",
        },
        {trigger: ".o_breadcrumb:contains('Other Sales')"},
        {trigger: ".o_data_row:contains('Their call')"},
        ...BACK,
        {
            content: "The log is one click away",
            trigger: ".o_interaction_open_log",
            run: "click",
        },
        {trigger: ".o_interaction_log_list .o_data_row:contains('Called long ago')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_overview_phone", {
    steps: () => [...TILES.flatMap((args) => opens(...args)), {trigger: tile("today")}],
});

const step = (title) => `.o_interaction_checklist li:contains("${title}")`;

registry.category("web_tour.tours").add("interaction_log_first_run", {
    steps: () => [
        {
            content: "A list that is empty says what to do",
            trigger: `${tile("drafts")} .o_interaction_count:text("0")`,
            run: "click",
        },
        {
            trigger:
                ".o_view_nocontent_smiling_face:contains('Save an interaction as a draft')",
        },
        ...BACK,
        {
            content: "What is recorded already?",
            trigger: `${step("See what is recorded")} button`,
            run: "click",
        },
        {trigger: ".o_interaction_recorded:contains('Printed quotation')"},
        ...BACK,
        {
            content: "It is done",
            trigger: `${step("See what is recorded")} .fa-check-circle`,
        },
        {
            trigger: `${step("Check your templates")} button`,
            run: "click",
        },
        {trigger: ".o_list_view .o_data_row:contains('Outgoing call')"},
        ...BACK,
        {trigger: `${step("Check your templates")} .fa-check-circle`},
        {
            content: "Enough of it",
            trigger: ".o_interaction_checklist .card-header button",
            run: "click",
        },
        {
            trigger: ".o_interaction_overview:not(:has(.o_interaction_checklist))",
        },
    ],
});
