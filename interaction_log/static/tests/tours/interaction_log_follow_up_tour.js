import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("interaction_log_follow_up", {
    steps: () => [
        {
            isActive: ["mobile"],
            content: "A phone has the buttons of the quotation in a menu",
            trigger: ".o_statusbar_buttons button[title=More]",
            run: "click",
        },
        {
            trigger: "button[name=action_log_interaction]:visible",
            run: "click",
        },
        {
            trigger: ".modal .o_selection_badge:contains('Outgoing call')",
            run: "click",
        },
        {
            isActive: ["desktop"],
            trigger: ".modal [name=follow_up_type_id] input",
            run: "edit Call",
        },
        {
            isActive: ["desktop"],
            trigger: ".o-autocomplete--dropdown-item:contains('Call')",
            run: "click",
        },
        {
            isActive: ["mobile"],
            trigger: ".modal [name=follow_up_type_id] input",
            run: "click",
        },
        {
            isActive: ["mobile"],
            trigger: ".modal .o_kanban_record:contains('Call')",
            run: "click",
        },
        {trigger: ".modal [name=follow_up_date]"},
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {
            content: "It says what is planned",
            trigger: ".o_notification:contains('Call planned for')",
        },
        {
            content: "It is in the chatter of the quotation, and says what it follows",
            trigger:
                ".o-mail-Activity:contains('Follow-up of') a[data-oe-model='interaction.log.entry']",
            run: "click",
        },
        {
            content: "The interaction has it, too",
            trigger:
                ".o_form_view [name=follow_up_ids] .o_data_row:contains('Planned')",
        },
        {
            trigger:
                ".o_form_view [name=follow_up_ids] button[name=action_open_document]",
            run: "click",
        },
        {trigger: ".o_form_view .o-mail-Activity:contains('Follow-up of')"},
    ],
});
