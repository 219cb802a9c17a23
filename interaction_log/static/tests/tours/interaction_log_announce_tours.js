import {registry} from "@web/core/registry";

const printQuotation = {
    content: "Print the quotation",
    trigger: ".o_statusbar_buttons button:contains('Print')",
    run: "click",
};
// the first print of a database makes its style sheets
const timeout = 60000;

registry.category("web_tour.tours").add("interaction_log_announce_undo", {
    steps: () => [
        printQuotation,
        {
            content: "What was logged is told: take it back",
            trigger:
                ".o_notification:contains('Logged: Quotation S') .o_notification_buttons button:contains('Undo')",
            timeout,
            run: "click",
        },
        {trigger: ".o_notification:contains('Interaction canceled.')"},
    ],
});

// Who has no right on the log; a phone has the button in a menu
registry.category("web_tour.tours").add("interaction_log_announce_undo_print", {
    steps: () => [
        {...printQuotation, isActive: ["desktop"]},
        {
            isActive: ["mobile"],
            trigger: ".o_statusbar_buttons button[title=More]",
            run: "click",
        },
        {
            ...printQuotation,
            isActive: ["mobile"],
            trigger: ".o-dropdown--menu button:contains('Print')",
        },
        {
            content: "It says what was printed, and shows no entry",
            trigger:
                ".o_notification:contains('Print logged: S'):not(:contains('View')) button:contains('Undo')",
            timeout,
            run: "click",
        },
        {trigger: ".o_notification:contains('Interaction canceled.')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_announce_ask", {
    steps: () => [
        printQuotation,
        {
            content: "Nothing is logged before the answer",
            trigger:
                ".o_notification:contains('Log the print of S') button:contains('Log It')",
            timeout,
            run: "click",
        },
        {
            content: "What was logged is told: open it",
            trigger:
                ".o_notification:contains('Logged: Quotation S') button:contains('View')",
            run: "click",
        },
        {trigger: ".o_form_view button[name=action_open_document]"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_announce_many", {
    steps: () => [
        {
            trigger: ".o_searchview_input",
            run: "edit Tour of many",
        },
        {
            trigger: ".o_searchview_autocomplete .o-dropdown-item:first",
            run: "click",
        },
        {
            content: "Only the three are there",
            trigger: ".o_list_view:has(.o_data_row:eq(2)):not(:has(.o_data_row:eq(3)))",
        },
        {
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_control_panel .o_cp_action_menus button:has(.fa-print)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains('PDF Quote')",
            run: "click",
        },
        {
            content: "One notification for all of them",
            trigger:
                ".o_notification:contains('Logged: 3 documents') button:contains('Undo')",
            timeout,
            run: "click",
        },
        {trigger: ".o_notification:contains('3 interactions canceled.')"},
    ],
});
