import {registry} from "@web/core/registry";

function markDone(summary) {
    return [
        {
            content: `Mark ${summary} in the chatter as done`,
            trigger: `.o-mail-Activity:contains('${summary}') .o-mail-Activity-markDone`,
            run: "click",
        },
        {
            trigger: ".o-mail-ActivityMarkAsDone button[aria-label='Done']",
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("interaction_log_announce_done", {
    steps: () => [
        ...markDone("Ask about the order"),
        {
            content: "What was logged is told: take it back",
            trigger:
                ".o_notification:contains('Logged: Ask about the order, for Acme, Anna') button:contains('Undo')",
            run: "click",
        },
        {trigger: ".o_notification:contains('Interaction canceled.')"},
        ...markDone("Ask about the delivery"),
        {
            content: "What was logged is told: open it",
            trigger:
                ".o_notification:contains('Logged: Ask about the delivery') button:contains('View')",
            run: "click",
        },
        {
            trigger:
                ".o_form_view:has(button[name=action_cancel]) [name=name]:contains('Ask about the delivery')",
        },
    ],
});
