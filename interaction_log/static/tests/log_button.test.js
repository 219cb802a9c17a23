import {
    Deferred,
    animationFrame,
    beforeEach,
    click,
    expect,
    press,
    test,
} from "@odoo/hoot";
import {InteractionLogSystray, LOGGED, systrayItem} from "@interaction_log/js/log_button";
import {
    contains,
    getMockEnv,
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {defineInteractionModels, mockActions} from "./interaction_log_test_helpers";
import {session} from "@web/session";

defineInteractionModels();

const DIALOG = {type: "ir.actions.act_window", res_model: "interaction.log.create"};
const SYSTRAY = ".o_interaction_log_systray button";

let asked = [];

beforeEach(() => {
    asked = mockActions();
    onRpc("interaction.log.entry", "get_log_action", ({args}) => {
        expect.step(["get_log_action", ...args]);
        return DIALOG;
    });
});

/** Show the button while the given controller is open. */
async function mountSystray(controller) {
    await mountWithCleanup(InteractionLogSystray);
    Object.defineProperty(getService("action"), "currentController", {
        configurable: true,
        get: () => controller,
    });
}

const form = (resId) => ({
    view: {type: "form"},
    props: {resModel: "res.partner", resId: 5},
    currentState: {resId},
});

test("with the record that is open now", async () => {
    await mountSystray(form(7));
    await contains(SYSTRAY).click();
    expect.verifySteps([["get_log_action", "res.partner", 7], DIALOG]);
});

test("with nobody where no saved record is open", async () => {
    for (const controller of [
        undefined,
        {},
        form(false),
        {...form(7), view: {type: "list"}},
    ]) {
        await mountSystray(controller);
        await contains(`${SYSTRAY}:last`).click();
        expect.verifySteps([["get_log_action"], DIALOG]);
    }
});

test("the page is told when the dialog is closed", async () => {
    await mountSystray(form(7));
    await contains(SYSTRAY).click();
    expect.verifySteps([["get_log_action", "res.partner", 7], DIALOG]);
    getMockEnv().bus.addEventListener(LOGGED, () => expect.step("told"));
    await asked[0].onClose();
    expect.verifySteps(["told"]);
});

test("the hotkey does the same", async () => {
    await mountSystray(form(7));
    await press(["alt", "shift", "l"]);
    await animationFrame();
    expect.verifySteps([["get_log_action", "res.partner", 7], DIALOG]);
    expect(SYSTRAY).toHaveAttribute("title", "Log an Interaction (Alt+Shift+L)");
    expect(SYSTRAY).toHaveAttribute("aria-label", "Log an Interaction");
});

test("a double click opens one dialog", async () => {
    const answer = new Deferred();
    onRpc("interaction.log.entry", "get_log_action", () => {
        expect.step("asked");
        return answer;
    });
    await mountSystray(form(7));
    await click(SYSTRAY);
    await click(SYSTRAY);
    await animationFrame();
    expect.verifySteps(["asked"]);
    answer.resolve(DIALOG);
    await expect.waitForSteps([DIALOG]);
});

test("what is refused says why, and can be tried again", async () => {
    expect.errors(1);
    onRpc("interaction.log.entry", "get_log_action", () => {
        throw makeServerError({message: "This record was deleted."});
    });
    await mountSystray(form(7));
    await contains(SYSTRAY).click();
    await animationFrame();
    expect.verifyErrors(["This record was deleted."]);
    expect.verifySteps([]);
});

test("who has no right on the log has no button", async () => {
    expect(systrayItem.isDisplayed()).toBe(false);
    patchWithCleanup(session, {can_log_interactions: true});
    expect(systrayItem.isDisplayed()).toBe(true);
});
