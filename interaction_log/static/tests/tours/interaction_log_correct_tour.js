import {registry} from "@web/core/registry";

/** Open the newest interaction of the contact, and mend the typo in its note. */
const correct = () => [
    {
        trigger: "button[name=action_correct]",
        run: "click",
    },
    {trigger: ".modal .modal-title:contains('Correct Interaction')"},
    {trigger: ".modal .o_selection_badge.active:contains('Outgoing call')"},
    {trigger: ".modal details[open] [name=name] input:value('Call about prices')"},
    {
        trigger: ".modal [name=note] .odoo-editor-editable:contains('lowre')",
        run: "editor Wants a lower price",
    },
    {
        trigger: ".modal button[name=action_log]:contains('Save Correction')",
        run: "click",
    },
    {trigger: ".o_notification:contains('Corrected: Call about prices, with')"},
    {
        content: "The form is that of the correction, and says so",
        trigger: ".o_form_view [name=correction]:contains('Corrected by Sales on')",
    },
    {trigger: ".o_form_view [name=note]:contains('lower')"},
];

registry.category("web_tour.tours").add("interaction_log_correct", {
    steps: () => [
        {
            trigger: ".o_notebook_headers a:contains('Interactions')",
            run: "click",
        },
        {
            trigger:
                ".o_interaction_timeline .o_interaction_entry button:contains('Call about prices')",
            run: "click",
        },
        ...correct(),
        {
            trigger: ".o_notification button:contains('Undo')",
            run: "click",
        },
        {trigger: ".o_notification:contains('earlier version was restored')"},
        {
            content: "It is canceled, and leads to the earlier one",
            trigger: "button[name=action_open_corrected]",
            run: "click",
        },
        {trigger: ".o_form_view [name=note]:contains('lowre')"},
        ...correct(),
    ],
});
