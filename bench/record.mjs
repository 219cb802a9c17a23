// Records what the web client asks of the server on each page, for ./dev bench scale:
//
//     ./dev bench scale --make --entries 2000
//     ./dev run --port 8201 --db interaction_log_scale_2000
//     npm install --no-save playwright-core
//     node bench/record.mjs http://127.0.0.1:8201 /usr/bin/chromium
//
// writes bench/requests.json. Ids of records become names ("$entry"), long values that
// repeat are stored once. To be run again when pages change.

import {chromium} from "playwright-core";
import {writeFileSync} from "node:fs";

const [url, browser] = process.argv.slice(2);
const ENTRIES = "interaction_log.interaction_log_entry_action";
const CONTACTS = "contacts.action_contacts";
const BATCHES = "interaction_log.interaction_batch_action";
const WITHOUT = ["/web/action/load", "/get_views", "/has_group", "/discuss/", "/bus/"];

const chrome = await chromium.launch({executablePath: browser, args: ["--no-sandbox"]});
const page = await chrome.newPage({viewport: {width: 1600, height: 1000}});
let heard = [];
let pending = 0;
page.on("request", (request) => {
    const path = request.url().replace(url, "");
    if (request.method() !== "POST" || !request.postData()?.startsWith("{")) return;
    pending++;
    if (WITHOUT.some((part) => path.includes(part))) return;
    heard.push({path, params: JSON.parse(request.postData()).params});
});
for (const end of ["requestfinished", "requestfailed"]) {
    page.on(end, (request) => {
        if (request.method() === "POST" && request.postData()?.startsWith("{")) pending--;
    });
}

async function settle() {
    for (let quiet = 0; quiet < 8; quiet = pending > 0 ? 0 : quiet + 1) {
        await page.waitForTimeout(100);
    }
}

async function rpc(model, method, args, kwargs = {}) {
    return page.evaluate(
        ([model, method, args, kwargs]) =>
            odoo.__WOWL_DEBUG__.root.env.services.orm.call(model, method, args, kwargs),
        [model, method, args, kwargs]
    );
}

async function open(action, options = {}) {
    await page.evaluate(
        ([action, options]) =>
            odoo.__WOWL_DEBUG__.root.env.services.action.doAction(action, {
                clearBreadcrumbs: true,
                ...options,
            }),
        [action, options]
    );
    await settle();
}

const openForm = (res_model, res_id) =>
    open({type: "ir.actions.act_window", res_model, res_id, views: [[false, "form"]]});

const pages = [];
let ids = {};
// what is done in `act` is the page; `given` names the ids of the records in it
async function record(name, act, given = {}, whole = false) {
    await settle();
    heard = [];
    ids = given;
    try {
        await act();
        await settle();
    } catch (error) {
        console.error(`${name}: ${error.message.split("\n")[0]}`);
        return;
    }
    // the search panel asks the same with each filter
    const requests = heard.filter(
        ({path}) => name === "log" || !path.includes("/search_panel_")
    );
    pages.push({name, ...(whole ? {whole} : {}), requests: requests.map(name_ids)});
    console.log(`${name}: ${requests.length}`);
}

// An id is where one stands: in what is read, in a domain, in the context.
function name_ids(value, key) {
    if (Array.isArray(value)) return value.map((item) => name_ids(item));
    if (value && typeof value === "object") {
        return Object.fromEntries(
            Object.entries(value).map(([key, item]) => [key, name_ids(item, key)])
        );
    }
    if (["limit", "offset", "count_limit", "uid"].includes(key)) return value;
    const found = Object.keys(ids).find((id) => ids[id] === value);
    return found ? `$${found}` : value;
}

// --- log in -------------------------------------------------------------------------

await page.goto(`${url}/web/login`);
await page.fill("[name=login]", "admin");
await page.fill("[name=password]", "admin");
await page.click("button[type=submit]");
await page.waitForSelector(".o_main_navbar", {timeout: 180000});
await page.waitForFunction(() => odoo.__WOWL_DEBUG__?.root?.env?.services?.action);
await settle();

const first = async (model, domain, order = "id desc") =>
    (await rpc(model, "search", [domain], {order, limit: 1}))[0];
const entry = await first("interaction.log.entry", [
    ["event", "=", "email_out"],
    ["res_model", "=", "account.move"],
]);
const contact = await first("res.partner", [["ref", "=", "B1"]]);
const segment = await first("interaction.segment", [["state", "=", "draft"]]);
const batch = await first("interaction.batch", [["event", "=", "segment"]], "id");
const template = await first("interaction.template", [["code", "=", "LETTER"]]);

