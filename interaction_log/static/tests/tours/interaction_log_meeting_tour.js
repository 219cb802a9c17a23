import {registry} from "@web/core/registry";

const row = ".o_interaction_meeting_list .o_data_row:contains('Plans')";

registry.category("web_tour.tours").add("interaction_log_meeting", {
    steps: () => [
        {
            content: "The meeting of yesterday is offered, with who was there",
            trigger: `${row}:contains('Anna'):contains('Ben'):contains('Cleo')`,
        },
        {
            trigger: `${row} .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name=action_log_meetings]",
            run: "click",
        },
        {
            content: "All three are logged, and nothing is left to log",
            trigger:
                ".o_notification:contains('Anna'):contains('Ben'):contains('Cleo')",
        },
        {trigger: ".o_view_nocontent:contains('No meeting to log')"},
        {
            trigger: ".o_notification button:contains('View')",
            run: "click",
        },
        {trigger: ".o_interaction_log_list .o_data_row:contains('Ben')"},
        {
            trigger: ".o_interaction_log_list .o_data_row:contains('Cleo') [name=name]",
            run: "click",
        },
        {
            content: "It leads to the meeting",
            trigger: "button[name=action_open_document]",
            run: "click",
        },
        {
            trigger:
                ".o_calendar_event_form_view button[name=action_view_interactions]:contains('3')",
        },
    ],
});
