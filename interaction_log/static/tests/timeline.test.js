import {
    Deferred,
    animationFrame,
    beforeEach,
    click,
    expect,
    mockDate,
    press,
    test,
} from "@odoo/hoot";
import {
    contains,
    defineModels,
    fieldInput,
    makeServerError,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

import {interactionModels, mockActions} from "./interaction_log_test_helpers";

const ANNOUNCEMENT = {
    type: "ir.actions.client",
    tag: "interaction_log_announce",
    params: {entry_ids: [7], message: "Logged: Note, with Anna"},
};
const CALL = {
    id: 1,
    name: "Outgoing call",
    channel: "phone",
    kind: "Phone",
    flow: "outbound",
    flow_label: "Outbound",
    date: "2026-03-14 12:00:00",
    count: 1,
    actor: "Mitchell",
    contact: false,
    correction: false,
    note: "About prices",
    document: false,
    file_count: 0,
    evaluation: false,
    evaluation_color: 0,
    status: "No Answer",
    status_color: 2,
};
const LETTER = {
    ...CALL,
    id: 2,
    name: "Invoice INV/7",
    channel: "letter",
    kind: "Printed",
    flow: "inbound",
    flow_label: "Inbound",
    contact: "Ben",
    document: "INV/7",
    file_count: 1,
    status: false,
};
const EMPTY = {
    entries: [],
    has_more: false,
    limit_max: 100,
    channels: [],
    drafts: [],
    has_notes: true,
    summary: {count: 0},
};
const FULL = {
    ...EMPTY,
    entries: [CALL, LETTER],
    channels: [
        {value: "letter", label: "Letter", count: 1},
        {value: "phone", label: "Phone", count: 1},
    ],
    summary: {
        count: 2,
        last: "2026-03-13 12:00:00",
        attempt: "2026-03-14 12:00:00",
        inbound: "2026-03-13 12:00:00",
        outbound: "2025-01-02 12:00:00",
        cost: "$ 12.00",
        duration: 1.5,
    },
};

class ResPartner extends interactionModels.ResPartner {
    _records = [...this._records, {id: 201, name: "Anna"}, {id: 202, name: "Ben"}];
}

defineModels({...interactionModels, ResPartner});

let asked = [],
    timeline = FULL;

beforeEach(() => {
    mockDate("2026-03-15 12:00:00", +1);
    asked = mockActions();
    timeline = FULL;
    onRpc("res.partner", "get_interaction_timeline", ({args}) => {
        expect.step(["get_interaction_timeline", ...args]);
        return timeline;
    });
    onRpc("res.partner", "web_read", () => {
        expect.step("web_read");
    });
    for (const model of ["res.partner", "interaction.log.entry"]) {
        for (const method of [
            "action_discard",
            "action_log_interaction",
            "action_open",
            "action_open_document",
            "action_resume",
            "action_view_interactions",
        ]) {
            onRpc(model, method, ({args}) => {
                expect.step([method, ...args]);
                return method;
            });
        }
    }
    onRpc("res.partner", "log_interaction_note", ({args}) => {
        expect.step(["log_interaction_note", ...args]);
        return ANNOUNCEMENT;
    });
});

const READ = ["get_interaction_timeline", [201], false, 10];
const note = ".o_interaction_note";
const button = (text) => `.o_interaction_timeline button:contains(${text})`;

async function mountContact(params = {}, page = "") {
    await mountView({
        type: "form",
        resModel: "res.partner",
        resId: 201,
        arch: `
            <form>
                <field name="name"/>
                <notebook>
                    ${page}
                    <page string="Interactions" name="interactions">
                        <widget name="interaction_timeline"/>
                    </page>
                </notebook>
            </form>`,
        ...params,
    });
}

async function mountShown() {
    await mountContact();
    await animationFrame();
    expect.verifySteps(["web_read", READ]);
}

test("nothing is fetched until the page is shown", async () => {
    await mountContact({}, "<page string='First' name='first'>Text</page>");
    await animationFrame();
    expect.verifySteps(["web_read"]);
    await contains(".nav-link[name=interactions]").click();
    await animationFrame();
    expect.verifySteps([READ]);
    expect(".o_interaction_entry").toHaveCount(2);
});

test("a contact that is not there yet has none", async () => {
    await mountContact({resId: false});
    await animationFrame();
    expect.verifySteps([]);
    expect(".o_interaction_timeline").toHaveText("");
});

test("what was, which way, how it went and who else it was with", async () => {
    await mountShown();
    expect(".o_interaction_entry:eq(0) .fa-phone").toHaveAttribute(
        "aria-label",
        "Phone"
    );
    expect(".o_interaction_entry:eq(0) .fa-arrow-up").toHaveAttribute(
        "aria-label",
        "Outbound"
    );
    expect(".o_interaction_entry:eq(1) .fa-arrow-down").toHaveAttribute(
        "aria-label",
        "Inbound"
    );
    expect(".o_interaction_entry:eq(0) .badge").toHaveText("No Answer");
    expect(".o_interaction_entry:eq(1) .badge").toHaveCount(0);
    expect(".o_interaction_entry:eq(0) .text-muted.small").toHaveText(
        "1 day ago · Phone · Mitchell"
    );
    expect(".o_interaction_entry:eq(1) .text-muted.small").toHaveText(
        "1 day ago · Printed · Ben · Mitchell"
    );
    expect(".o_interaction_entry:eq(0) .text-muted.small span:first").toHaveAttribute(
        "title",
        /^Mar 14, 1:00\sPM$/
    );
    expect(".o_interaction_entry:eq(0) .o_interaction_entry_note").toHaveText(
        "About prices"
    );
});

test("a failed attempt is beside the last contact", async () => {
    await mountShown();
    expect(".o_interaction_summary").toHaveText(
        /^Last contact Mar 13\s*Last failed attempt Mar 14\s*Last outbound Jan 2, 2025\s*Duration 01:30\s*Cost \$ 12.00\s*Analyze$/
    );
});

test("rows and documents are opened", async () => {
    await mountShown();
    await contains(button("Outgoing call")).click();
    await contains("button[aria-label='Open INV/7']").click();
    await contains(button("Show All")).click();
    expect.verifySteps([
        ["action_open", [1]],
        "action_open",
        ["action_open_document", [2]],
        "action_open_document",
        ["action_view_interactions", [201]],
        "action_view_interactions",
    ]);
});

test("filter by channel", async () => {
    await mountShown();
    expect(".o_interaction_filters button").toHaveCount(3);
    await contains(".o_interaction_filters button:contains(Letter)").click();
    expect.verifySteps([["get_interaction_timeline", [201], "letter", 10]]);
    expect(".o_interaction_filters [aria-pressed=true]").toHaveText(/Letter/);
    await contains(".o_interaction_filters button:contains(All)").click();
    expect.verifySteps([READ]);
});

test("one channel needs no filter", async () => {
    timeline = {...FULL, channels: FULL.channels.slice(1)};
    await mountShown();
    expect(".o_interaction_filters").toHaveCount(0);
});

test("load more, as far as it goes", async () => {
    timeline = {...FULL, has_more: true, limit_max: 25};
    await mountShown();
    for (const limit of [20, 25]) {
        await contains(".o_interaction_more").click();
        expect.verifySteps([["get_interaction_timeline", [201], false, limit]]);
    }
    expect(".o_interaction_more").toHaveCount(0);
    expect(".o_interaction_all").toHaveCount(1);
});

test("an empty timeline invites to log", async () => {
    timeline = EMPTY;
    await mountShown();
    expect(".o_interaction_none").toHaveText(/No interaction yet/);
    expect(".o_interaction_summary").toHaveCount(0);
    await contains(button("Log an Interaction")).click();
    expect.verifySteps([["action_log_interaction", [201]], "action_log_interaction"]);
    await asked[0].onClose();
    await animationFrame();
    expect.verifySteps(["web_read", READ]);
});

test("Enter adds a note, and the page is read again", async () => {
    await mountShown();
    await contains(note).edit("  Wants it in blue ", {confirm: false});
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect.verifySteps([
        ["log_interaction_note", [201], "Wants it in blue"],
        ANNOUNCEMENT,
        "web_read",
        READ,
    ]);
    expect(note).toHaveValue("");
});

test("a note of nothing is none", async () => {
    await mountShown();
    await contains(note).edit("   ", {confirm: false});
    await press("Enter");
    await animationFrame();
    expect.verifySteps([]);
    expect(".o_interaction_note_add").not.toBeEnabled();
});

test("a double click adds one note", async () => {
    const answer = new Deferred();
    onRpc("res.partner", "log_interaction_note", () => {
        expect.step("asked");
        return answer;
    });
    await mountShown();
    await contains(note).edit("Once", {confirm: false});
    await click(".o_interaction_note_add");
    await click(".o_interaction_note_add");
    await animationFrame();
    expect.verifySteps(["asked"]);
    answer.resolve(ANNOUNCEMENT);
    await expect.waitForSteps([ANNOUNCEMENT, "web_read", READ]);
});

test("a note that is refused is not lost", async () => {
    expect.errors(1);
    onRpc("res.partner", "log_interaction_note", () => {
        throw makeServerError({message: "The contact is archived."});
    });
    await mountShown();
    await contains(note).edit("Wants it in blue", {confirm: false});
    await contains(".o_interaction_note_add").click();
    await animationFrame();
    expect.verifyErrors(["The contact is archived."]);
    expect(note).toHaveValue("Wants it in blue");
    expect.verifySteps([]);
});

test("what is unsaved in the form stays when a note is added", async () => {
    await mountShown();
    await fieldInput("name").edit("Anna B.", {confirm: false});
    await contains(note).edit("Typed", {confirm: false});
    await contains(".o_interaction_note_add").click();
    await animationFrame();
    expect.verifySteps([["log_interaction_note", [201], "Typed"], ANNOUNCEMENT, READ]);
    expect(".o_field_widget[name=name] input").toHaveValue("Anna B.");
});

test("without a template of notes there is no line for them", async () => {
    timeline = {...FULL, has_notes: false};
    await mountShown();
    expect(note).toHaveCount(0);
});

test("a draft is resumed or discarded", async () => {
    timeline = {
        ...EMPTY,
        drafts: [{id: 9, name: "Outgoing call", date: "2026-03-14 12:00:00"}],
    };
    await mountShown();
    expect(".o_interaction_draft").toHaveText(
        /^Draft of Mar 14: Outgoing call\s*Resume\s*Discard$/
    );
    // on a phone they would break within the word
    expect(".o_interaction_draft button.text-nowrap").toHaveCount(2);
    await contains(".o_interaction_draft button:contains(Resume)").click();
    expect.verifySteps([["action_resume", [9]], "action_resume"]);
    await asked[0].onClose();
    await animationFrame();
    expect.verifySteps(["web_read", READ]);
    await contains(".o_interaction_draft button:contains(Discard)").click();
    timeline = EMPTY;
    await contains(".modal button:contains(Discard)").click();
    await animationFrame();
    await animationFrame();
    expect.verifySteps([["action_discard", [9]], "web_read", READ]);
    expect(".o_interaction_draft").toHaveCount(0);
});

test("another record shows its own, and what was typed for this one is gone", async () => {
    await mountContact({resIds: [201, 202]});
    await animationFrame();
    expect.verifySteps(["web_read", READ]);
    await contains(note).edit("For Anna", {confirm: false});
    await contains(".o_pager_next").click();
    await animationFrame();
    expect.verifySteps(["web_read", ["get_interaction_timeline", [202], false, 10]]);
    expect(note).toHaveValue("");
});
