import {
    advanceTime,
    animationFrame,
    beforeEach,
    destroy,
    expect,
    freezeTime,
    test,
} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fieldInput,
    fields,
    findComponent,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {InteractionTimer} from "@interaction_log/js/timer";
import {interactionModels} from "./interaction_log_test_helpers";

const TIMER = ".o_interaction_timer";

class Call extends models.Model {
    duration = fields.Float();
    is_call = fields.Boolean();
    kind = fields.Char({
        onChange: (record) => {
            record.duration = 0.5;
            record.proposed = {duration: 0.5};
        },
    });
    proposed = fields.Json();

    _records = [
        {id: 1, is_call: false},
        {id: 2, is_call: true},
        {id: 3, is_call: true, duration: 0.25, proposed: {duration: 0.25}},
        {id: 4, is_call: true, duration: 0, proposed: {duration: false}},
    ];
}

defineModels({...interactionModels, Call});

beforeEach(() => {
    freezeTime(); // only what a test lets pass is measured
    mockService("action", {doActionButton: () => Promise.resolve()});
    onRpc("call", "web_save", ({args}) => {
        expect.step(args[1]);
    });
});

function mountCall(resId) {
    return mountView({
        type: "form",
        resModel: "call",
        resId,
        arch: `
            <form>
                <field name="is_call" invisible="1"/>
                <field name="proposed" invisible="1"/>
                <field name="kind"/>
                <field name="duration" widget="float_time"/>
                <widget name="interaction_timer"/>
                <button name="action_log" type="object" string="Log"/>
            </form>`,
    });
}

function log() {
    return contains("button[name=action_log]").click();
}

async function pass(seconds) {
    await advanceTime(seconds * 1000);
    await animationFrame();
}

test("it stands still until it is started", async () => {
    await mountCall(1);
    await pass(90);
    expect(TIMER).toHaveText("Start00:00:00");
    await fieldInput("kind").edit("Visit");
    await log();
    expect.verifySteps([{kind: "Visit", duration: 0.5, proposed: {duration: 0.5}}]);
});

test("it runs by itself for a call", async () => {
    await mountCall(2);
    expect(TIMER).toHaveText("Stop00:00:00");
    await pass(90);
    expect(TIMER).toHaveText("Stop00:01:30");
});

test("it starts from nothing, whatever the template proposes", async () => {
    await mountCall(3);
    await pass(90);
    expect(TIMER).toHaveText("Stop00:01:30");
    await log();
    expect.verifySteps([{duration: 90 / 3600}]);
});

test("it starts from nothing where the template proposes nothing", async () => {
    await mountCall(4);
    await pass(90);
    expect(TIMER).toHaveText("Stop00:01:30");
});

test("opened again, a call goes on from the time that it had", async () => {
    const view = await mountCall(3);
    await pass(90);
    await log();
    expect.verifySteps([{duration: 90 / 3600}]);
    destroy(view);
    await mountCall(3);
    await pass(30);
    expect(TIMER).toHaveText("Stop00:02:00");
    await log();
    expect.verifySteps([{duration: 120 / 3600}]);
});

test("opened again, a call that was stopped stays so", async () => {
    const view = await mountCall(3);
    await pass(60);
    await log();
    expect.verifySteps([{duration: 60 / 3600}]);
    await contains(TIMER).click();
    await log();
    expect.verifySteps([{duration: 60 / 3600}]);
    destroy(view);
    await mountCall(3);
    await pass(90);
    expect(TIMER).toHaveText("Start00:01:00");
    await log();
    await contains(TIMER).click();
    await pass(30);
    expect(TIMER).toHaveText("Stop00:01:30");
});

test("opened again, a call keeps the duration that was typed", async () => {
    const view = await mountCall(3);
    await pass(90);
    await fieldInput("duration").edit("2:00");
    await log();
    expect.verifySteps([{duration: 2}]);
    destroy(view);
    await mountCall(3);
    await pass(90);
    expect(TIMER).toHaveText("Start02:00:00");
    await log();
    expect("[name=duration] input").toHaveValue("02:00");
});

test("the time so far becomes the duration when it is logged, and it runs on", async () => {
    await mountCall(2);
    await pass(90);
    await log();
    expect.verifySteps([{duration: 90 / 3600}]);
    await pass(30);
    expect(TIMER).toHaveText("Stop00:02:00");
    await fieldInput("kind").edit("Call");
    await log();
    expect.verifySteps([
        {kind: "Call", duration: 120 / 3600, proposed: {duration: 0.5}},
    ]);
});

test("stopped, it says how long it took, and goes on from there", async () => {
    await mountCall(1);
    await contains(TIMER).click();
    await pass(90);
    await contains(TIMER).click();
    expect(TIMER).toHaveText("Start00:01:30");
    expect("[name=duration] input").toHaveValue("00:02");
    await pass(600);
    expect(TIMER).toHaveText("Start00:01:30");
    await contains(TIMER).click();
    await pass(30);
    expect(TIMER).toHaveText("Stop00:02:00");
    await contains(TIMER).click();
    await log();
    expect.verifySteps([{duration: 120 / 3600}]);
});

test("it counts by the clock where the browser let it sleep", async () => {
    await mountCall(2);
    await pass(0.4);
    await contains(TIMER).click();
    await log();
    expect.verifySteps([{duration: 0.4 / 3600}]);
});

test("a duration that is typed while it runs counts more", async () => {
    await mountCall(2);
    await pass(90);
    await fieldInput("duration").edit("2:00");
    await pass(90);
    await contains(TIMER).click();
    await log();
    expect.verifySteps([{duration: 2}]);
});

test("what a template proposes while it runs counts less", async () => {
    await mountCall(2);
    await pass(90);
    await fieldInput("kind").edit("Call");
    expect("[name=duration] input").toHaveValue("00:30");
    await contains(TIMER).click();
    await log();
    expect.verifySteps([
        {kind: "Call", duration: 90 / 3600, proposed: {duration: 0.5}},
    ]);
});

test("hours are shown, also many", async () => {
    await mountCall(2);
    await pass(100 * 3600 + 61);
    expect(TIMER).toHaveText("Stop100:01:01");
});

test("it stops with its form", async () => {
    const view = await mountCall(2);
    const timer = findComponent(view, (each) => each instanceof InteractionTimer);
    await pass(1);
    destroy(view);
    await pass(10);
    expect(timer.state.elapsed).toBe(1000);
});
