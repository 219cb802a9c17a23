import {
    Deferred,
    advanceTime,
    after,
    afterEach,
    animationFrame,
    beforeEach,
    expect,
    on,
    test,
    waitFor,
} from "@odoo/hoot";
import {
    contains,
    getService,
    makeServerError,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import {defineInteractionModels, mockActions} from "./interaction_log_test_helpers";
import {MainComponentsContainer} from "@web/core/main_components_container";
import {download} from "@web/core/network/download";
import {downloadReport} from "@web/webclient/actions/reports/utils";
import {user} from "@web/core/user";

const NOTIFICATION = ".o_notification";
const REPORT = {
    type: "ir.actions.report",
    report_type: "qweb-pdf",
    report_name: "sale.report_saleorder",
    context: {active_ids: [1]},
};
const TOKEN = "interaction_log_token";

defineInteractionModels();

let tokens = [];

beforeEach(() => {
    tokens = [];
    after(
        on(document, "click", (event) => {
            if (event.target.matches("a[download]")) {
                event.preventDefault(); // no file is written
            }
        })
    );
    onRpc("/report/check_wkhtmltopdf", () => "ok");
    for (const route of ["/report/download", "/web/export/xlsx"]) {
        onRpc(route, async (request) => {
            const form = await request.formData();
            const context = JSON.parse(form.get("context"));
            const token = context[TOKEN];
            delete context[TOKEN];
            tokens.push(token);
            expect.step([route, form.get("data"), context]);
            return new Blob(["%PDF"], {type: "application/pdf"});
        });
    }
});

// core keeps what it was told of the PDF engine
afterEach(() => {
    delete downloadReport.wkhtmltopdfStatusProm;
});

async function start() {
    mockActions((action) => action === REPORT);
    await mountWithCleanup(MainComponentsContainer);
}

/** Let the server say this of each print, as `get_announcement` of the log does. */
function mockAnnouncement(announcement) {
    onRpc("interaction.log.entry", "get_announcement", ({args}) => {
        expect.step(["get_announcement", ...args]);
        return announcement;
    });
}

async function print(options) {
    await getService("action").doAction(REPORT, options);
    await animationFrame();
}

/** Check that core's own function was called, once, and then the server asked. */
function verifyPrinted(then = [["get_announcement", tokens[0]]]) {
    expect.verifySteps([
        [
            "/report/download",
            JSON.stringify(["/report/pdf/sale.report_saleorder/1", "qweb-pdf"]),
            {...user.context, active_ids: [1]},
        ],
        ...then,
    ]);
}

test("a print bears a token, by which is asked once what was logged", async () => {
    mockAnnouncement({});
    await start();
    await print();
    expect(tokens).toHaveLength(1);
    expect(tokens[0]).toMatch(/^\d+-\w+$/);
    verifyPrinted();
});

test("each print bears a token of its own", async () => {
    mockAnnouncement({});
    await start();
    await print();
    verifyPrinted();
    const [first] = tokens.splice(0);
    await print();
    expect(tokens[0]).not.toBe(first);
    verifyPrinted();
});

test("nothing is said where nothing was logged", async () => {
    mockAnnouncement({});
    await start();
    await print();
    expect(NOTIFICATION).toHaveCount(0);
    verifyPrinted();
});

test("what was logged is told, and Undo takes back what this print logged", async () => {
    mockAnnouncement({
        message: "Logged: S00001",
        entry_ids: [7],
        can_undo: true,
        undone: "Interaction canceled.",
    });
    onRpc("interaction.log.entry", "undo_announced", ({args}) => {
        expect.step(["undo_announced", ...args]);
        return true;
    });
    await start();
    await print();
    expect(NOTIFICATION).toHaveCount(1);
    expect(`${NOTIFICATION} .o_notification_content`).toHaveText("Logged: S00001");
    verifyPrinted();
    await contains(`${NOTIFICATION} button:contains(Undo)`).click();
    expect.verifySteps([["undo_announced", tokens[0]], "soft_reload"]);
});

test("who has no right on the log can undo, but is shown no entry", async () => {
    mockAnnouncement({
        message: "Print logged: S00001",
        can_undo: true,
        undone: "Interaction canceled.",
    });
    onRpc("interaction.log.entry", "undo_announced", () => true);
    await start();
    await print();
    verifyPrinted();
    expect(`${NOTIFICATION} .o_notification_buttons button`).toHaveCount(1);
    await contains(`${NOTIFICATION} button:contains(Undo)`).click();
    expect.verifySteps(["soft_reload"]);
    expect(`${NOTIFICATION} .o_notification_content`).toHaveText(
        "Interaction canceled."
    );
});

test("who may not undo it is not offered to", async () => {
    mockAnnouncement({message: "Logged: S00001", entry_ids: [7], can_undo: false});
    await start();
    await print();
    expect(`${NOTIFICATION} .o_notification_buttons button`).toHaveCount(1);
    expect(`${NOTIFICATION} .o_notification_buttons button`).toHaveText("View");
    verifyPrinted();
});

test("what could not be logged is told beside what was", async () => {
    mockAnnouncement({
        message: "Logged: S00001",
        entry_ids: [7],
        can_undo: true,
        warning: "S00002 has no contact.",
    });
    await start();
    await print();
    expect(NOTIFICATION).toHaveCount(2);
    expect(`${NOTIFICATION}:has(.bg-success)`).toHaveText(/Logged: S00001/);
    expect(`${NOTIFICATION}:has(.bg-warning)`).toHaveText("S00002 has no contact.");
    verifyPrinted();
});

test("where it is asked first, nothing is logged before the answer", async () => {
    mockAnnouncement({question: "Log the print of S00001?"});
    onRpc("interaction.log.entry", "log_announced", ({args}) => {
        expect.step(["log_announced", ...args]);
        return {message: "Logged: S00001", entry_ids: [7], can_undo: true};
    });
    await start();
    await print();
    await advanceTime(60000); // the question stays
    expect(NOTIFICATION).toHaveCount(1);
    expect(`${NOTIFICATION} .o_notification_content`).toHaveText(
        "Log the print of S00001?"
    );
    verifyPrinted();
    await contains(`${NOTIFICATION} button:contains("Log It")`).click();
    expect.verifySteps([["log_announced", tokens[0]], "soft_reload"]);
    expect(NOTIFICATION).toHaveCount(1);
    expect(`${NOTIFICATION} .o_notification_content`).toHaveText("Logged: S00001");
});

test("where the answer is no, nothing is logged", async () => {
    mockAnnouncement({question: "Log the print of S00001?"});
    await start();
    await print();
    verifyPrinted();
    await contains(`${NOTIFICATION} button:contains("Don't Log")`).click();
    expect(NOTIFICATION).toHaveCount(0);
    expect.verifySteps([]);
});

test("nobody waits for what was logged", async () => {
    const answer = new Deferred();
    mockAnnouncement(answer);
    await start();
    await print({onClose: () => expect.step("printed")});
    verifyPrinted([["get_announcement", tokens[0]], "printed"]);
    answer.resolve({message: "Logged: S00001", entry_ids: [7]});
    await waitFor(`${NOTIFICATION}:contains(Logged)`);
});

test("a print is not disturbed where the server can't say what was logged", async () => {
    onRpc("interaction.log.entry", "get_announcement", () => {
        expect.step("asked");
        throw makeServerError();
    });
    await start();
    await print({onClose: () => expect.step("printed")});
    verifyPrinted(["asked", "printed"]);
    expect(".modal").toHaveCount(0);
    expect(NOTIFICATION).toHaveCount(0);
});

test("what was not printed is not asked about", async () => {
    onRpc("/report/download", () => {
        expect.step("failed");
        return new Response("", {status: 502});
    });
    await start();
    await expect(
        download({url: "/report/download", data: {context: "{}", data: "[]"}})
    ).rejects.toThrow(/Connection to "\/report\/download" couldn't be established/);
    expect.verifySteps(["failed"]);
});

test("other downloads are left alone", async () => {
    mockAnnouncement({});
    await start();
    await download({
        url: "/web/export/xlsx",
        data: {context: JSON.stringify({lang: "en"}), data: "[]"},
    });
    await animationFrame();
    expect(tokens).toEqual([undefined]);
    expect.verifySteps([["/web/export/xlsx", "[]", {lang: "en"}]]);
});

test("a print that says nothing of its context is one as well", async () => {
    mockAnnouncement({});
    await start();
    await download({url: "/report/download", data: {data: "[]"}});
    await animationFrame();
    expect.verifySteps([
        ["/report/download", "[]", {}],
        ["get_announcement", tokens[0]],
    ]);
});
