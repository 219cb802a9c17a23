import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("interaction_log_activity_done", {
    steps: () => [
        {
            content: "Mark the activity in the chatter as done",
            trigger:
                ".o-mail-Activity:contains('Ask about the order') .o-mail-Activity-markDone",
            run: "click",
        },
        {
            trigger: ".o-mail-ActivityMarkAsDone textarea",
            run: "edit She wants two",
        },
        {
            trigger: ".o-mail-ActivityMarkAsDone button[aria-label='Done']",
            run: "click",
        },
        {
            trigger: ".o-mail-Chatter:not(:has(.o-mail-Activity))",
        },
        {
            content: "Open the interactions of the contact",
            trigger: "button[name=action_view_interactions]",
            run: "click",
        },
        {
            trigger:
                ".o_interaction_log_list .o_data_row:contains('Ask about the order') [name=name]",
            run: "click",
        },
        {
            content: "The feedback is the note",
            trigger: ".o_form_view [name=note]:contains('She wants two')",
        },
        {
            content: "Colleagues talk about it",
            trigger: ".o-mail-Chatter-logNote",
            run: "click",
        },
        {
            trigger: ".o-mail-Composer-input",
            run: "edit Offer her three",
        },
        {
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {trigger: ".o-mail-Message:contains('Offer her three')"},
    ],
});
