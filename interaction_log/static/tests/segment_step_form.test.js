import {expect, test} from "@odoo/hoot";
import {unload} from "@odoo/hoot-dom";
import {
    clickSave,
    defineModels,
    fieldInput,
    fields,
    hideTab,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {interactionModels} from "./interaction_log_test_helpers";

class InteractionSegmentStep extends models.Model {
    _name = "interaction.segment.step";

    name = fields.Char();
}

defineModels({...interactionModels, InteractionSegmentStep});

test("a step is not done by going to another tab, nor by leaving the page", async () => {
    onRpc("interaction.segment.step", "web_save", ({args}) => {
        expect.step(["web_save", ...args]);
    });
    await mountView({
        type: "form",
        resModel: "interaction.segment.step",
        arch: `
            <form js_class="interaction_segment_step_form">
                <field name="name"/>
            </form>`,
    });
    await fieldInput("name").edit("Anna");
    await hideTab();
    await unload();
    expect.verifySteps([]);
    await clickSave();
    expect.verifySteps([["web_save", [], {name: "Anna"}]]);
});
