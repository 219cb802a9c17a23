import {loadJS} from "@web/core/assets";
import {registry} from "@web/core/registry";

// What Odoo itself makes in every view, and axe-core finds fault with: the search bar,
// the heads of lists and notebooks, avatars, file types, chatter, tags, dropdowns
// and the boxes of rows
const ODOOS = [
    ".o_control_panel_navigation",
    ".o_cp_searchview",
    ".o_cp_switch_buttons",
    ".o_search_panel",
    ".o_list_record_selector",
    ".o_list_controller",
    ".o_list_actions_header",
    ".o_optional_columns_dropdown",
    ".o_notebook_headers",
    ".o_avatar",
    ".o_image",
    ".o_tag",
    ".o-mail-Chatter",
    ".o-mail-ActivityButton",
    ".o-autocomplete--input",
    ".o-dropdown",
    ".o_select_menu",
    ".o_select_menu_toggler",
    ".o_model_field_selector",
    ".o-checkbox",
];
// Odoo's own colors, which are Odoo's to change
const COLORS =
    ".text-muted, .text-muted *, .badge, .o_form_label, .o_placeholder, .btn-link";

const allFaults = [];

/** Let axe-core look for what a keyboard or a screen reader can't use. */
async function check(page, roots) {
    await loadJS("/interaction_log/tests/axe.min.js");
    // what fades in has not its colors yet
    await Promise.allSettled(
        document
            .getAnimations()
            .filter(({effect}) => effect.getComputedTiming().endTime !== Infinity)
            .map(({finished}) => finished)
    );
    const {violations} = await window.axe.run(
        {
            include: roots.map((root) => [root]),
            exclude: ODOOS.filter((selector) => document.querySelector(selector)).map(
                (selector) => [selector]
            ),
        },
        {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    );
    const faults = violations.flatMap(({id, help, nodes}) =>
        nodes
            .map(({target}) => document.querySelector(target[0]))
            .filter((el) => id !== "color-contrast" || !el.matches(COLORS))
            .map((el) => `${help}: ${el.outerHTML.slice(0, 300)}`)
    );
    allFaults.push(...faults.map((fault) => `On ${page}: ${fault}`));
}

function checks(page, trigger, ...roots) {
    return {
        content: `Everybody can use: ${page}`,
        trigger,
        run: () => check(page, roots.length ? roots : [".o_action_manager"]),
    };
}

const menu = (name) => [
    {
        trigger: `body:not(:has(.modal)) [data-menu-xmlid='interaction_log.interaction_log_menu_${name}']`,
        run: "click",
    },
];
const item = (name) => ({
    trigger: `.dropdown-item[data-menu-xmlid='interaction_log.interaction_${name}_menu']`,
    run: "click",
});
const row = (text) => `.o_list_view .o_data_row .o_data_cell:contains("${text}")`;

registry.category("web_tour.tours").add("interaction_log_accessibility", {
    steps: () => [
        checks("the log", row("Call about axes")),
        {trigger: ".o_switch_view.o_kanban", run: "click"},
        checks("the cards of the log", ".o_kanban_record:contains('Call about axes')"),
        {trigger: ".o_switch_view.o_list", run: "click"},
        {trigger: row("Call about axes"), run: "click"},
        checks("an interaction", ".o_form_view [name=note]"),
        {trigger: "button[name=action_cancel]", run: "click"},
        checks("canceling", ".modal [name=reason_id] .btn", ".modal-body"),
        {trigger: ".modal .btn-close", run: "click"},
        {
            trigger: "body:not(:has(.modal)) button[name=action_open_contact]",
            run: "click",
        },
        {trigger: ".o_notebook .nav-link[name=interactions]", run: "click"},
        checks(
            "a contact",
            ".o_notebook_content:contains('Call about axes')",
            ".o_notebook_content",
            ".o_widget_interaction_quick_log"
        ),
        {trigger: "button:contains('Log an Interaction')", run: "click"},
        checks("logging", ".modal .o_form_view", ".modal-body"),
        {trigger: ".modal .btn-close", run: "click"},
        ...menu("checks"),
        item("skipped_event"),
        checks("skipped events", row("is archived")),
        {trigger: row("is archived"), run: "click"},
        checks("a skipped event", ".o_form_view .alert:contains('is archived')"),
        ...menu("configuration"),
        item("template"),
        checks("templates", row("Outgoing call")),
        {trigger: row("Outgoing call"), run: "click"},
        checks("a template", ".o_form_view [name=unit_duration]"),
        ...menu("configuration"),
        {
            trigger:
                ".dropdown-item[data-menu-xmlid='interaction_log.interaction_rule_menu_setup']",
            run: "click",
        },
        checks(
            "what is recorded",
            ".o_interaction_recorded:contains('Printed quotation')"
        ),
        {trigger: ".o_interaction_advanced", run: "click"},
        checks("rules", row("Printed quotation")),
        {
            trigger: "[data-menu-xmlid='interaction_log.interaction_overview_menu']",
            run: "click",
        },
        checks("the overview", ".o_interaction_tile"),
        {
            trigger: "[data-menu-xmlid='interaction_log.interaction_segment_menu']",
            run: "click",
        },
        {trigger: row("Letter about axes"), run: "click"},
        checks("a segment", ".o_form_view [name=shown_line_ids] .o_data_row"),
        {
            content: "All that was found is told at once",
            trigger: ".o_form_view",
            run() {
                if (allFaults.length) {
                    throw new Error(allFaults.join("\n"));
                }
            },
        },
    ],
});
