import {registry} from "@web/core/registry";

const row = (text) => `.o_interaction_log_list .o_data_row:contains("${text}")`;
const panel = (section) => `.o_search_panel_section:has(header:contains("${section}"))`;
const noRow = (text) =>
    `.o_interaction_log_list:not(:has(.o_data_row:contains("${text}")))`;

registry.category("web_tour.tours").add("interaction_log_page", {
    steps: () => [
        {
            content: "What went wrong is seen at a glance",
            trigger: `${row("Call without answer")} .badge:contains("No Answer")`,
        },
        {
            content: "Only phone calls",
            trigger: `${panel("Channel")} label:contains("Phone")`,
            run: "click",
        },
        {trigger: noRow("Workshop of three")},
        {trigger: row("Call without answer")},
        {
            trigger: `${panel("Channel")} label:contains("Phone")`,
            run: "click",
        },
        {trigger: row("Workshop of three")},
        {
            content: "Only drafts",
            trigger: `${panel("Status")} .o_search_panel_category_value header:contains("Draft")`,
            run: "click",
        },
        {trigger: noRow("Call without answer")},
        {trigger: row("Call for later")},
        {
            trigger: `${panel("Status")} .o_search_panel_category_value header:contains("All")`,
            run: "click",
        },
        {
            content: "On the calendar, the workshop is one",
            trigger: `.o_interaction_log_list:has(.o_data_row:contains("Workshop of three"))`,
        },
        {trigger: ".o_cp_switch_buttons .o_calendar", run: "click"},
        {
            trigger: ".fc-event:contains('3 × Workshop of three')",
            run: "click",
        },
        {
            content: "All of them are named; it can be looked at, not changed",
            trigger:
                ".o_cw_popover:not(:has(.o_cw_popover_delete)):contains('One; Three; Two') .o_cw_popover_edit:contains('View')",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=latest_entry_ids] .o_data_row:nth-child(3)",
        },
        {
            content: "The command palette finds the log",
            trigger: "body",
            run: "press control+k",
        },
        {
            trigger: ".o_command_palette_search input",
            run: "edit /interaction log",
        },
        {
            // what is not highlighted is the list of before, and about to go
            trigger:
                ".o_command_palette .o_command:has(.fw-bolder:contains('Interaction Log')):contains('Entries'):first",
            run: "click",
        },
        {trigger: row("Call without answer")},
    ],
});

registry.category("web_tour.tours").add("interaction_log_contact_filters", {
    steps: () => [
        {trigger: ".o_list_view .o_data_row"},
        {trigger: ".o_searchview_dropdown_toggler", run: "click"},
        {
            trigger: ".o_filter_menu .o_menu_item:contains('Last Contact Failed')",
            run: "click",
        },
        {trigger: ".o_data_row:contains('Anna')"},
        {
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains('Reached Rita'))) .o_searchview_facet:contains('Last Contact Failed') .o_facet_remove",
            run: "click",
        },
        {
            trigger:
                ".o_list_view:not(:has(.o_searchview_facet)) .o_data_row:contains('Reached Rita')",
        },
        {trigger: ".o_searchview_dropdown_toggler", run: "click"},
        {
            trigger: ".o_filter_menu .o_menu_item:contains('No Contact: 90 Days')",
            run: "click",
        },
        {
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains('Reached Rita'))) .o_data_row:contains('Anna')",
        },
    ],
});
