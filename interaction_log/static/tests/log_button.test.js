import {
    Deferred,
    animationFrame,
    beforeEach,
    click,
    expect,
    press,
    test,
    waitUntil,
} from "@odoo/hoot";
import {
    InteractionLogSystray,
    LOGGED,
    systrayItem,
} from "@interaction_log/js/log_button";
import {
    contains,
    getMockEnv,
    getService,
    makeServerError,
    mountView,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import {defineInteractionModels, mockActions} from "./interaction_log_test_helpers";
import {session} from "@web/session";

defineInteractionModels();
preloadBundle("web.fullcalendar_lib");

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

for (const [type, arch] of [
    ["pivot", '<pivot js_class="interaction_log_pivot"/>'],
    ["graph", '<graph js_class="interaction_log_graph"/>'],
    [
        "activity",
        `<activity js_class="interaction_log_activity">
            <templates><div t-name="activity-box"/></templates>
        </activity>`,
    ],
    ["calendar", '<calendar js_class="interaction_log_calendar" date_start="date"/>'],
]) {
    test(`${type} has the button, and is read again when the dialog is closed`, async () => {
        onRpc("interaction.log.entry", "get_calendar_entries", () => ({
            entries: [],
            total: 0,
        }));
        await mountView({
            type,
            resModel: "interaction.log.entry",
            arch,
            context: {default_partner_ids: [5], other: 1},
        });
        await contains(".o_interaction_log_button").click();
        expect.verifySteps(["interaction_log.interaction_log_create_action"]);
        expect(asked[0].additionalContext).toEqual({default_partner_ids: [5]});
        let isRead = false;
        onRpc("interaction.log.entry", "*", () => {
            isRead = true;
        });
        asked[0].onClose();
        await waitUntil(() => isRead);
        expect(isRead).toBe(true);
    });
}

test("who has no right on the log has no button", async () => {
    expect(systrayItem.isDisplayed()).toBe(false);
    patchWithCleanup(session, {can_log_interactions: true});
    expect(systrayItem.isDisplayed()).toBe(true);
});