async function getFilters(model) {
    const {views} = await rpc(model, "get_views", [[[false, "search"]]]);
    const get = (tag, name) => tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] || "";
    return [...views.search.arch.matchAll(/<filter\b[^>]*>/g)]
        .map(([tag]) => ({
            name: get(tag, "name"),
            label: get(tag, "string") || get(tag, "name").replace("filter_", ""),
            isGroup: get(tag, "context").includes("group_by"),
            isOurs: tag.includes("interaction"),
            isHidden: get(tag, "invisible") === "1",
        }))
        .filter(({name, isHidden}) => name && !isHidden);
}

// --- the log ------------------------------------------------------------------------

await open(ENTRIES); // what the client loads once
await record("log", () => open(ENTRIES));
// the client remembers where the pager stood only as numbers: page 100
pages.push({
    name: "log, page 100",
    requests: pages
        .at(-1)
        .requests.filter(({path}) => path.endsWith("/web_search_read"))
        .map(({path, params}) => ({
            path,
            params: {...params, kwargs: {...params.kwargs, offset: "$page_100"}},
        })),
});
for (const viewType of ["kanban", "calendar", "pivot", "graph", "activity"]) {
    await record(
        `log, ${viewType}`,
        () => open(ENTRIES, {viewType}),
        {},
        ["pivot", "graph"].includes(viewType)
    );
    if (viewType === "calendar") {
        await record("log, calendar, last month", () =>
            page.click(".o_calendar_button_prev")
        );
    }
}
for (const {name, label, isGroup} of await getFilters("interaction.log.entry")) {
    const additionalContext = {[`search_default_${name}`]: 1};
    await record(
        `log, ${isGroup ? "by" : "filter"} ${label}`,
        () => open(ENTRIES, {additionalContext}),
        {},
        isGroup
    );
}
await record(
    "log, by Template, kanban",
    () =>
        open(ENTRIES, {
            additionalContext: {search_default_group_by_template: 1},
            viewType: "kanban",
        }),
    {},
    true
);
await record("log, this year by Month", () =>
    open(ENTRIES, {
        additionalContext: {search_default_filter_date: "year", search_default_group_by_date: 1},
    })
);
// what is chosen as a filter of one's own
for (const [field, value] of [
    ["content_changed", true],
    ["is_backfilled", true],
    ["channel", "letter"],
    ["channel", "chat"],
    ["event", "call"],
    ["outcome", "left_message"],
    ["delivery_status", "bounced"],
    ["delivery_status", "pending"],
]) {
    await record(`log, ${field} = ${value}`, () =>
        open({
            type: "ir.actions.act_window",
            res_model: "interaction.log.entry",
            views: [[false, "list"]],
            domain: [[field, "=", value]],
        })
    );
}
for (const column of ["date", "partner_name", "name", "user_id", "channel"]) {
    await open(ENTRIES);
    await record(`log, sorted by ${column}`, () =>
        page.click(`.o_list_table th[data-name=${column}]`, {timeout: 3000})
    );
}
async function search(label, text) {
    await page.fill(".o_searchview_input", text);
    await page
        .locator(".o_searchview_autocomplete .o-dropdown-item", {
            hasText: new RegExp(`Search\\s+${label}\\s+for`),
        })
        .first()
        .locator("a:not(.o_expand)")
        .click({timeout: 3000});
}
for (const [label, text] of [
    ["Interaction", "Virtanen"],
    ["Interaction", "S00020"],
    ["Interaction", "Nothing has this name"],
    ["Contact", "Virtanen"],
    ["Salesperson", "Emma"],
    ["Template", "Renewal"],
    ["Note", "packaging"],
    ["Segment", "Letter"],
]) {
    await open(ENTRIES);
    await record(`log, search ${label}: ${text}`, () => search(label, text));
}
await open(ENTRIES);
await record("log, panel: Phone", () =>
    page.locator(".o_search_panel label", {hasText: /^Phone$/}).first().click({timeout: 3000})
);

// --- records ------------------------------------------------------------------------

await openForm("interaction.log.entry", entry);
await record("one entry", () => openForm("interaction.log.entry", entry), {entry});
await openForm("res.partner", contact);
await record("contact of 10,000", () => openForm("res.partner", contact), {contact});
const interactions = await rpc("res.partner", "action_view_interactions", [[contact]]);
await record("contact of 10,000, its interactions", () => open(interactions), {contact});
await record("dialog Log an Interaction", () =>
    open("interaction_log.interaction_log_create_action", {
        additionalContext: {default_partner_ids: [contact], active_model: "res.partner", active_id: contact, active_ids: [contact]},
    }), {contact});
await page.keyboard.press("Escape");
await openForm("interaction.template", template);
await record("one template", () => openForm("interaction.template", template), {template});
await openForm("interaction.batch", batch);
await record("one batch", () => openForm("interaction.batch", batch), {batch});
await openForm("interaction.segment", segment);
await record("one segment", () => openForm("interaction.segment", segment), {segment});

