import {beforeEach, expect, mockDate, test} from "@odoo/hoot";
import {
    clickDate,
    clickEvent,
} from "@web/../tests/views/calendar/calendar_test_helpers";
import {
    contains,
    mountView,
    onRpc,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import {Domain} from "@web/core/domain";
import {defineInteractionModels, mockActions} from "./interaction_log_test_helpers";

defineInteractionModels();
preloadBundle("web.fullcalendar_lib");

// As `get_calendar_entries` of the log returns them
const ENTRIES = [
    {
        id: 1,
        display_name: "Visit",
        date: "2026-03-10 09:00:00",
        duration: 1,
        partner_name: "Anna",
        state: "logged",
        interaction_number: 1,
    },
    {
        id: 2,
        display_name: "Newsletter",
        date: "2026-03-11 09:00:00",
        duration: 0,
        partner_name: "Anna; Ben; 1 more",
        state: "logged",
        interaction_number: 3,
        interaction_batch_id: 9,
    },
    {
        id: 3,
        display_name: "Call",
        date: "2026-03-12 09:00:00",
        duration: 0.25,
        partner_name: "Ben",
        state: "canceled",
        interaction_number: 1,
    },
    {
        id: 4,
        display_name: "Letter",
        date: "2026-03-13 09:00:00",
        duration: 0.5,
        partner_name: "Ben",
        state: "postponed",
        interaction_number: 1,
    },
];
let asked = [],
    entries = [],
    total = null;

beforeEach(() => {
    mockDate("2026-03-15 12:00:00", +1);
    asked = mockActions();
    entries = ENTRIES;
    total = null;
    onRpc("interaction.log.entry", "get_calendar_entries", ({args, kwargs}) => {
        const {context, start, end} = kwargs;
        expect.step(["get_calendar_entries", ...args, start, end, context.kept]);
        const domain = new Domain(args[0]);
        const found = entries.filter((entry) =>
            domain.contains({channel: "phone", ...entry})
        );
        return {entries: found, total: total ?? found.length};
    });
});

async function mountCalendar() {
    await mountView({
        type: "calendar",
        resModel: "interaction.log.entry",
        domain: [["channel", "=", "phone"]],
        context: {kept: "kept", default_partner_ids: [5]},
        arch: `
            <calendar
                js_class="interaction_log_calendar"
                date_start="date"
                date_delay="duration"
                mode="month"
                edit="false"
                delete="false"
                quick_create="false"
            >
                <field name="partner_name"/>
                <field name="state" invisible="1"/>
            </calendar>`,
    });
}

const event = (id) => `.o_event[data-event-id="${id}"]`;

/** Check that the server was asked, once, for what is shown from then to then. */
function verifyAsked(start, end) {
    expect.verifySteps([
        [
            "get_calendar_entries",
            [
                ["channel", "=", "phone"],
                ["date", "<=", end],
            ],
            ["display_name", "date", "duration", "partner_name", "state"],
            start,
            end,
            "kept",
        ],
    ]);
}

function verifyMarchAsked() {
    verifyAsked("2026-02-28 23:00:00", "2026-04-11 22:59:59");
}

test("the server is asked once, for the month that is shown", async () => {
    await mountCalendar();
    verifyMarchAsked();
});

test("an entry is titled with its contact, a batch with its number", async () => {
    await mountCalendar();
    expect(".o_event").toHaveCount(4);
    expect(`${event(1)} .o_event_title`).toHaveText("Visit, Anna");
    expect(`${event(2)} .o_event_title`).toHaveText("3 × Newsletter");
    verifyMarchAsked();
});

test("what takes weeks is shown where it began long before", async () => {
    const long = {...ENTRIES[0], date: "2026-02-15 09:00:00"};
    entries = [
        {...long, id: 5, display_name: "Fair", duration: 3 * 7 * 24},
        {...long, id: 6},
    ];
    await mountCalendar();
    // it ends on the second Sunday
    expect(event(5)).toHaveCount(2);
    expect(`${event(5)}:first .o_event_title`).toHaveText("Fair, Anna");
    expect(event(6)).toHaveCount(0);
    verifyMarchAsked();
});

test("what is not shown is said", async () => {
    total = 60123;
    await mountCalendar();
    expect(".o_interaction_calendar_limit").toHaveText(
        "Showing 4 of 60,123 interactions, the first of each day. Filter them or choose a shorter period."
    );
    verifyMarchAsked();
});

test("where all are shown, nothing is said", async () => {
    await mountCalendar();
    expect(".o_event").toHaveCount(4);
    expect(".o_interaction_calendar_limit").toHaveCount(0);
    verifyMarchAsked();
});

test("what is canceled is struck out, what is postponed hatched", async () => {
    await mountCalendar();
    expect(".o_event_striked").toHaveCount(1);
    expect(`${event(3)}.o_event_striked`).toHaveCount(1);
    expect(".o_event_hatched").toHaveCount(1);
    expect(`${event(4)}.o_event_hatched`).toHaveCount(1);
    verifyMarchAsked();
});

test("View opens an entry", async () => {
    await mountCalendar();
    verifyMarchAsked();
    await clickEvent(1);
    await contains(".o_cw_popover .o_cw_popover_edit").click();
    expect.verifySteps([
        {
            type: "ir.actions.act_window",
            res_model: "interaction.log.entry",
            res_id: 1,
            views: [[false, "form"]],
            target: "current",
            context: {},
        },
    ]);
});

test("View opens a batch", async () => {
    await mountCalendar();
    verifyMarchAsked();
    await clickEvent(2);
    await contains(".o_cw_popover .o_cw_popover_edit").click();
    expect.verifySteps([
        {
            type: "ir.actions.act_window",
            res_model: "interaction.batch",
            res_id: 9,
            views: [[false, "form"]],
        },
    ]);
});

test("a day that is clicked is when the interaction was that is logged", async () => {
    await mountCalendar();
    verifyMarchAsked();
    await clickDate("2026-03-18");
    expect.verifySteps(["interaction_log.interaction_log_create_action"]);
    expect(asked[0].additionalContext).toMatchObject({
        kept: "kept",
        default_partner_ids: [5],
        default_date: "2026-03-17 23:00:00",
    });
    await asked[0].onClose();
    verifyMarchAsked();
});
