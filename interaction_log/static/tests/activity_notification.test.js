import {
    MockServer,
    contains,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    serverState,
} from "@web/../tests/web_test_helpers";
import {after, beforeEach, expect, runAllTimers, test, waitFor} from "@odoo/hoot";
import {defineInteractionModels, mockActions} from "./interaction_log_test_helpers";
import {MainComponentsContainer} from "@web/core/main_components_container";
import {session} from "@web/session";
import {waitNotifications} from "@bus/../tests/bus_test_helpers";

const DONE = "interaction_log_done";
const TOLD = ".o_notification:contains(Logged)";

defineInteractionModels();

beforeEach(async () => {
    patchWithCleanup(session, {interaction_log_session: "mine"});
    mockActions();
    onRpc("interaction.log.entry", "action_undo", ({args}) => {
        expect.step(["action_undo", ...args]);
        return true;
    });
    await mountWithCleanup(MainComponentsContainer);
    await runAllTimers(); // the bus connects
});

/** As `_announce_done` of the log entry sends it */
async function send(values) {
    const announcement = {
        message: "Logged: Call, with Anna",
        entry_ids: [7],
        undo_method: "action_undo",
        undone: "Interaction canceled.",
        session: "mine",
        ...values,
    };
    const {env} = MockServer;
    env["bus.bus"]._sendone(serverState.partnerId, DONE, announcement);
    await waitNotifications([DONE, announcement]);
}

test("what was logged of an activity that was marked as done is told", async () => {
    await send();
    await waitFor(TOLD);
    expect(`${TOLD} .o_notification_content`).toHaveText("Logged: Call, with Anna");
    await contains(`${TOLD} button:contains(Undo)`).click();
    expect.verifySteps([["action_undo", [7]], "soft_reload"]);
});

test("who may not undo it is not offered to", async () => {
    await send({undo_method: false});
    await waitFor(TOLD);
    expect(`${TOLD} .o_notification_buttons button`).toHaveCount(1);
    expect(`${TOLD} .o_notification_buttons button`).toHaveText("View");
});

test("what was done in another browser is not told here", async () => {
    await send({session: "another"});
    expect(TOLD).toHaveCount(0);
    await send({message: "Logged: what was done here"});
    await waitFor(TOLD);
    expect(TOLD).toHaveCount(1);
    expect(`${TOLD} .o_notification_content`).toHaveText("Logged: what was done here");
});

test("what was done in the background is told wherever the user is", async () => {
    await send({session: false, message: "Logged: Spring"});
    await waitFor(TOLD);
    expect(`${TOLD} .o_notification_content`).toHaveText("Logged: Spring");
});

test("it is told by the tab in front only", async () => {
    let visibility = "hidden";
    Object.defineProperty(document, "visibilityState", {
        configurable: true,
        get: () => visibility,
    });
    after(() => delete document.visibilityState);
    await send();
    expect(TOLD).toHaveCount(0);
    visibility = "visible";
    await send({message: "Logged: what was done here"});
    await waitFor(TOLD);
    expect(TOLD).toHaveCount(1);
    expect(`${TOLD} .o_notification_content`).toHaveText("Logged: what was done here");
});
