import {after, animationFrame, beforeEach, click, expect, on, test} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fieldInput,
    fields,
    models,
    mountView,
    onRpc,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import {interactionModels, mockActions} from "./interaction_log_test_helpers";
import {CALLED_MODELS} from "@interaction_log/js/phone_field";
import {user} from "@web/core/user";

const NUMBER = "+32 470 12 34 56";
const HREF = "tel:+32470123456";
const DIALOG = {
    type: "ir.actions.act_window",
    res_model: "interaction.log.create",
    target: "new",
};

class ResPartner extends interactionModels.ResPartner {
    _records = [
        ...this._records,
        {id: 201, name: "Anna", phone: NUMBER, child_ids: [202]},
        {id: 202, name: "Ben", phone: NUMBER, parent_id: 201},
    ];
}

class Site extends models.Model {
    phone = fields.Char();

    _records = [{id: 1, phone: NUMBER}];
}

defineModels({...interactionModels, ResPartner, Site});

let asked = [];

beforeEach(() => {
    asked = mockActions();
    after(
        on(document, "click", (event) => {
            const href = event.target.closest("a")?.href;
            if (href?.startsWith("tel:") && !event.defaultPrevented) {
                event.preventDefault();
                expect.step(href);
            }
        })
    );
    for (const method of ["web_read", "web_save"]) {
        onRpc("res.partner", method, () => {
            expect.step(method);
        });
    }
    onRpc("res.partner", "action_log_call", ({args}) => {
        expect.step(["action_log_call", ...args]);
        return DIALOG;
    });
});

async function mountContact(params) {
    await mountView({
        type: "form",
        resModel: "res.partner",
        resId: 201,
        arch: `
            <form>
                <field name="name" required="1"/>
                <field name="phone" widget="phone"/>
            </form>`,
        ...params,
    });
    if (params?.resId !== false) {
        expect.verifySteps(["web_read"]);
    }
}

/** Click the button that is there when the mouse is over the field. */
async function call() {
    await click(".o_phone_form_link");
    await animationFrame();
}

test("a call opens the dialog that logs it, and calls all the same", async () => {
    await mountContact();
    await call();
    expect.verifySteps([HREF, ["action_log_call", [201], NUMBER], DIALOG]);
});

test("so does the number on a page that is only read", async () => {
    await mountContact({readonly: true});
    await contains(".o_field_phone .o_form_uri").click();
    expect.verifySteps([HREF, ["action_log_call", [201], NUMBER], DIALOG]);
});

test("the contact is read again when the dialog is closed", async () => {
    await mountContact();
    await call();
    expect.verifySteps([HREF, ["action_log_call", [201], NUMBER], DIALOG]);
    await asked[0].onClose();
    expect.verifySteps(["web_read"]);
});

test("what was typed is saved first", async () => {
    await mountContact();
    await fieldInput("phone").edit("+32 2 555 12 12");
    await call();
    expect.verifySteps([
        "tel:+3225551212",
        "web_save",
        ["action_log_call", [201], "+32 2 555 12 12"],
        DIALOG,
    ]);
});

test("nothing is logged while the contact can't be saved", async () => {
    await mountContact();
    await fieldInput("name").clear();
    await call();
    expect(".o_field_invalid[name=name]").toHaveCount(1);
    expect.verifySteps([HREF]);
});

test("a contact that is not there yet is only called", async () => {
    await mountContact({resId: false});
    await fieldInput("name").edit("New");
    await fieldInput("phone").edit(NUMBER);
    await call();
    expect.verifySteps([HREF]);
});

test("who has no right on the log only calls", async () => {
    patchWithCleanup(user, {
        async hasGroup(group) {
            expect.step(group);
            return false;
        },
    });
    await mountView({
        type: "form",
        resModel: "res.partner",
        resId: 201,
        arch: `<form><field name="phone" widget="phone"/></form>`,
    });
    await call();
    expect.verifySteps(["web_read", "interaction_log.group_user_own", HREF]);
});

test("a number in a list is only called", async () => {
    await mountView({
        type: "list",
        resModel: "res.partner",
        domain: [["id", "=", 201]],
        arch: `<list><field name="phone" widget="phone"/></list>`,
    });
    await contains(".o_data_row .o_form_uri").click();
    expect.verifySteps([HREF]);
});

test("a number of another contact on the page is only called", async () => {
    await mountContact({
        readonly: true,
        arch: `
            <form>
                <field name="child_ids">
                    <list no_open="1"><field name="phone" widget="phone"/></list>
                </field>
            </form>`,
    });
    await contains(".o_data_row .o_form_uri").click();
    expect.verifySteps([HREF]);
});

test("a number of what is no contact is only called", async () => {
    await mountView({
        type: "form",
        resModel: "site",
        resId: 1,
        arch: `<form><field name="phone" widget="phone"/></form>`,
    });
    await call();
    expect.verifySteps([HREF]);
});

test("a number of a model that an addon names logs a call, too", async () => {
    CALLED_MODELS.add("site");
    after(() => CALLED_MODELS.delete("site"));
    onRpc("site", "action_log_call", ({args}) => {
        expect.step(["action_log_call", ...args]);
        return DIALOG;
    });
    await mountView({
        type: "form",
        resModel: "site",
        resId: 1,
        arch: `<form><field name="phone" widget="phone"/></form>`,
    });
    await call();
    expect.verifySteps([HREF, ["action_log_call", [1], NUMBER], DIALOG]);
});
