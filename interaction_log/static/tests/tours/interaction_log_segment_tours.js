import {registry} from "@web/core/registry";

/** Choose a value of a many2one or of tags in the dialog that is open. */
function choose(name, text) {
    return [
        {trigger: `.modal .o_field_widget[name=${name}] input`, run: `edit ${text}`},
        {
            trigger: `.ui-autocomplete .dropdown-item:contains('${text}'), .o-autocomplete--dropdown-item:contains('${text}')`,
            run: "click",
        },
    ];
}

function contacts(count) {
    return {
        content: `The segment has ${count} contacts`,
        trigger: `body:not(:has(.modal)) [name=action_view_lines] .o_stat_value:text('${count}')`,
    };
}

function press(name) {
    return {trigger: `.o_form_statusbar button[name=${name}]:enabled`, run: "click"};
}

const apply = {trigger: ".modal footer .btn-primary:enabled", run: "click"};

registry.category("web_tour.tours").add("interaction_log_segment", {
    steps: () => [
        {trigger: ".o_list_button_add", run: "click"},
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Spring letter",
        },
        {
            trigger: ".o_field_widget[name=template_id] input",
            run: "edit Tour Letter",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Tour Letter')",
            run: "click",
        },
        // Build
        press("action_add"),
        ...choose("category_ids", "Tour Tag"),
        {trigger: ".modal .alert:contains('4')"},
        apply,
        contacts(4),
        press("action_reduce"),
        ...choose("country_ids", "Belgium"),
        {trigger: ".modal .alert:contains('Countries: Belgium')"},
        apply,
        contacts(3),
        {content: "Somebody was taken out by mistake", ...press("action_go_back")},
        contacts(4),
        press("action_refine"),
        {
            trigger: ".modal .o_field_widget[name=email_condition] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Has a valid address')",
            run: "click",
        },
        apply,
        contacts(3),
        // One of them gets something else
        {trigger: "[name=action_view_lines]", run: "click"},
        {
            trigger: ".o_data_row:contains('Tour Anna') .o_data_cell[name=channel]",
            run: "click",
        },
        {trigger: ".o_data_row .o_field_widget[name=channel] input", run: "click"},
        {trigger: ".o_select_menu_item:contains('Visit')", run: "click"},
        {
            content: "It is chosen",
            trigger: ".o_data_row .o_field_widget[name=channel] input:value('Visit')",
        },
        {trigger: ".o_list_button_save:visible", run: "click"},
        {trigger: ".o_data_row:contains('Tour Anna'):contains('Visit')"},
        {trigger: ".o_back_button, .breadcrumb-item a:last", run: "click"},
        contacts(3),
        // Log
        press("action_open_log"),
        {trigger: ".modal .o_field_widget[name=logged_count]:contains('3')"},
        apply,
        {trigger: ".o_notification:contains('Interactions: 3')"},
        {trigger: ".o_statusbar_status .o_arrow_button_current:contains('Logged')"},
        // Follow up
        {
            trigger: ".o_form_statusbar button[name=action_view_batch]",
            run: "click",
        },
        {trigger: "[name=action_view_interactions] .o_stat_value:text('3')"},
        {
            trigger: "button[name=action_follow_up]:contains('did not respond')",
            run: "click",
        },
        contacts(3),
        {trigger: ".o_statusbar_status .o_arrow_button_current:contains('Open')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_segment_header", {
    steps: () => [
        {
            content: "What changes is asked for those who are there",
            trigger: ".o_field_widget[name=subject] input",
            run: "edit Hello",
        },
        {trigger: ".o_form_button_save", run: "click"},
        {
            trigger: ".modal:contains('You changed: Subject') button:contains('Apply')",
            run: "click",
        },
        {trigger: "body:not(:has(.modal)) .o_form_saved"},
        {
            trigger: ".o_field_widget[name=subject] input",
            run: "edit Good day",
        },
        {trigger: ".o_form_button_save", run: "click"},
        {trigger: ".modal button:contains('Only to New Contacts')", run: "click"},
        {trigger: "body:not(:has(.modal)) .o_form_saved"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_segment_background", {
    steps: () => [
        {trigger: ".alert:contains('Logging:')"},
        {
            content: "It says how far it is",
            trigger: ".o_field_widget[name=log_progress]",
        },
        press("action_pause"),
        {trigger: ".alert:contains('Logging is paused')"},
        press("action_continue"),
        {trigger: ".alert:contains('Logging:')"},
        press("action_stop"),
        {trigger: ".modal footer .btn-primary", run: "click"},
        {trigger: ".o_statusbar_status .o_arrow_button_current:contains('Logged')"},
        {trigger: "[name=action_view_left_out] .o_stat_value:text('2')", run: "click"},
        {trigger: ".o_data_row:contains('Logging was stopped')"},
    ],
});
