import {Deferred, animationFrame, beforeEach, expect, test} from "@odoo/hoot";
import {
    contains,
    defineModels,
    getMockEnv,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {LOGGED} from "@interaction_log/js/log_button";

import {interactionModels} from "./interaction_log_test_helpers";

class ResPartner extends interactionModels.ResPartner {
    _records = [...this._records, {id: 201, name: "Anna"}, {id: 202, name: "Ben"}];
}

defineModels({...interactionModels, ResPartner});

const COUNT = ".oe_stat_button .o_stat_value";

let counts = {};

beforeEach(() => {
    counts = {201: 3, 202: 5};
    onRpc("interaction.log.entry", "get_document_count", ({args}) => {
        expect.step(args);
        return counts[args[1]];
    });
});

const mountForm = (params = {}) =>
    mountView({
        type: "form",
        resModel: "res.partner",
        resId: 201,
        resIds: [201, 202],
        arch: `<form><sheet>
            <div name="button_box"><button name="7" type="action" icon="fa-comments-o"
                invisible="not id"><widget name="interaction_count" /></button></div>
            <field name="name" />
        </sheet></form>`,
        ...params,
    });

test("counts what is about the record that is open", async () => {
    await mountForm();
    await animationFrame();
    expect.verifySteps([["res.partner", 201]]);
    expect(COUNT).toHaveText("3");
    await contains(".o_pager_next").click();
    await animationFrame();
    expect.verifySteps([["res.partner", 202]]);
    expect(COUNT).toHaveText("5");
});

test("the form is there before the number is", async () => {
    const counted = new Deferred();
    onRpc("interaction.log.entry", "get_document_count", () => counted);
    await mountForm();
    expect(".o_field_widget[name=name] input").toHaveValue("Anna");
    expect(COUNT).toHaveText("");
    counted.resolve(7);
    await animationFrame();
    expect(COUNT).toHaveText("7");
});

test("counts again when something was logged", async () => {
    await mountForm();
    await animationFrame();
    counts[201] = 4;
    getMockEnv().bus.trigger(LOGGED);
    await animationFrame();
    expect.verifySteps([
        ["res.partner", 201],
        ["res.partner", 201],
    ]);
    expect(COUNT).toHaveText("4");
});

test("a record that is new has no button", async () => {
    await mountForm({resId: false});
    expect(".oe_stat_button").toHaveCount(0);
    expect.verifySteps([]);
});
