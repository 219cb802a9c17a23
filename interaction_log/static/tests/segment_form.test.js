import {beforeEach, expect, test} from "@odoo/hoot";
import {
    clickModalButton,
    clickSave,
    contains,
    defineModels,
    fieldInput,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {interactionModels} from "./interaction_log_test_helpers";

class InteractionSegment extends models.Model {
    _name = "interaction.segment";

    name = fields.Char();
    subject = fields.Char({string: "Subject", is_followed: true});
    cost = fields.Float({string: "Cost", is_followed: true});
    line_count = fields.Integer();

    _records = [
        {id: 1, name: "Filled", line_count: 3},
        {id: 2, name: "Empty", line_count: 0},
    ];
}

defineModels({...interactionModels, InteractionSegment});

beforeEach(() => {
    onRpc("interaction.segment", "web_save", ({args}) => {
        expect.step(["web_save", ...args]);
    });
    onRpc("interaction.segment", "keep_lines", ({args}) => {
        expect.step(["keep_lines", ...args]);
        return true;
    });
});

function mountSegment(resId) {
    return mountView({
        type: "form",
        resModel: "interaction.segment",
        resId,
        arch: `
            <form js_class="interaction_segment_form">
                <field name="name"/>
                <field name="subject"/>
                <field name="cost"/>
                <field name="line_count" invisible="1"/>
            </form>`,
    });
}

test("what the contacts follow is applied to all of them when the user says so", async () => {
    await mountSegment(1);
    await fieldInput("subject").edit("News");
    await fieldInput("cost").edit("2");
    await clickSave();
    expect(".modal-body").toHaveText(/^You changed: Subject, Cost\./);
    expect.verifySteps([]);
    await clickModalButton({text: "Apply to All"});
    expect.verifySteps([["web_save", [1], {subject: "News", cost: 2}]]);
});

test("or kept from those that are there, before it is saved", async () => {
    await mountSegment(1);
    await fieldInput("subject").edit("News");
    await clickSave();
    await clickModalButton({text: "Only to New Contacts"});
    expect.verifySteps([
        ["keep_lines", [1], ["subject"]],
        ["web_save", [1], {subject: "News"}],
    ]);
});

test("closing the question saves nothing", async () => {
    await mountSegment(1);
    await fieldInput("subject").edit("News");
    await clickSave();
    await contains(".modal .btn-close").click();
    expect(".modal").toHaveCount(0);
    expect("[name=subject] input").toHaveValue("News");
    expect.verifySteps([]);
    await clickSave();
    expect(".modal").toHaveCount(1); // it is asked again
});

test("what no contact follows is not asked about", async () => {
    await mountSegment(1);
    await fieldInput("name").edit("Renamed");
    await clickSave();
    expect.verifySteps([["web_save", [1], {name: "Renamed"}]]);
});

test("a segment without contacts is saved without a question", async () => {
    await mountSegment(2);
    await fieldInput("subject").edit("News");
    await clickSave();
    expect.verifySteps([["web_save", [2], {subject: "News"}]]);
});

test("so is a new one", async () => {
    await mountSegment(false);
    await fieldInput("subject").edit("News");
    await clickSave();
    expect.verifySteps([
        ["web_save", [], {name: false, subject: "News", cost: 0, line_count: 0}],
    ]);
});
