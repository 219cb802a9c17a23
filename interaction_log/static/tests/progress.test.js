import {Deferred, advanceTime, beforeEach, destroy, expect, test} from "@odoo/hoot";
import {
    defineModels,
    fieldInput,
    fields,
    findComponent,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {Progress} from "@interaction_log/js/progress";
import {interactionModels} from "./interaction_log_test_helpers";

class InteractionSegment extends models.Model {
    _name = "interaction.segment";

    name = fields.Char();
    is_paused = fields.Boolean();
    state = fields.Selection({
        selection: [
            ["logging", "Logging"],
            ["logged", "Logged"],
        ],
    });

    _records = [
        {id: 1, state: "logging", is_paused: false},
        {id: 2, state: "logging", is_paused: true},
        {id: 3, state: "logged", is_paused: false},
    ];
}

defineModels({...interactionModels, InteractionSegment});

beforeEach(() => {
    onRpc("interaction.segment", "web_read", () => {
        expect.step("web_read");
    });
});

async function mountSegment(resId) {
    const view = await mountView({
        type: "form",
        resModel: "interaction.segment",
        resId,
        arch: `
            <form>
                <field name="name"/>
                <div invisible="state != 'logging' or is_paused">
                    <field name="state"/>
                    <field name="is_paused"/>
                    <widget name="interaction_progress"/>
                </div>
            </form>`,
    });
    expect.verifySteps(["web_read"]);
    return view;
}

test("it is read again every two seconds while it is being logged", async () => {
    await mountSegment(1);
    await advanceTime(2000);
    await expect.waitForSteps(["web_read"]);
    await advanceTime(2000);
    await expect.waitForSteps(["web_read"]);
});

test("paused or done, it is left alone", async () => {
    for (const id of [2, 3]) {
        const view = await mountSegment(id);
        await advanceTime(6000);
        expect.verifySteps([]);
        destroy(view);
    }
});

test("what the user types is not read over", async () => {
    await mountSegment(1);
    await fieldInput("name").edit("Renamed", {confirm: false});
    await advanceTime(6000);
    expect.verifySteps([]);
    expect("[name=name] input").toHaveValue("Renamed");
});

test("a slow answer is waited for", async () => {
    await mountSegment(1);
    const answer = new Deferred();
    onRpc("interaction.segment", "web_read", async () => {
        expect.step("asked");
        await answer;
    });
    await advanceTime(2000);
    await expect.waitForSteps(["asked"]);
    await advanceTime(6000);
    expect.verifySteps([]);
    answer.resolve();
    await expect.waitForSteps(["web_read"]);
});

test("a form that was left is not read again", async () => {
    const view = await mountSegment(1);
    const widget = findComponent(view, (each) => each instanceof Progress);
    patchWithCleanup(widget.props.record, {
        isDirty: () => expect.step("looked at"),
    });
    destroy(view);
    await advanceTime(6000);
    expect.verifySteps([]);
});
