import {registry} from "@web/core/registry";

const menu = (name) => `[data-menu-xmlid='interaction_log.${name}']`;
const value = (text) => `.o_pivot .o_pivot_cell_value:contains('${text}')`;

function openReport(name, title) {
    return [
        {
            trigger: menu("interaction_log_menu_reporting"),
            run: "click",
        },
        {
            trigger: menu(name),
            run: "click",
        },
        {trigger: `.o_breadcrumb .active:contains('${title}')`},
    ];
}

const isWaiting = [{trigger: ".o_form_view [name=answer_state]:contains('Waiting')"}];

// From an unanswered interaction that is open, with its contact
const contactAndBack = [
    {
        trigger: ".o_form_view a[name=interaction_analysis]",
        run: "click",
    },
    {
        content: "Who initiates, and how fast they are answered",
        trigger: ".o_form_view [name=interaction_by_them_count]:contains('2')",
    },
    {trigger: ".o_form_view [name=interaction_by_us_count]:contains('1')"},
    {trigger: ".o_form_view [name=interaction_answer_hours]:contains('03:00')"},
    {
        content: "What it costs and earns",
        trigger: ".o_form_view [name=interaction_time_cost]:contains('90.00')",
    },
    {trigger: ".o_form_view [name=interaction_revenue]:contains('1,000.00')"},
    {
        trigger: ".o_form_view button[name=action_view_costs]",
        run: "click",
    },
    {trigger: value("903.00")},
    {
        trigger: ".o_back_button",
        run: "click",
    },
    {
        trigger: ".o_form_view a[name=interaction_analysis]",
    },
    {
        trigger: ".o_back_button",
        run: "click",
    },
    {
        content: "A thank-you needs no answer",
        trigger: ".o_form_view button[name=action_waive_answer]",
        run: "click",
    },
    {trigger: ".o_form_view [name=answer_state]:contains('No Answer Needed')"},
];

registry.category("web_tour.tours").add("interaction_log_analysis", {
    steps: () => [
        ...openReport("interaction_answer_report_menu", "Response Time"),
        {
            content: "One answer after three hours",
            trigger: value("03:00"),
        },
        ...openReport("interaction_cost_report_menu", "Costs and Margin"),
        {
            content: "What was invoiced, less what the interactions cost",
            trigger: value("903.00"),
        },
        ...openReport("interaction_log_entry_menu_initiators", "Initiators"),
        {trigger: ".o_pivot .o_pivot_header_cell_opened:contains('Them')"},
        ...openReport("interaction_log_entry_menu_unanswered", "Unanswered"),
        {
            trigger:
                ".o_interaction_log_list .o_data_row:contains('Thank you') [name=name]",
            run: "click",
        },
        ...isWaiting,
        {
            trigger: ".o_form_view button[name=action_open_contact]",
            run: "click",
        },
        ...contactAndBack,
    ],
});

registry.category("web_tour.tours").add("interaction_log_analysis_phone", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Thank you')",
            run: "click",
        },
        ...isWaiting,
        {
            content: "On a phone the buttons are in a menu",
            trigger: ".o_form_view .o-form-buttonbox .o_button_more",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu button[name=action_open_contact]",
            run: "click",
        },
        ...contactAndBack,
    ],
});