for (const [match, days] of [
    ["none", 90],
    ["had", 90],
    ["none", false],
]) {
    const known = {
        default_segment_id: segment,
        default_operation: "add",
        default_interaction_match: match,
        ...(days ? {default_interaction_days: days} : {}),
    };
    const action = {
        type: "ir.actions.act_window",
        res_model: "interaction.segment.step",
        views: [[false, "form"]],
        target: "new",
        context: known,
    };
    const name = `step: ${match === "none" ? "no" : "any"} interaction, ${days || "no"} days`;
    await record(name, () => open(action, {clearBreadcrumbs: false}), {segment});
    await page.keyboard.press("Escape");
}

// --- contacts -----------------------------------------------------------------------

await open(CONTACTS, {viewType: "list"});
await record("contacts", () => open(CONTACTS, {viewType: "list"}));
for (const {name, label, isGroup, isOurs} of await getFilters("res.partner")) {
    if (!isOurs) continue;
    await record(`contacts, ${isGroup ? "by" : "filter"} ${label}`, () =>
        open(CONTACTS, {
            viewType: "list",
            additionalContext: {[`search_default_${name}`]: 1},
        })
    );
}
// all of our columns
await open(CONTACTS, {viewType: "list"});
await record("contacts, all columns", async () => {
    const shown = page.locator(".o_optional_columns_dropdown");
    await shown.click();
    for (const name of await page
        .locator(".o-dropdown--menu input[name^=interaction]:not(:checked)")
        .evaluateAll((inputs) => inputs.map((input) => input.name))) {
        await page.click(`.o-dropdown--menu input[name=${name}]`);
    }
    await settle();
    heard = [];
    await page.keyboard.press("Escape");
    await open(CONTACTS, {viewType: "list"});
});

// --- the other lists ----------------------------------------------------------------

for (const [name, action] of [
    ["templates", "interaction_log.interaction_template_action"],
    ["groups", "interaction_log.interaction_group_action"],
    ["salespersons", "base.action_res_users"],
    ["campaigns", "utm.utm_campaign_action"],
    ["batches", BATCHES],
    ["segments", "interaction_log.interaction_segment_action"],
    ["drafts", "interaction_log.interaction_log_entry_action_postponed"],
    ["unanswered", "interaction_log.interaction_log_entry_action_unanswered"],
    ["not delivered", "interaction_log.interaction_log_entry_action_undelivered"],
    ["skipped events", "interaction_log.interaction_skipped_event_action"],
    ["missing interactions", "interaction_log.interaction_completeness_missing_action"],
    ["meetings to log", "interaction_log.calendar_event_action_to_log"],
]) {
    await open(action, {viewType: "list"});
    await record(name, () => open(action, {viewType: "list"}));
}
await record("overview", () => open("interaction_log.interaction_overview_action"));
for (const [name, action] of [
    ["analysis", "interaction_log.interaction_log_entry_action_analysis"],
    ["initiators", "interaction_log.interaction_log_entry_action_initiators"],
    ["response time", "interaction_log.interaction_answer_report_action"],
    ["costs and margin", "interaction_log.interaction_cost_report_action"],
]) {
    await open(action);
    await record(name, () => open(action), {}, true);
}
for (const {name, label, isGroup} of await getFilters("interaction.batch")) {
    await record(`batches, ${isGroup ? "by" : "filter"} ${label}`, () =>
        open(BATCHES, {
            viewType: "list",
            additionalContext: {[`search_default_${name}`]: 1},
        })
    );
}

// --- write it -----------------------------------------------------------------------

await chrome.close();
const seen = new Map(); // how often a long value is there
const walk = (value, act) => {
    if (!value || typeof value !== "object") return value;
    const replaced = act(JSON.stringify(value));
    if (replaced !== undefined) return replaced;
    if (Array.isArray(value)) return value.map((item) => walk(item, act));
    return Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, walk(item, act)])
    );
};
walk(pages, (text) => void seen.set(text, (seen.get(text) || 0) + 1));
const shared = [...seen].filter(([text, times]) => times > 1 && text.length > 150);
const names = new Map(shared.map(([text], index) => [text, `#${index}`]));
const replace = (text) => names.get(text);
const own = (text) => {
    const value = JSON.parse(text); // but for itself
    const parts = Object.entries(value).map(([key, item]) => [key, walk(item, replace)]);
    return Array.isArray(value) ? parts.map(([, item]) => item) : Object.fromEntries(parts);
};
const used = walk(pages, replace);
const lines = (items) => items.map((item) => `    ${JSON.stringify(item)}`).join(",\n");
const day = new Date().toISOString().slice(0, 10);
writeFileSync(
    new URL("requests.json", import.meta.url),
    `{"recorded": "${day}", "shared": [\n${lines(shared.map(([text]) => own(text)))}\n],` +
        ` "pages": [\n${lines(used)}\n]}\n`
);
console.log(`${pages.length} pages`);
