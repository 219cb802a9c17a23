import {registry} from "@web/core/registry";

const fairs = ".o_data_row:has([name=name]:contains('Fairs'))";

registry.category("web_tour.tours").add("interaction_log_totals", {
    steps: () => [
        {trigger: `${fairs} [name=interaction_count]:contains('2')`},
        {
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o-dropdown-item:contains('Totals of Last Year')",
            run: "click",
        },
        {
            content: "One of them was last year",
            trigger: `${fairs} [name=interaction_count]:contains('1')`,
        },
        {
            trigger: `${fairs} button[name=action_view_interactions]`,
            run: "click",
        },
        {trigger: '.o_interaction_log_list .o_data_row:contains("Last year\'s talk")'},
        {
            trigger:
                ".o_interaction_log_list:not(:has(.o_data_row:contains('of today'))):not(:has(.o_data_row:contains('Canceled')))",
        },
    ],
});
