import {
    advanceTime,
    animationFrame,
    beforeEach,
    expect,
    mockDate,
    test,
} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    serverState,
} from "@web/../tests/web_test_helpers";
import {interactionModels} from "./interaction_log_test_helpers";

const ANNA = serverState.partnerId;
const MINUTE = 60000;

class Round extends models.Model {
    note = fields.Text();
    start_date = fields.Datetime();
    line_id = fields.Many2one({relation: "round"});
    partner_id = fields.Many2one({relation: "res.partner"});

    _records = [
        {id: 1, start_date: "2026-03-02 09:00:00", line_id: 2, partner_id: ANNA},
        {id: 2},
    ];
}

defineModels({...interactionModels, Round});

beforeEach(() => {
    mockDate("2026-03-02 09:01:05", +0);
    onRpc("round", "write", ({args}) => {
        expect.step(args);
        return true;
    });
    onRpc("res.partner", "get_interaction_timeline", ({args}) => {
        expect.step(args[0]);
        return {
            entries: [],
            has_more: false,
            limit_max: 100,
            channels: [],
            drafts: [],
            has_notes: true,
            summary: {count: 0},
        };
    });
});

function mountRound(resId) {
    return mountView({
        type: "form",
        resModel: "round",
        resId,
        arch: `
            <form>
                <field name="line_id" invisible="1"/>
                <field name="partner_id" invisible="1"/>
                <field name="start_date" invisible="1"/>
                <widget name="interaction_round_clock"/>
                <field name="note"/>
                <widget name="interaction_round_timeline"/>
            </form>`,
    });
}

test("what is entered is saved every minute, and stays on the page", async () => {
    await mountRound(1);
    expect.verifySteps([[ANNA]]);
    expect(".o_interaction_round_clock").toHaveText("00:01:05");
    await advanceTime(MINUTE);
    await animationFrame();
    expect(".o_interaction_round_clock").toHaveText("00:02:05");
    expect.verifySteps([]);

    await contains(".o_field_widget[name=note] textarea").edit("Half a", {
        confirm: false,
    });
    await advanceTime(MINUTE);
    await animationFrame();
    expect.verifySteps([[[1], {note: "Half a"}]]);
    expect(".o_field_widget[name=note] textarea").toHaveValue("Half a");
});

test("the timeline is that of the contact, and nothing is logged from it", async () => {
    await mountRound(1);
    await animationFrame();
    expect.verifySteps([[ANNA]]);
    expect(".o_interaction_none").toHaveText("No interaction yet.");
    expect(".o_interaction_note").toHaveCount(0);
});

test("without a contact there is no time and no timeline", async () => {
    await mountRound(2);
    expect.verifySteps([]);
    expect(".o_interaction_round_clock").toHaveText("00:00:00");
    expect(".o_interaction_timeline").toHaveText("");
});
