import {Deferred, animationFrame, beforeEach, click, expect, test} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fieldInput,
    getMockEnv,
    makeServerError,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {interactionModels, mockActions} from "./interaction_log_test_helpers";

const DIALOG = {
    type: "ir.actions.act_window",
    res_model: "interaction.log.create",
    target: "new",
};
const ANNOUNCEMENT = {
    type: "ir.actions.client",
    tag: "interaction_log_announce",
    params: {entry_ids: [7], message: "Logged: Visit, with Anna"},
};
const LOG = ".o_interaction_quick_log button:contains(Log an Interaction)";
const VISIT = ".o_interaction_quick_log button:contains(Visit)";

class ResPartner extends interactionModels.ResPartner {
    _records = [...this._records, {id: 201, name: "Anna"}];
}

defineModels({...interactionModels, ResPartner});

let asked = [];

beforeEach(() => {
    asked = mockActions();
    onRpc("interaction.template", "get_favorites", () => [
        {id: 11, name: "Visit"},
        {id: 12, name: "Letter"},
    ]);
    for (const method of ["web_read", "web_save"]) {
        onRpc("res.partner", method, () => {
            expect.step(method);
        });
    }
    onRpc("res.partner", "action_log_interaction", ({args}) => {
        expect.step(["action_log_interaction", ...args]);
        return DIALOG;
    });
    onRpc("res.partner", "action_log_favorite", ({args}) => {
        expect.step(["action_log_favorite", ...args]);
        return ANNOUNCEMENT;
    });
});

async function mountContact(resId = 201) {
    await mountView({
        type: "form",
        resModel: "res.partner",
        resId,
        arch: `
            <form>
                <widget name="interaction_quick_log"/>
                <field name="name" required="1"/>
            </form>`,
    });
    if (resId) {
        expect.verifySteps(["web_read"]);
    }
}

test("the user's favorites are beside the dialog", async () => {
    await mountContact();
    expect(".o_interaction_quick_log button").toHaveCount(3);
    expect(".o_interaction_quick_log button:eq(0)").toHaveText("Log an Interaction");
    expect(".o_interaction_quick_log button:eq(1)").toHaveText("Visit");
    expect(".o_interaction_quick_log button:eq(2)").toHaveText("Letter");
});

test("a contact that is not there yet has none of it", async () => {
    await mountContact(false);
    expect(".o_form_view [name=name]").toHaveCount(1);
    expect(".o_interaction_quick_log").toHaveCount(0);
});

test("the dialog is opened, and the page read again when it is closed", async () => {
    await mountContact();
    await contains(LOG).click();
    expect.verifySteps([["action_log_interaction", [201]], DIALOG, "web_read"]);
    await asked[0].onClose();
    expect.verifySteps(["web_read"]);
});

test("a favorite logs at once, and the page is read again", async () => {
    await mountContact();
    await contains(VISIT).click();
    expect.verifySteps([["action_log_favorite", [201], 11], ANNOUNCEMENT, "web_read"]);
});

test("a new favorite appears at once", async () => {
    await mountContact();
    onRpc("interaction.template", "get_favorites", () => [{id: 13, name: "Note"}]);
    getMockEnv().bus.trigger("INTERACTION_FAVORITES_CHANGED");
    await animationFrame();
    await animationFrame();
    expect(".o_interaction_quick_log button:eq(1)").toHaveText("Note");
    expect(".o_interaction_quick_log button").toHaveCount(2);
});

test("what was typed is saved first", async () => {
    await mountContact();
    await fieldInput("name").edit("Anna B.", {confirm: false});
    await contains(VISIT).click();
    expect.verifySteps([
        "web_save",
        ["action_log_favorite", [201], 11],
        ANNOUNCEMENT,
        "web_read",
    ]);
});

test("nothing is logged while the contact can't be saved", async () => {
    await mountContact();
    await fieldInput("name").clear();
    await contains(VISIT).click();
    expect(".o_field_invalid[name=name]").toHaveCount(1);
    expect.verifySteps([]);
    await fieldInput("name").edit("Anna");
    await contains(VISIT).click();
    expect.verifySteps([
        "web_save",
        ["action_log_favorite", [201], 11],
        ANNOUNCEMENT,
        "web_read",
    ]);
});

test("a double click logs once", async () => {
    const answer = new Deferred();
    onRpc("res.partner", "action_log_favorite", () => {
        expect.step("asked");
        return answer;
    });
    await mountContact();
    await click(VISIT);
    await click(VISIT);
    await animationFrame();
    expect.verifySteps(["asked"]);
    answer.resolve(ANNOUNCEMENT);
    await expect.waitForSteps([ANNOUNCEMENT, "web_read"]);
});

test("what is refused says why, and can be tried again", async () => {
    expect.errors(1);
    let refused = true;
    onRpc("res.partner", "action_log_favorite", () => {
        if (refused) {
            throw makeServerError({message: "The template is archived."});
        }
    });
    await mountContact();
    await contains(VISIT).click();
    await animationFrame();
    expect.verifyErrors(["The template is archived."]);
    expect(".modal").toHaveText(/The template is archived/);
    expect.verifySteps([]);
    await contains(".modal .btn-primary").click();
    refused = false;
    await contains(VISIT).click();
    expect.verifySteps([["action_log_favorite", [201], 11], ANNOUNCEMENT, "web_read"]);
});
