import {Deferred, animationFrame, beforeEach, click, expect, test} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    getMockEnv,
    makeServerError,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {interactionModels} from "./interaction_log_test_helpers";

const STAR = ".o_interaction_star";
const badge = (name) => `.o_selection_badge:contains(${name})`;

class Dialog extends models.Model {
    kinds = fields.Json();
    template_id = fields.Many2one({relation: "interaction.template", required: true});

    _records = [
        {
            id: 1,
            kinds: [
                {id: 11, name: "Visit", is_favorite: true},
                {id: 12, name: "Letter", is_favorite: false},
            ],
        },
    ];
}

class InteractionTemplate extends interactionModels.InteractionTemplate {
    _records = [
        {id: 11, name: "Visit", is_manual: true},
        {id: 12, name: "Letter", is_manual: true},
        {id: 13, name: "Complaint", is_manual: true},
        {id: 14, name: "Invoice", is_manual: false},
    ];
}

defineModels({...interactionModels, Dialog, InteractionTemplate});

beforeEach(() => {
    onRpc("interaction.template", "action_toggle_favorite", ({args}) => {
        expect.step(["star", ...args]);
        return true;
    });
});

function mountDialog() {
    return mountView({
        type: "form",
        resModel: "dialog",
        resId: 1,
        arch: `
            <form>
                <field name="kinds" invisible="1"/>
                <field name="template_id" widget="interaction_kind"
                       domain="[('is_manual', '=', True)]"/>
            </form>`,
    });
}

test("a kind is chosen by its button", async () => {
    onRpc("dialog", "web_save", ({args}) => {
        expect.step(args[1]);
    });
    await mountDialog();
    expect(".o_selection_badge").toHaveCount(2);
    expect(STAR).toHaveCount(0);
    await contains(badge("Letter")).click();
    expect(badge("Letter")).toHaveClass("active");
    expect(badge("Letter")).toHaveAttribute("aria-pressed", "true");
    expect(badge("Visit")).toHaveAttribute("aria-pressed", "false");
    await contains(".o_form_button_save").click();
    expect.verifySteps([{template_id: 12}]);
});

test("what has no button is found by name", async () => {
    await mountDialog();
    await contains(".o_interaction_kinds input").click();
    expect(".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)").toHaveCount(1);
    await contains(".o-autocomplete--dropdown-item:contains(Complaint)").click();
    expect(".o_field_widget[name=template_id] input").toHaveValue("");
    expect(STAR).toHaveCount(1);
});

test("the star is saved at once", async () => {
    await mountDialog();
    getMockEnv().bus.addEventListener("INTERACTION_FAVORITES_CHANGED", () =>
        expect.step("changed")
    );
    await contains(badge("Visit")).click();
    expect(`${STAR} .fa-star`).toHaveCount(1);
    expect(STAR).toHaveAttribute("aria-label", "Remove from Favorites");
    await contains(STAR).click();
    expect.verifySteps([["star", [11]], "changed"]);
    expect(`${STAR} .fa-star-o`).toHaveCount(1);
    await contains(badge("Letter")).click();
    expect(STAR).toHaveAttribute("aria-label", "Add to Favorites");
    await contains(badge("Visit")).click();
    expect(`${STAR} .fa-star-o`).toHaveCount(1);
});

test("a double click is one change", async () => {
    const answer = new Deferred();
    onRpc("interaction.template", "action_toggle_favorite", () => {
        expect.step("asked");
        return answer;
    });
    await mountDialog();
    await contains(badge("Letter")).click();
    await click(STAR);
    await click(STAR);
    await animationFrame();
    expect.verifySteps(["asked"]);
    answer.resolve(true);
    await animationFrame();
    expect(`${STAR} .fa-star`).toHaveCount(1);
});

test("a star that is refused is none", async () => {
    expect.errors(1);
    onRpc("interaction.template", "action_toggle_favorite", () => {
        throw makeServerError({message: "The template is archived."});
    });
    await mountDialog();
    await contains(badge("Letter")).click();
    await contains(STAR).click();
    await animationFrame();
    expect.verifyErrors(["The template is archived."]);
    expect(`${STAR} .fa-star-o`).toHaveCount(1);
});
