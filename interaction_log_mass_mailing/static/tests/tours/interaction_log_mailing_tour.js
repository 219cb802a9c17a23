import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("interaction_log_mailing", {
    steps: () => [
        {
            content: "A mailing to the contacts of the segment",
            trigger: "button[name=action_create_mailing]:enabled",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=interaction_segment_id]:contains('Tour Fair')",
        },
        {trigger: ".o_field_widget[name=total]:contains('2')"},
        {
            trigger: ".o_field_widget[name=subject] input",
            run: "edit Tour offer",
        },
        {trigger: ".o_form_button_save", run: "click"},
        {trigger: ".o_form_saved"},
        {
            content: "Send it",
            trigger: ".o_form_statusbar button[name=action_launch]:enabled",
            run: "click",
        },
        {trigger: ".modal footer .btn-primary:enabled", run: "click"},
        {
            trigger:
                "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains('In Queue')",
        },
    ],
});

registry.category("web_tour.tours").add("interaction_log_mailing_batch", {
    steps: () => [
        {trigger: ".o_statusbar_status .o_arrow_button_current:contains('Sent')"},
        {
            trigger: "[name=action_view_interactions]:has(.o_stat_value:text('2'))",
            run: "click",
        },
        {trigger: ".o_data_row:contains('Bea') .o_data_cell", run: "click"},
        {
            content: "What was sent is a link",
            trigger: ".o_field_widget[name=mailing_id]:contains('Tour offer')",
        },
        {trigger: ".o_field_widget[name=delivery_status]:contains('Opened')"},
        {trigger: ".o_field_widget[name=mailing_open_date]"},
        {
            content: "Its batch",
            trigger: "button[name=action_open_batch]",
            run: "click",
        },
        {trigger: ".o_field_widget[name=delivery]:contains('1 sent, 1 opened')"},
        {
            content: "Who did not open it is worth another try",
            trigger: "button[name=action_follow_up]:contains('did not open')",
            run: "click",
        },
        {trigger: ".o_field_widget[name=shown_line_ids] .o_data_row:contains('Carl')"},
        {trigger: "[name=action_view_lines] .o_stat_value:text('1')"},
    ],
});
