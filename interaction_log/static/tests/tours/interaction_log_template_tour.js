import {registry} from "@web/core/registry";

/**
 * Upload the example of a Word file, under another name.
 *
 * @param {String} name of the file
 */
const uploadWordFile = (name) => ({
    content: `Upload ${name}`,
    trigger: ".o_selected_row [name=file] input[type=file]:not(:visible)",
    async run({anchor}) {
        const response = await fetch("/interaction_log/static/docx/merge_fields.docx");
        const transfer = new DataTransfer();
        transfer.items.add(new File([await response.blob()], name));
        anchor.files = transfer.files;
        anchor.dispatchEvent(new Event("change", {bubbles: true}));
    },
});

const addFile = (name, language) => [
    {
        content: `Add a file in ${language}`,
        trigger: ".o_field_x2many_list_row_add button, .o_field_x2many_list_row_add a",
        run: "click",
    },
    {
        content: "In a row of its own",
        trigger: ".o_selected_row:not(:contains('contact_name')) [name=lang_id] input",
        run: `edit ${language}`,
    },
    {
        trigger: `.o-autocomplete--dropdown-item:contains("${language}")`,
        run: "click",
    },
    uploadWordFile(name),
    {
        content: "The merge fields are found",
        trigger: ".o_selected_row [name=merge_fields]:contains('contact_name')",
    },
];

registry.category("web_tour.tours").add("interaction_log_template", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name=name] input",
            run: "edit Welcome letter",
        },
        {
            trigger: ".o_field_widget[name=group_id] input",
            run: "edit Letters",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Letters')",
            run: "click",
        },
        ...addFile("letter.docx", "English (US)"),
        ...addFile("lettre.docx", "French"),
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The code is made from the name",
            trigger:
                ".o_form_saved .o_field_widget[name=code] input:value('WELCOME-LETTER')",
        },
        {
            content: "The first language is the default",
            trigger:
                ".o_field_widget[name=default_lang_id] input:value('English (US)')",
        },
        {
            content: "See what a contact gets",
            trigger: "button[name=action_preview]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit Tour Contact",
        },
        {
            trigger: ".modal .o-autocomplete--dropdown-item:contains('Tour Contact')",
            run: "click",
        },
        {
            content: "The French contact gets the French file",
            trigger: ".modal [name=filenames]:contains('lettre.docx')",
        },
        {
            trigger: ".modal button:contains('Close')",
            run: "click",
        },
        {trigger: "body:not(:has(.modal)) .o_form_saved"},
    ],
});

registry.category("web_tour.tours").add("interaction_log_template_used", {
    steps: () => [
        {
            trigger: "button[name=action_view_interactions]",
            run: "click",
        },
        {
            content: "Open the interaction",
            trigger: ".o_interaction_log_list .o_data_row [name=name]",
            run: "click",
        },
        {
            content: "It has the French file",
            trigger: ".o_field_widget[name=attachment_ids]:contains('lettre.docx')",
        },
    ],
});
