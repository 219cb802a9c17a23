import {defineModels, fields, models, mountView} from "@web/../tests/web_test_helpers";
import {expect, test, waitFor} from "@odoo/hoot";
import {interactionModels} from "./interaction_log_test_helpers";

class Dialog extends models.Model {
    note = fields.Html();
    template_id = fields.Many2one({relation: "interaction.template"});

    _records = [{id: 1, template_id: 11}];
}

class InteractionTemplate extends interactionModels.InteractionTemplate {
    _records = [{id: 11, name: "Visit"}];
}

defineModels({...interactionModels, Dialog, InteractionTemplate});

test("what to write is told where the cursor is already", async () => {
    await mountView({
        type: "form",
        resModel: "dialog",
        resId: 1,
        arch: `
            <form>
                <field name="template_id"/>
                <field name="note" widget="interaction_note" placeholder="What was said?"/>
            </form>`,
    });
    await waitFor("[name=note] .odoo-editor-editable:focus");
    await waitFor("[name=note] [o-we-hint-text='What was said?']");
    expect("[name=note] [o-we-hint-text='What was said?']").toHaveCount(1);
});
