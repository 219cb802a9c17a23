import {animationFrame, expect, test} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {interactionModels, mockActions} from "./interaction_log_test_helpers";

class InteractionTemplate extends models.Model {
    _name = "interaction.template";

    name = fields.Char();
    active = fields.Boolean({default: true});
    is_recorded_automatically = fields.Boolean();

    _records = [
        {id: 1, name: "Invoice", is_recorded_automatically: true},
        {id: 2, name: "Call", is_recorded_automatically: false},
    ];

    _views = {
        form: `
            <form js_class="interaction_template_form">
                <field name="name"/>
                <field name="active" invisible="1"/>
            </form>`,
        list: `
            <list js_class="interaction_template_list">
                <field name="name"/>
                <field name="active" column_invisible="1"/>
            </list>`,
    };
}

defineModels({...interactionModels, InteractionTemplate});

const DIALOG = {type: "ir.actions.act_window", name: "Archive Templates"};

function mockArchive() {
    mockActions();
    onRpc("interaction.template", "action_archive", ({args}) => {
        expect.step(["action_archive", ...args]);
        return args[0].includes(1) ? DIALOG : false;
    });
}

async function archiveInForm(resId) {
    mockArchive();
    await mountView({
        type: "form",
        resModel: "interaction.template",
        resId,
        actionMenus: {},
    });
    await contains(".o_cp_action_menus .dropdown-toggle").click();
    await contains(".o-dropdown--menu span:contains(Archive)").click();
    await animationFrame();
}

test("where the server asks what becomes of automatic recording, nobody asks before", async () => {
    await archiveInForm(1);
    expect(".modal").toHaveCount(0);
    expect.verifySteps([["action_archive", [1]], DIALOG]);
});

test("where nothing is recorded, archiving is confirmed as everywhere", async () => {
    await archiveInForm(2);
    expect.verifySteps([]);
    await contains(".modal button:contains(Archive)").click();
    expect.verifySteps([["action_archive", [2]]]);
});

test("in a list, one of several is enough", async () => {
    mockArchive();
    await mountView({
        type: "list",
        resModel: "interaction.template",
        actionMenus: {},
    });
    await contains("thead .o_list_record_selector input").click();
    await contains(".o_cp_action_menus .dropdown-toggle").click();
    await contains(".o-dropdown--menu span:contains(Archive)").click();
    await animationFrame();
    expect(".modal").toHaveCount(0);
    expect.verifySteps([["action_archive", [1, 2]], DIALOG]);
});
