import {
    advanceTime,
    animationFrame,
    beforeEach,
    expect,
    queryRect,
    test,
} from "@odoo/hoot";
import {
    contains,
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {defineInteractionModels, mockActions} from "./interaction_log_test_helpers";
import {MainComponentsContainer} from "@web/core/main_components_container";

const TOLD = ".o_notification:contains(Logged)";

defineInteractionModels();

beforeEach(() => {
    mockActions((action) => action.tag === "interaction_log_announce");
    onRpc("interaction.log.entry", "action_undo", ({args}) => {
        expect.step(["action_undo", ...args]);
        return true;
    });
});

async function announce(entryIds, options, params) {
    await mountWithCleanup(MainComponentsContainer);
    // as `get_announcement_action` of the addon returns it
    await getService("action").doAction(
        {
            type: "ir.actions.client",
            tag: "interaction_log_announce",
            params: {
                entry_ids: entryIds,
                message: "Logged: Visit, with Anna",
                undo_method: "action_undo",
                undone: "Interaction canceled.",
                ...params,
            },
        },
        options
    );
    await animationFrame();
}

test("it says what was logged, and for how long it can be undone", async () => {
    await announce([7]);
    expect(".o_notification").toHaveCount(1);
    expect(`${TOLD} .o_notification_content`).toHaveText("Logged: Visit, with Anna");
    expect(`${TOLD} .o_notification_buttons button:eq(0)`).toHaveText("Undo");
    expect(`${TOLD} .o_notification_buttons button:eq(1)`).toHaveText("View");
    await advanceTime(9900);
    expect(TOLD).toHaveCount(1);
    await advanceTime(1000);
    expect(TOLD).toHaveCount(0);
});

test("the dialog that it was logged by is closed", async () => {
    await announce([7], {onClose: () => expect.step("closed")});
    expect.verifySteps(["closed"]);
});

test("View opens the entry", async () => {
    await announce([7]);
    await contains(`${TOLD} button:contains(View)`).click();
    expect(TOLD).toHaveCount(0);
    expect.verifySteps([
        {
            type: "ir.actions.act_window",
            name: "Interaction Log Entries",
            res_model: "interaction.log.entry",
            res_id: 7,
            views: [[false, "form"]],
        },
    ]);
});

test("View lists several entries, and only them", async () => {
    await announce([7, 8]);
    await contains(`${TOLD} button:contains(View)`).click();
    expect(TOLD).toHaveCount(0);
    expect.verifySteps([
        {
            type: "ir.actions.act_window",
            name: "Interaction Log Entries",
            res_model: "interaction.log.entry",
            domain: [["id", "in", [7, 8]]],
            views: [
                [false, "list"],
                [false, "form"],
            ],
        },
    ]);
});

test("Undo takes it back, reads the page again, and says so", async () => {
    await announce([7]);
    await contains(`${TOLD} button:contains(Undo)`).click();
    expect.verifySteps([["action_undo", [7]], "soft_reload"]);
    expect(TOLD).toHaveCount(0);
    expect(".o_notification .o_notification_content").toHaveText(
        "Interaction canceled."
    );
});

test("Undo takes all of them back", async () => {
    await announce([7, 8]);
    await contains(`${TOLD} button:contains(Undo)`).click();
    expect.verifySteps([["action_undo", [7, 8]], "soft_reload"]);
});

test("what can be done next is offered", async () => {
    const next = {type: "ir.actions.act_window", res_model: "next"};
    onRpc("interaction.log.entry", "action_next", ({args}) => {
        expect.step(["action_next", ...args]);
        return next;
    });
    await announce([7], {}, {offer: {label: "Go On", method: "action_next"}});
    const go = `${TOLD} button:contains(Go On)`;
    expect(queryRect(go).top).toBe(queryRect(`${TOLD} button:contains(Undo)`).top);
    await contains(go).click();
    expect(TOLD).toHaveCount(0);
    expect.verifySteps([["action_next", [7]], next]);
});

test("batches are shown and taken back as such", async () => {
    onRpc("interaction.batch", "action_restore", ({args}) => {
        expect.step(["action_restore", ...args]);
        return true;
    });
    await mountWithCleanup(MainComponentsContainer);
    const tell = async () => {
        await getService("action").doAction({
            type: "ir.actions.client",
            tag: "interaction_log_announce",
            params: {
                message: "3 interactions canceled.",
                batch_ids: [5],
                undo_method: "action_restore",
                undone: "3 interactions restored.",
            },
        });
        await animationFrame();
    };
    await tell();
    await contains(".o_notification button:contains(View)").click();
    expect.verifySteps([
        {
            type: "ir.actions.act_window",
            name: "Batches",
            res_model: "interaction.batch",
            res_id: 5,
            views: [[false, "form"]],
        },
    ]);
    await tell();
    await contains(".o_notification button:contains(Undo)").click();
    expect.verifySteps([["action_restore", [5]], "soft_reload"]);
    expect(".o_notification .o_notification_content").toHaveText(
        "3 interactions restored."
    );
});

test("what can't be taken back is only shown", async () => {
    await mountWithCleanup(MainComponentsContainer);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "interaction_log_announce",
        params: {message: "Spring is being logged.", batch_ids: [5]},
    });
    await animationFrame();
    expect(".o_notification .o_notification_buttons button").toHaveCount(1);
    expect(".o_notification .o_notification_buttons button").toHaveText("View");
});

test("what can't be undone any more is not said to be undone", async () => {
    expect.errors(1);
    onRpc("interaction.log.entry", "action_undo", () => {
        throw makeServerError({message: "It is canceled already."});
    });
    await announce([7]);
    await contains(`${TOLD} button:contains(Undo)`).click();
    await animationFrame();
    expect.verifyErrors(["It is canceled already."]);
    expect(".modal").toHaveText(/It is canceled already/);
    expect(".o_notification").toHaveCount(0);
    expect.verifySteps([]);
});

test("what was logged later is told beside what was logged before", async () => {
    await announce([7]);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "interaction_log_announce",
        params: {
            entry_ids: [8],
            message: "Logged: Letter, with Ben",
            undo_method: "action_undo",
            undone: "Interaction canceled.",
        },
    });
    await animationFrame();
    expect(TOLD).toHaveCount(2);
    await contains(".o_notification:contains(Ben) button:contains(Undo)").click();
    expect.verifySteps([["action_undo", [8]], "soft_reload"]);
    expect(TOLD).toHaveCount(1);
    expect(`${TOLD} .o_notification_content`).toHaveText("Logged: Visit, with Anna");
});
