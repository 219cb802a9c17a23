import {registry} from "@web/core/registry";

const setting = "#interaction_log_alias";
const row = (text) => `.o_data_row:contains("${text}")`;

registry.category("web_tour.tours").add("interaction_log_copy_set", {
    steps: () => [
        {
            content: "Open the settings of the addon",
            trigger: ".settings_tab .tab[data-key=interaction_log]",
            run: "click",
        },
        {
            content: "Set the address of the log",
            trigger: `${setting} [name=interaction_log_alias_name] input`,
            run: "edit log",
        },
        {trigger: `${setting}:contains('@test.mycompany.com')`},
        {
            content: "Save it, which loads the page again",
            trigger: ".o_form_button_save:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: ".settings_tab .tab[data-key=interaction_log]"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_copy_read", {
    steps: () => [
        {
            content: "Open what was logged",
            trigger: `.o_interaction_log_list ${row("About Friday")} [name=name]`,
            run: "click",
        },
        {trigger: ".o_field_widget[name=note]:contains('See you on Friday')"},
        {
            content: "Open the e-mail",
            trigger: "button[name=action_open_message]",
            run: "click",
            expectUnloadPage: true,
        },
        {trigger: ".o_field_widget[name=recipients]:contains('Dave Doe')"},
        {
            content: "Its text is in a frame of its own",
            trigger: ".o-mail-Message-author:contains('Sales')",
        },
        {
            content: "One recipient is no contact yet",
            trigger: "[data-menu-xmlid='interaction_log.interaction_log_menu_checks']",
            run: "click",
        },
        {
            trigger:
                ".dropdown-item[data-menu-xmlid='interaction_log.interaction_skipped_event_menu']",
            run: "click",
        },
        {
            trigger: `${row("dave@example.org")} button[name=action_create_contact]`,
            run: "click",
        },
        {trigger: ".o_notification:contains('Logged: 1')"},
    ],
});
