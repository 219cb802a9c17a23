import {registry} from "@web/core/registry";

const page = ".o_interaction_round";
const start = {
    trigger: ".o_form_statusbar button[name=action_start_calling]:enabled",
    run: "click",
};

/** The contact is on the page, and nothing is entered of it. */
function shows(name) {
    return {
        content: `${name} is to be called`,
        trigger: `${page} .o_interaction_round_contact:contains('${name}')`,
    };
}

function enter(note) {
    return {
        trigger: `${page} .o_field_widget[name=note] textarea`,
        run: `edit ${note}`,
    };
}

function choose(outcome) {
    const badge = `${page} .o_field_widget[name=outcome] button`;
    return [
        {trigger: `${badge}:contains('${outcome}')`, run: "click"},
        {trigger: `${badge}.active:contains('${outcome}')`},
    ];
}

function press(name) {
    return {trigger: `${page} button[name=${name}]:enabled:visible`, run: "click"};
}

function log(outcome) {
    return [...choose(outcome), press("action_next")];
}

function progress(text) {
    return {
        trigger: `${page} .o_field_widget[name=progress_text]:contains('${text}')`,
    };
}

registry.category("web_tour.tours").add("interaction_log_round", {
    steps: () => [
        start,
        {content: "Ada is on the page of another user", ...shows("Tour Ben")},
        {
            content: "A number to call, which logs nothing by itself",
            trigger: `${page} .o_interaction_round_phones a[href="tel:+32470123451"]`,
        },
        progress("0 of 5"),
        {content: "What is known of Ben", trigger: `${page} .o_interaction_none`},
        enter("Wants two chairs"),
        ...log("Reached"),
        shows("Tour Cyd"),
        progress("1 of 5"),
        {
            content: "What was entered of the one before is gone",
            trigger: `${page} .o_field_widget[name=note] textarea:not(:value('Wants two chairs'))`,
        },
        {trigger: `${page} .o_interaction_round_last:contains('Tour Ben: Reached')`},
        {content: "The user leaves in the middle", ...enter("In the middle of a call")},
        {trigger: ".o_breadcrumb .breadcrumb-item a:contains('Spring')", run: "click"},
        {trigger: "button[name=action_view_called] .o_stat_value:text('1')"},
        start,
        {content: "The same contact again", ...shows("Tour Cyd")},
        {
            content: "Nothing is lost",
            trigger: `${page} .o_field_widget[name=note] textarea:value('In the middle of a call')`,
        },
        ...log("No Answer"),
        shows("Tour Dan"),
        press("action_later"),
        shows("Tour Eve"),
        progress("2 of 5, 1 to call back"),
        ...log("Left Message"),
        {
            trigger: `${page} .alert:contains('no one to call at the moment'):contains('being called by Other Sales')`,
        },
        progress("3 of 5, 1 to call back, next call at"),
    ],
});

registry.category("web_tour.tours").add("interaction_log_round_end", {
    steps: () => [
        start,
        shows("Tour Ada"),
        ...log("Reached"),
        {trigger: `${page} .alert:contains('no one to call at the moment')`},
        press("action_call_rest"),
        shows("Tour Dan"),
        ...log("Failed"),
        {trigger: `${page} .alert:contains('The call round is done')`},
        {
            trigger: `${page} .o_field_widget[name=results]:contains('Reached: 2, No Answer: 1, Left Message: 1, Failed: 1')`,
        },
        progress("5 of 5"),
        press("action_stop"),
        {trigger: ".o_statusbar_status .o_arrow_button_current:contains('Logged')"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_round_phone", {
    steps: () => [
        start,
        shows("Tour Ada"),
        ...log("Reached"),
        shows("Tour Ben"),
        {content: "It was another button", ...press("action_undo")},
        shows("Tour Ada"),
        ...log("Left Message"),
        shows("Tour Ben"),
        press("action_skip"),
        shows("Tour Cyd"),
        press("action_later"),
        shows("Tour Dan"),
        progress("1 of 5, 1 to call back, 1 skipped"),
    ],
});
