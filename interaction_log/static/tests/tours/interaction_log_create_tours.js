import {registry} from "@web/core/registry";

const openDialog = {
    content: "Log an interaction with the contact",
    trigger: ".o_interaction_quick_log button:contains('Log an Interaction')",
    run: "click",
};

/** Type where the cursor is, whether that is the note or not. */
function typeAtOnce(text) {
    return {
        content: `Type "${text}" at once`,
        trigger: ".modal .o_interaction_log_create",
        run() {
            if (!document.activeElement.closest("[name=note]")) {
                throw new Error(
                    `It is not the note: ${document.activeElement.outerHTML}`
                );
            }
            document.execCommand("insertText", false, text);
        },
    };
}

let clicks = 0;

function countClick() {
    clicks++;
}

registry.category("web_tour.tours").add("interaction_log_by_hand", {
    steps: () => [
        {
            trigger: "body",
            run() {
                clicks = 0;
                document.addEventListener("click", countClick, {capture: true});
            },
        },
        openDialog,
        {
            trigger: ".modal .o_selection_badge:contains('Outgoing call')",
            run: "click",
        },
        typeAtOnce("Wants two chairs"),
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Logged: Outgoing call')",
            run() {
                document.removeEventListener("click", countClick, {capture: true});
                if (clicks !== 3) {
                    throw new Error(`It took ${clicks} clicks.`);
                }
            },
        },
        {
            trigger:
                ".o_notification:contains('Logged: Outgoing call, with Acme, Anna')",
        },
        {
            isActive: ["desktop"],
            trigger: "[name=action_view_interactions] .o_stat_value:contains('1')",
        },
        {
            content: "It was a slip",
            trigger: ".o_notification button:contains('Undo')",
            run: "click",
        },
        {trigger: ".o_notification:contains('Interaction canceled.')"},
        {
            content: "The page is read again",
            isActive: ["desktop"],
            trigger: "[name=action_view_interactions] .o_stat_value:contains('0')",
        },
        openDialog,
        {
            content: "A star is saved at once",
            trigger: ".modal .o_selection_badge:contains('Visit')",
            run: "click",
        },
        {
            trigger: ".modal .o_interaction_star:has(.fa-star-o)",
            run: "click",
        },
        {trigger: ".modal .o_interaction_star .fa-star"},
        {
            content: "It is there, even if nothing is logged",
            trigger: ".modal button[special=cancel]",
            run: "click",
        },
        {
            content: "One click, by a favorite",
            trigger:
                "body:not(:has(.modal)) .o_interaction_quick_log button:contains('Visit')",
            run: "click",
        },
        {trigger: ".o_notification:contains('Logged: Visit, with Acme, Anna')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_call", {
    steps: () => [
        {
            content: "Call the contact (without a telephone)",
            trigger: ".o_field_phone:has(a)",
            run({anchor}) {
                const link = anchor.querySelector("a");
                link.removeAttribute("href");
                link.click();
            },
        },
        {trigger: ".modal .o_selection_badge.active:contains('Outgoing call')"},
        typeAtOnce("Rings"),
        {
            content: "The time runs",
            trigger: ".modal .o_interaction_timer:contains('00:00:02')",
        },
        {
            content: "Close it by mistake",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            trigger: ".o_notification button:contains('Resume')",
            run: "click",
        },
        {
            content: "The call goes on, from the time that it had",
            trigger: ".modal .o_interaction_timer.btn-danger",
            run({anchor}) {
                if (/00:00:0[01]/.test(anchor.textContent)) {
                    throw new Error("The call has lost its time.");
                }
            },
        },
        typeAtOnce("…"),
        {
            trigger: ".modal [name=note]:contains('Rings…')",
        },
        {
            trigger:
                ".modal [name=outcome] .o_selection_badge:contains('Left Message')",
            run: "click",
        },
        {trigger: ".modal [name=outcome] .active:contains('Left Message')"},
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {trigger: ".o_notification:contains('Logged: Outgoing call')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_postpone", {
    steps: () => [
        openDialog,
        {
            trigger: ".modal .o_selection_badge:contains('Outgoing call')",
            run: "click",
        },
        typeAtOnce("Half-way"),
        {
            content: "All buttons are on one line",
            trigger: ".modal-footer button[name=action_postpone]",
            run() {
                const buttons = document.querySelectorAll(".modal-footer button");
                const tops = [...buttons]
                    .filter((button) => button.offsetParent)
                    .map((button) => button.offsetTop);
                if (new Set(tops).size !== 1) {
                    throw new Error(`They are at ${tops}.`);
                }
            },
        },
        {
            content: "Close it unfinished",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            trigger: ".o_notification button:contains('Save Draft')",
            run: "click",
        },
        {trigger: ".o_notification:contains('Saved as a draft')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_resume", {
    steps: () => [
        {
            trigger: "button[name=action_resume]",
            run: "click",
        },
        {trigger: ".modal [name=note] .odoo-editor-editable:contains('Half-way')"},
        typeAtOnce(", done"),
        {
            content: "The rest is under More",
            trigger: ".modal details:not([open]) summary",
            run: "click",
        },
        {
            trigger: ".modal [name=name] input:value('Outgoing call')",
            run: "edit Done",
        },
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {trigger: ".o_notification:contains('Logged: Done')"},
        {trigger: ".o_view_nocontent:contains('No draft')"},
    ],
});
