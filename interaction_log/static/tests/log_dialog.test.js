import {
    advanceTime,
    after,
    animationFrame,
    beforeEach,
    expect,
    on,
    queryOne,
    test,
    waitFor,
} from "@odoo/hoot";
import {
    contains,
    defineActions,
    defineModels,
    fieldInput,
    fields,
    getService,
    makeServerError,
    mockService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {interactionModels, mockActions} from "./interaction_log_test_helpers";
import {MainComponentsContainer} from "@web/core/main_components_container";

const ACTION = "interaction_log.interaction_log_create_action";
const OFFER = ".o_notification:contains(not logged)";
const FILLED = {default_template_id: 11, default_partner_ids: [201]};

class InteractionLogCreate extends models.Model {
    _name = "interaction.log.create";

    is_call = fields.Boolean();
    is_correction = fields.Boolean();
    name = fields.Char();
    partner_ids = fields.Many2many({relation: "res.partner"});
    template_id = fields.Many2one({relation: "interaction.template"});

    _views = {
        form: `
            <form class="o_interaction_log_create" js_class="interaction_log_create_form">
                <field name="is_call" invisible="1"/>
                <field name="partner_ids" widget="many2many_tags"/>
                <field name="template_id"/>
                <field name="is_correction" invisible="1"/>
                <field name="name" required="1"/>
                <details><summary>More</summary></details>
                <div class="odoo-editor-editable" tabindex="0">Note</div>
                <footer>
                    <button name="action_log" string="Log" type="object"/>
                    <button string="Discard" special="cancel"/>
                </footer>
            </form>`,
    };
}

class InteractionTemplate extends interactionModels.InteractionTemplate {
    _records = [{id: 11, name: "Visit"}];
}

class ResPartner extends interactionModels.ResPartner {
    _records = [...this._records, {id: 201, name: "Anna"}];
}

defineModels({
    ...interactionModels,
    InteractionLogCreate,
    InteractionTemplate,
    ResPartner,
});
defineActions([
    {
        id: 1,
        xml_id: ACTION,
        name: "Log an Interaction",
        res_model: "interaction.log.create",
        target: "new",
        views: [[false, "form"]],
    },
]);

let refusal = null;

beforeEach(() => {
    refusal = null;
    mockActions((action) => action === ACTION);
    mockService("action", {
        async doActionButton({name, special}) {
            expect.step(name || special);
            if (refusal) {
                throw refusal;
            }
        },
    });
    onRpc("interaction.log.create", "postpone", ({args, kwargs}) => {
        expect.step(["postpone", ...args, kwargs.context.kept]);
        if (refusal) {
            throw refusal;
        }
        return true;
    });
});

async function openDialog(context) {
    await mountWithCleanup(MainComponentsContainer);
    await getService("action").doAction(ACTION, {
        additionalContext: {...context, kept: "kept"},
    });
    await animationFrame();
}

async function closeDialog() {
    await contains(".modal .btn-close").click();
    await animationFrame();
    expect(".modal").toHaveCount(0);
}

async function log() {
    await contains(".modal button[name=action_log]").click();
}

async function logAndRefuse(message) {
    refusal = makeServerError({message});
    await log();
    await animationFrame();
    refusal = null;
    expect.verifySteps(["action_log"]);
    expect.verifyErrors([message]);
    await contains(`.modal:contains(${message}) .modal-footer button`).click();
}

test("Tab leaves the note, as it leaves every other field", async () => {
    await openDialog(FILLED);
    const note = queryOne(".modal .odoo-editor-editable");
    after(on(note, "keydown", ({key}) => expect.step(key))); // the editor's indentation
    await contains(note).press("a");
    await contains(note).press("Tab");
    expect.verifySteps(["a"]);
    expect(document.activeElement).not.toBe(note);
});

test("what is missing first has the focus", async () => {
    await openDialog({});
    expect(".modal [name=partner_ids] input").toBeFocused();
    await closeDialog();
    await getService("action").doAction(ACTION, {
        additionalContext: {default_partner_ids: [201]},
    });
    await animationFrame();
    expect(".modal [name=template_id] input").toBeFocused();
});

test("the rest is shown where it is corrected, or where something is wrong", async () => {
    await openDialog({...FILLED, default_name: ""});
    expect(".modal details").not.toHaveAttribute("open");
    await log();
    expect(".modal details").toHaveAttribute("open");
    expect.verifySteps([]);
    await closeDialog();
    await getService("action").doAction(ACTION, {
        additionalContext: {...FILLED, default_is_correction: true},
    });
    await animationFrame();
    expect(".modal details").toHaveAttribute("open");
});

test("the offer to save a draft stays", async () => {
    await openDialog(FILLED);
    await fieldInput("name").edit("Half-way");
    await closeDialog();
    await advanceTime(600000);
    expect(OFFER).toHaveCount(1);
});

test("closed as it was opened, it offers nothing", async () => {
    await openDialog(FILLED);
    await closeDialog();
    expect(".o_notification").toHaveCount(0);
});

test("closed unfinished, it offers to keep what was typed", async () => {
    await openDialog(FILLED);
    await fieldInput("name").edit("Half-way");
    await closeDialog();
    await contains(`${OFFER} button:contains(Save Draft)`).click();
    await animationFrame();
    expect.verifySteps([
        [
            "postpone",
            [],
            {
                is_call: false,
                is_correction: false,
                name: "Half-way",
                partner_ids: [[4, 201]],
                template_id: 11,
            },
            "kept",
        ],
        "soft_reload",
    ]);
    expect(OFFER).toHaveCount(0);
    expect(".o_notification .o_notification_content").toHaveText("Saved as a draft.");
});

test("what can't be kept is still offered", async () => {
    expect.errors(1);
    await openDialog(FILLED);
    await fieldInput("name").edit("Half-way");
    await closeDialog();
    refusal = makeServerError({message: "The template is archived."});
    await contains(`${OFFER} button:contains(Save Draft)`).click();
    await animationFrame();
    expect.verifyErrors(["The template is archived."]);
    expect(".o_notification").toHaveCount(1);
    expect(OFFER).toHaveCount(1);
    expect.verifySteps([
        [
            "postpone",
            [],
            {
                is_call: false,
                is_correction: false,
                name: "Half-way",
                partner_ids: [[4, 201]],
                template_id: 11,
            },
            "kept",
        ],
    ]);
});

test("closed unfinished, it offers to go on with what was typed", async () => {
    await openDialog(FILLED);
    await fieldInput("name").edit("Half-way");
    await closeDialog();
    await contains(`${OFFER} button:contains(Resume)`).click();
    await waitFor(".modal");
    expect(".o_notification").toHaveCount(0);
    expect(".modal [name=name] input").toHaveValue("Half-way");
    expect(".modal [name=template_id] input").toHaveValue("Visit");
    expect(".modal [name=partner_ids] .o_tag").toHaveText("Anna");
});

test("without a kind or a contact there is nothing to keep", async () => {
    await openDialog({default_partner_ids: [201]});
    await fieldInput("name").edit("Half-way");
    await closeDialog();
    expect(`${OFFER} button`).toHaveCount(2); // one of them closes it
    expect(`${OFFER} .o_notification_buttons button`).toHaveText("Resume");
});

test("a call that goes on would be missed, even if nothing was typed", async () => {
    await openDialog({...FILLED, default_is_call: true});
    await closeDialog();
    expect(OFFER).toHaveCount(1);
});

test("what was logged is not offered", async () => {
    await openDialog(FILLED);
    await fieldInput("name").edit("Done");
    await log();
    expect.verifySteps(["action_log"]);
    await closeDialog();
    expect(".o_notification").toHaveCount(0);
});

test("what was refused is offered when the dialog is closed", async () => {
    expect.errors(1);
    await openDialog(FILLED);
    await fieldInput("name").edit("Refused");
    await logAndRefuse("The contact has no address.");
    await closeDialog();
    await contains(`${OFFER} button:contains(Save Draft)`).click();
    expect.verifySteps([["postpone", [1], {}, "kept"], "soft_reload"]);
});

test("what was refused goes on with what was typed since", async () => {
    expect.errors(1);
    await openDialog(FILLED);
    await fieldInput("name").edit("Refused");
    await logAndRefuse("The contact has no address.");
    await fieldInput("name").edit("Typed since");
    await closeDialog();
    await contains(`${OFFER} button:contains(Resume)`).click();
    await waitFor(".modal");
    expect(".o_notification").toHaveCount(0);
    expect(".modal [name=name] input").toHaveValue("Typed since");
    expect(".modal [name=template_id] input").toHaveValue("Visit");
    expect(".modal [name=partner_ids] .o_tag").toHaveText("Anna");
});

test("what can't be logged yet is offered when the dialog is closed", async () => {
    await openDialog(FILLED);
    await fieldInput("name").edit("Half-way");
    await fieldInput("name").clear();
    await log();
    expect.verifySteps([]);
    await closeDialog();
    expect(OFFER).toHaveCount(1);
});

test("what the user discards is not offered", async () => {
    await openDialog(FILLED);
    await fieldInput("name").edit("No");
    await contains(".modal button[special=cancel]").click();
    await animationFrame();
    expect.verifySteps(["cancel"]);
    expect(".modal").toHaveCount(0);
    expect(".o_notification").toHaveCount(0);
});
