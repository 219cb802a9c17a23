"""A large log, as a company has after years: made by SQL in a fresh database.

Ten interactions for each contact, most of them with few of the contacts; over five
years, in working hours, in the order in which they happened. The same number of entries
gives the same rows, but for their dates, which end today. Rare things have rare shares.
"""

import argparse
import sys
from contextlib import contextmanager
from time import perf_counter

import odoo.service.server
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

YEARS = 5
SALESPERSONS = 50
PASSWORD = "bench"
# of the contacts one in so many is a company, and has a part of the entries
COMPANIES = 4
OWN_TEMPLATES = 40
CAMPAIGNS = 30
# contact number 1, one whom everybody knows, has 10,000 entries of two million
FAMILIAR = 0.02

# weight, code of the template, event, model of the document
KINDS = [
    (170, "INVOICE", "print", "account.move"),
    (150, "INVOICE", "email_out", "account.move"),
    (8, "CREDIT-NOTE", "print", "account.move"),
    (8, "CREDIT-NOTE", "email_out", "account.move"),
    (10, "INVOICE", "einvoice", "account.move"),
    (8, "INVOICE", "download", "account.move"),
    (60, "QUOTATION", "print", "sale.order"),
    (80, "QUOTATION", "email_out", "sale.order"),
    (30, "ORDER", "print", "sale.order"),
    (40, "ORDER", "email_out", "sale.order"),
    (20, "PORTAL-VIEW", "portal_view", "sale.order"),
    (4, "PORTAL-COMMENT", "portal_comment", "sale.order"),
    (60, "EMAIL-IN", "email_in", "sale.order"),
    (30, "EMAIL-IN", "email_in", "res.partner"),
    (60, "EMAIL-OUT", "email_out", "res.partner"),
    (40, "CALL-OUT", "manual", None),
    (25, "CALL-IN", "manual", None),
    (20, "NOTE", "manual", None),
    (10, "VISIT", "manual", None),
    (4, "COMPLAINT", "manual", None),
    (10, "LETTER", "manual", None),
    (30, "OWN-", "manual", None),
    (25, "CALL-OUT", "call", None),
    (8, "CALL-IN", "call", "sale.order"),
    (18, "MEETING", "meeting", None),
    (12, "CALL-OUT", "activity", "sale.order"),
    (5, "NOTE", "api", None),
    (8, "SMS", "sms", "sale.order"),
    (3, "INVOICE", "post", "account.move"),
    (100, "LETTER", "segment", None),
    (90, "MAILING", "mailing", None),
]
REPORTS = {
    "account.move": "account.account_invoices",
    "sale.order": "sale.action_report_saleorder",
}
FIRST_NAMES = """Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Karla Leo Maria
    Nils Olga Paul Rosa Simon Tina Ulla Victor Wanda Yves Zoe""".split()
LAST_NAMES = """Aalto Berg Claes Dahl Eklund Fischer Garcia Hansen Ivanov Jansen Korhonen
    Lehtonen Maes Nieminen Olsen Peeters Quist Rossi Schmidt Torres Ulrich Virtanen
    Weber Young Zimmer""".split()
COMPANY_WORDS = """Nordic Alpine Baltic Central Eastern First Global Harbor Island Metro
    Pioneer River Summit United Western""".split()
COMPANY_TRADES = """Bakery Brewery Carpentry Consulting Dairy Design Electric Foods
    Garden Hotels Logistics Machines Optics Paper Plumbing Press Software Steel Textiles
    Timber Tools Travel""".split()
CITIES = "Antwerp Bruges Ghent Hasselt Kortrijk Leuven Mechelen Namur Ostend".split()
SUBJECTS = """Delivery|Prices for next year|Complaint about packaging|Order by phone|
    Payment terms|New contact person|Trade fair|Samples|Catalog|Spare parts|Warranty|
    Installation|Training|Renewal of the contract|Reference visit""".replace("\n", "")
WORDS = """we talked about the delivery and agreed on a new date the customer asks for a
    better price and wants to see samples before the end of the month they were satisfied
    with the last order but the packaging was damaged again please send the documents to
    the office in the city and call back next week""".split()


def make(env, number):
    """Fill the database with that many entries.

    :param int number: of entries, at least 1,000
    """
    started = perf_counter()
    env = env["base"].with_context(lang="en_US", tracking_disable=True).env
    company = env.ref("base.main_company")
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company, False)
    users = make_users(env)
    make_templates(env)
    campaigns = env["utm.campaign"].create(
        [
            {"name": f"Bench {n}", "title": f"Campaign {n}"}
            for n in range(1, CAMPAIGNS + 1)
        ]
    )
    env.flush_all()
    cr = env.cr
    cr.execute("SET LOCAL work_mem = '512MB'")
    cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
    cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")  # random() in order
    cr.execute("SELECT setseed(0.16)")
    with bare(env, "res_partner"):
        make_contacts(env, number // 10, users)
    with bare(env, "sale_order"), bare(env, "account_move"):
        make_documents(env, number)
    plan_entries(env, number, campaigns)
    make_batches(env)
    with bare(env, "interaction_log_entry"):
        make_entries(env)
    with bare(env, "interaction_segment_line"):
        make_segments(env, number)
    make_what_hangs_on_entries(env)
    cr.commit()
    env.invalidate_all()
    cr._cnx.autocommit = True
    cr.execute("VACUUM ANALYZE")
    cr._cnx.autocommit = False
    sys.stderr.write(f"{number} entries in {perf_counter() - started:.0f} s\n")


# --- what is made by the ORM --------------------------------------------------------


def make_users(env):
    """Make the salespersons, all with one password; return them."""
    groups = ("interaction_log.group_user", "sales_team.group_sale_salesman_all_leads")
    groups = [env.ref(group).id for group in (*groups, "account.group_account_invoice")]
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"{FIRST_NAMES[n % 24]} {LAST_NAMES[n % 25]}",
                    "login": f"bench{n}",
                    "email": f"bench{n}@example.com",
                    "group_ids": [(4, group) for group in groups],
                }
                for n in range(1, SALESPERSONS + 1)
            ]
        )
    )
    users[0].password = PASSWORD
    env.flush_all()
    # hashing it takes long, by intention
    env.cr.execute(
        """UPDATE res_users SET password = first.password FROM res_users first
        WHERE first.id = %s AND res_users.id = ANY(%s)""",
        [users[0].id, users.ids],
    )
    env.ref("base.user_admin").group_ids |= env.ref("account.group_account_manager")
    return users


def make_templates(env):
    groups = env["interaction.group"].create(
        [{"name": name} for name in ("Service", "Trade fairs", "Projects", "Visits")]
    )
    channels = ("phone", "letter", "visit", "email", "chat", "other")
    env["interaction.template"].create(
        [
            {
                "name": f"{SUBJECTS.split('|')[n % 15].strip()} {n}",
                "code": f"OWN-{n}",
                "group_id": groups[n % len(groups)].id,
                "channel": channels[n % len(channels)],
                "flow": "outbound" if n % 3 else "inbound",
                "initiated_by": "us" if n % 3 else "them",
                "unit_cost": n % 4,
                "unit_duration": n % 5 / 4,
            }
            for n in range(1, OWN_TEMPLATES + 1)
        ]
    )


# --- what is made by the database ---------------------------------------------------


def insert(env, table, source, values):
    """Insert into those of the columns that the table has.

    :param str source: what stands behind FROM
    :param dict values: SQL expression of each column
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
        [table],
    )
    existing = {name for (name,) in env.cr.fetchall()}
    values = {
        "company_id": str(env.ref("base.main_company").id),
        "create_uid": "2",
        "write_uid": "2",
        "create_date": "now()",
        "write_date": "now()",
        "active": "TRUE",
        **values,
    }
    columns = {name: sql for name, sql in values.items() if name in existing}
    env.cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)})"
        f" SELECT {', '.join(columns.values())} FROM {source}"
    )


@contextmanager
def bare(env, table):
    """Make indexes and foreign keys of a table after what is inserted."""
    cr = env.cr
    cr.execute(
        """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = %s::regclass AND contype = 'f'""",
        [table],
    )
    keys = cr.fetchall()
    cr.execute(
        """SELECT indexname, indexdef FROM pg_indexes
        WHERE tablename = %s AND schemaname = 'public'
            AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)""",
        [table],
    )
    indexes = cr.fetchall()
    for name, _definition in keys:
        cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _definition in indexes:
        cr.execute(f'DROP INDEX "{name}"')
    yield
    for _name, definition in indexes:
        cr.execute(definition)
    for name, definition in keys:
        cr.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    cr.execute(f"ANALYZE {table}")


def pick(words, value="random()"):
    """Return the SQL of one of the words; `value` is from 0 to 1."""
    words = ", ".join(f"'{word.strip()}'" for word in words)
    return f"(ARRAY[{words}])[1 + floor(cardinality(ARRAY[{words}]) * {value})::int]"


def make_contacts(env, number, users):
    """Make companies and their people; `bench_contact` numbers them."""
    companies = max(number // COMPANIES, 1)
    ids = f"ARRAY{users.ids}"
    env.cr.execute(
        f"""CREATE TEMP TABLE bench_contact ON COMMIT DROP AS
        SELECT number, nextval('res_partner_id_seq')::int AS id,
            number <= {companies} AS is_company,
            -- some companies have many people
            CASE WHEN number > {companies}
                THEN 1 + floor({companies} * power(random(), 1.5))::int END AS parent,
            CASE WHEN number <= {companies}
                THEN {pick(COMPANY_WORDS)} || ' ' || {pick(COMPANY_TRADES)}
                    || ' ' || number
                ELSE {pick(FIRST_NAMES)} || ' ' || {pick(LAST_NAMES)} END AS name,
            CASE WHEN random() < 0.7
                THEN ({ids})[1 + floor({len(users)} * random())::int] END AS user_id,
            {pick(CITIES)} AS city
        FROM generate_series(1, {number}) number"""
    )
    env.cr.execute("ALTER TABLE bench_contact ADD PRIMARY KEY (number)")
    env.cr.execute("ANALYZE bench_contact")
    insert(
        env,
        "res_partner",
        "bench_contact c LEFT JOIN bench_contact p ON p.number = c.parent",
        {
            "id": "c.id",
            "company_id": "NULL",
            "name": "c.name",
            "complete_name": "concat_ws(', ', p.name, c.name)",
            "ref": "'B' || c.number",
            "parent_id": "p.id",
            "commercial_partner_id": "COALESCE(p.id, c.id)",
            "commercial_company_name": "COALESCE(p.name, c.name)",
            "is_company": "c.is_company",
            "type": "'contact'",
            "user_id": "c.user_id",
            "email": "'contact' || c.number || '@example.com'",
            "email_normalized": "'contact' || c.number || '@example.com'",
            "phone": "'+32 470 ' || lpad(c.number::text, 6, '0')",
            "phone_sanitized": "'+32470' || lpad(c.number::text, 6, '0')",
            "street": "'Long Street ' || c.number % 300",
            "zip": "(1000 + c.number % 9000)::text",
            "city": "c.city",
            "country_id": str(env.ref("base.be").id),
            "lang": "'en_US'",
            "color": "0",
            "partner_share": "TRUE",
            "active": "c.number % 40 <> 39",
            "message_bounce": "0",
            "autopost_bills": "'ask'",
            "customer_rank": "1",
            "supplier_rank": "0",
        },
    )


def make_documents(env, number):
    """Make orders and invoices, without lines: there is one for each few entries."""
    cr = env.cr
    cr.execute("SELECT count(*) FROM bench_contact")
    [contacts] = cr.fetchone()
    for table, count in (("sale_order", number // 8), ("account_move", number // 6)):
        cr.execute(
            f"""CREATE TEMP TABLE bench_{table} ON COMMIT DROP AS
            SELECT number, nextval('{table}_id_seq')::int AS id,
                1 + floor({contacts} * 0.9 * power(random(), 1.7))::int AS contact,
                now() - interval '{YEARS} years' * (1 - number::float / {count})
                    AS date,
                round((random() * 5000)::numeric, 2) AS amount
            FROM generate_series(1, {count}) number"""
        )
        cr.execute(f"ALTER TABLE bench_{table} ADD PRIMARY KEY (number)")
        cr.execute(f"ANALYZE bench_{table}")
    currency = str(env.ref("base.main_company").currency_id.id)
    journal = env["account.journal"].search([("type", "=", "sale")], limit=1)
    money = dict.fromkeys(("amount_untaxed", "amount_total"), "d.amount")
    insert(
        env,
        "sale_order",
        "bench_sale_order d JOIN bench_contact c ON c.number = d.contact",
        {
            "id": "d.id",
            "name": "'S' || lpad(d.number::text, 6, '0')",
            "state": pick(("draft", "sent", "sale", "sale", "cancel"), "d.amount/5001"),
            "date_order": "d.date",
            "create_date": "d.date",
            "partner_id": "c.id",
            "partner_invoice_id": "c.id",
            "partner_shipping_id": "c.id",
            "user_id": "c.user_id",
            "currency_id": currency,
            "currency_rate": "1",
            "invoice_status": "'no'",
            "amount_tax": "0",
            **money,
        },
    )
    insert(
        env,
        "account_move",
        """bench_account_move d JOIN bench_contact c ON c.number = d.contact
        LEFT JOIN bench_contact p ON p.number = c.parent""",
        {
            "id": "d.id",
            "name": "'INV/' || to_char(d.date, 'YYYY') || '/' || d.number",
            "sequence_prefix": "'INV/' || to_char(d.date, 'YYYY') || '/'",
            "sequence_number": "d.number",
            "move_type": "'out_invoice'",
            "state": "'posted'",
            "auto_post": "'no'",
            "payment_state": "'not_paid'",
            "journal_id": str(journal.id),
            "currency_id": currency,
            "company_currency_id": currency,
            "partner_id": "c.id",
            "commercial_partner_id": "COALESCE(p.id, c.id)",
            "partner_shipping_id": "c.id",
            "invoice_user_id": "c.user_id",
            "date": "d.date::date",
            "invoice_date": "d.date::date",
            "create_date": "d.date",
            "posted_before": "TRUE",
            "amount_untaxed_signed": "d.amount",
            "amount_total_signed": "d.amount",
            "amount_total_in_currency_signed": "d.amount",
            "amount_residual": "d.amount",
            "amount_residual_signed": "d.amount",
            **money,
        },
    )


def plan_entries(env, number, campaigns):
    """Say of each entry what it will be, in a narrow table, by the date of creation."""
    cr = env.cr
    mailing = "mailing_id" in env["interaction.log.entry"]._fields
    cr.execute(
        """CREATE TEMP TABLE bench_kind (number int, template varchar, event varchar,
        model varchar) ON COMMIT DROP"""
    )
    kinds = [
        (template, event if event != "mailing" or mailing else "segment", model)
        for weight, template, event, model in KINDS
        for _ in range(weight)
        if env["interaction.template"].search_count([("code", "=", template)])
        or template == "OWN-"
    ]
    cr.execute_values(
        "INSERT INTO bench_kind VALUES %s",
        [(number, *kind) for number, kind in enumerate(kinds)],
    )
    cr.execute("SELECT count(*) FROM bench_contact")
    [contacts] = cr.fetchone()
    # segments and mailings: the larger the company, the more of them
    batches = max(4, round(number**0.5 / 7))
    day = "interval '1 day'"
    cr.execute(
        f"""CREATE TEMP TABLE bench_plan ON COMMIT DROP AS
        WITH entry AS (
            SELECT number, number::float / {number} AS age,
                floor({len(kinds)} * random())::int AS kind,
                random() AS who, random() AS by, random() AS hour, random() AS rare,
                random() AS other, random() AS document
            FROM generate_series(1, {number}) number
        ), planned AS (
            SELECT entry.*, k.event, k.model,
                k.template || CASE WHEN k.template = 'OWN-'
                    THEN 1 + floor({OWN_TEMPLATES} * document)::int || '' ELSE '' END
                    AS template,
                CASE WHEN k.event IN ('segment', 'mailing')
                    THEN 1 + floor({batches} * (1 - power(1 - other, 0.4)))::int
                END AS sent_batch
            FROM entry JOIN bench_kind k ON k.number = entry.kind
        ), dated AS (
            -- more in later years; what was sent to many happened on one day
            SELECT *, now()::timestamp(0) - interval '{YEARS} years'
                * (1 - power(COALESCE((sent_batch - 0.5) / {batches}, age), 0.8))
                AS moment
            FROM planned
        )
        SELECT number, template, event, model, sent_batch, who, by, rare, other,
            document,
            -- nobody works at weekends, and seldom at night
            least(
                date_trunc('day', moment)
                    - {day} * greatest(extract(isodow FROM moment) - 5, 0)
                    + CASE WHEN sent_batch IS NOT NULL THEN interval '9 hours'
                        + interval '1 minute' * (sent_batch % 60)
                        ELSE date_trunc('second',
                            interval '6 hours' + interval '11 hours' * hour) END,
                now()::timestamp(0)
            ) AS date,
            rare < 0.005 AND event IN ('print', 'email_out', 'email_in')
                AS is_backfilled,
            CASE -- mailings reach all alike
                WHEN sent_batch IS NOT NULL THEN 1 + floor({contacts} * 0.95 * who)::int
                WHEN by < {FAMILIAR} THEN 1
                -- the contacts with the most of them lie far apart
                ELSE 1 + (floor({contacts} * 0.9 * power(who, 1.7))::bigint
                    * 7919 % greatest(floor({contacts} * 0.9)::bigint, 1))::int
            END AS contact,
            CASE WHEN sent_batch % 3 = 0 THEN (ARRAY{campaigns.ids})[
                1 + sent_batch / 3 % {CAMPAIGNS}]
                WHEN other < 0.01 THEN (ARRAY{campaigns.ids})[
                    1 + floor({CAMPAIGNS} * document)::int] END AS campaign_id
        FROM dated"""
    )
    cr.execute("ANALYZE bench_plan")


def make_batches(env):
    """Make the batches of segments and mailings, of meetings and of many documents."""
    cr = env.cr
    cr.execute(
        """CREATE TEMP TABLE bench_batch ON COMMIT DROP AS
        SELECT key, nextval('interaction_batch_id_seq')::int AS id, event, date, size
        FROM (
            SELECT event || ',' || sent_batch AS key, event, min(date) AS date,
                count(*) AS size
            FROM bench_plan WHERE sent_batch IS NOT NULL GROUP BY event, sent_batch
            UNION ALL
            -- meetings of three, and one print in ten is one of about twenty documents
            SELECT 'meeting,' || number / 150, event, min(date), count(*)
            FROM bench_plan WHERE event = 'meeting' GROUP BY number / 150, event
            UNION ALL
            SELECT 'print,' || number / 800, event, min(date), count(*)
            FROM bench_plan WHERE event = 'print' AND other < 0.1
            GROUP BY number / 800, event
        ) batch ORDER BY date, key"""
    )
    cr.execute("ALTER TABLE bench_batch ADD PRIMARY KEY (key)")
    cr.execute("ANALYZE bench_batch")
    insert(
        env,
        "interaction_batch",
        "bench_batch ORDER BY id",
        {
            "id": "id",
            "name": "initcap(event) || ' ' || to_char(date, 'YYYY-MM-DD HH24:MI')",
            "event": "event",
            "create_date": "date",
            "write_date": "date",
        },
    )


def make_entries(env):
    env.cr.execute(
        """CREATE TEMP TABLE bench_template ON COMMIT DROP AS
        SELECT *, name->>'en_US' AS label FROM interaction_template"""
    )
    insert(env, "interaction_log_entry", get_entry_source(env), get_entry_values(env))


def get_entry_source(env):
    """Return what stands behind FROM, in the order in which it was logged."""
    env.cr.execute(
        "SELECT (SELECT count(*) FROM bench_sale_order),"
        " (SELECT count(*) FROM bench_account_move)"
    )
    orders, invoices = env.cr.fetchone()
    users = env["res.users"].search([("login", "=like", "bench%")], order="id")
    reports = " ".join(
        f"WHEN p.model = '{model}' THEN {env.ref(xml_id).id}"
        for model, xml_id in REPORTS.items()
    )
    number = "(SELECT count(*) FROM bench_plan)"
    return f"""(
        SELECT p.*, t.id AS template_id, t.group_id, t.flow, t.initiated_by,
            CASE WHEN p.event IN ('email_out', 'email_in', 'mailing') THEN 'email'
                WHEN p.event IN ('download', 'portal_view') THEN 'web'
                ELSE t.channel END AS channel,
            t.unit_cost, t.unit_duration, t.label,
            -- a document goes out near the day on which it was made
            COALESCE(s.id, m.id, CASE WHEN p.model = 'res.partner' THEN c.id END)
                AS res_id,
            CASE p.model WHEN 'sale.order' THEN 'S' || lpad(s.number::text, 6, '0')
                WHEN 'account.move' THEN
                    'INV/' || to_char(m.date, 'YYYY') || '/' || m.number
                WHEN 'res.partner' THEN c.name END AS document_name,
            COALESCE(s.amount, m.amount) AS amount,
            c.id AS partner_id, concat_ws(', ', cp.name, c.name) AS partner_name,
            COALESCE(cp.id, c.id) AS commercial_partner_id, c.number AS contact_number,
            (ARRAY{users.ids})[1 + floor({len(users)} * power(p.by, 1.4))::int]
                AS user_id,
            b.id AS batch_id, r.id AS rule_id,
            CASE WHEN p.event IN ('print', 'download')
                THEN CASE {reports} END END AS report_id,
            CASE WHEN p.is_backfilled THEN greatest(p.date, now() - interval '3 years')
                ELSE p.date END AS logged
        FROM bench_plan p
        JOIN bench_template t ON t.code = p.template
        LEFT JOIN bench_sale_order s ON p.model = 'sale.order'
            AND s.number = 1 + floor({orders} * least(0.9999999,
                p.number::float / {number} * 0.98 + 0.02 * p.document))::int
        LEFT JOIN bench_account_move m ON p.model = 'account.move'
            AND m.number = 1 + floor({invoices} * least(0.9999999,
                p.number::float / {number} * 0.98 + 0.02 * p.document))::int
        JOIN bench_contact c ON c.number = COALESCE(s.contact, m.contact, p.contact)
        LEFT JOIN bench_contact cp ON cp.number = c.parent
        LEFT JOIN bench_batch b ON b.key = CASE
            WHEN p.sent_batch IS NOT NULL THEN p.event || ',' || p.sent_batch
            WHEN p.event = 'meeting' THEN 'meeting,' || p.number / 150
            WHEN p.event = 'print' AND p.other < 0.1 THEN 'print,' || p.number / 800
            END
        LEFT JOIN (SELECT min(rule.id) AS id, event, model.model, template_id
            FROM interaction_rule rule JOIN ir_model model ON model.id = rule.model_id
            GROUP BY event, model.model, template_id
        ) r ON r.event = p.event AND r.model = p.model AND r.template_id = t.id
        ORDER BY logged, p.number
    ) e"""


def get_entry_values(env):
    """Return the SQL of each column of an entry; `e` is the plan with what it names."""
    currency = str(env.ref("base.main_company").currency_id.id)
    reason = env["interaction.cancel.reason"].search([("kind", "=", "error")], limit=1)
    by_hand = "e.event IN ('manual', 'call')"
    emailed = "e.event IN ('email_out', 'mailing', 'sms')"
    sent = "e.event IN ('print', 'download', 'email_out', 'einvoice', 'post')"
    document = "e.model IN ('account.move', 'sale.order')"
    canceled = "(e.rare >= 0.5 AND e.rare < 0.515)"
    postponed = f"({by_hand} AND e.rare >= 0.6 AND e.rare < 0.61)"
    note = " || ' ' || ".join(
        f"array_to_string((ARRAY{WORDS})[{start}:{start + 7}"
        f" + (e.number * {start + 3} % 11)::int], ' ')"
        for start in (1, 15, 30, 44)
    )
    # one document in thirty went out in another version, later
    version = (
        "(e.model || e.res_id || CASE WHEN e.res_id % 30 = 0 AND e.other > 0.5"
        " THEN ',2' ELSE ',1' END)"
    )
    hashed = "encode(sha256(convert_to({}, 'UTF8')), 'hex')"
    return {
        "template_id": "e.template_id",
        "group_id": "e.group_id",
        "name": f"""CASE WHEN {by_hand} AND e.other < 0.5
            THEN {pick(SUBJECTS.split("|"), "e.document")}
            ELSE concat_ws(' ', e.label, e.document_name) END""",
        "note": f"""CASE WHEN {by_hand} AND e.other < 0.6
            THEN '<p>' || {note} || ', no. ' || e.number || '</p>' END""",
        # a few contacts are deleted by now
        "partner_id": "CASE WHEN e.number % 2000 <> 7 THEN e.partner_id END",
        "commercial_partner_id": """CASE WHEN e.number % 2000 <> 7
            THEN e.commercial_partner_id END""",
        "partner_name": "e.partner_name",
        "contact_via": f"""CASE WHEN {emailed}
            THEN 'contact' || e.contact_number || '@example.com'
            WHEN e.channel = 'phone'
                THEN '+32 470 ' || lpad(e.contact_number::text, 6, '0') END""",
        "lang": "'en_US'",
        "user_id": "e.user_id",
        "create_uid": "CASE WHEN e.is_backfilled THEN 1 ELSE e.user_id END",
        "write_uid": "e.user_id",
        "create_date": "e.logged",
        "write_date": "e.logged",
        "currency_id": currency,
        "channel": "e.channel",
        "flow": "e.flow",
        "initiated_by": "e.initiated_by",
        "date": "e.date",
        # repeats were merged
        "last_date": f"""e.date + CASE WHEN {sent} AND e.rare >= 0.7 AND e.rare < 0.72
            THEN interval '20 minutes' ELSE interval '0' END""",
        "occurrence_count": f"""CASE WHEN {sent} AND e.rare >= 0.7 AND e.rare < 0.72
            THEN 2 ELSE 1 END""",
        "duration": f"""CASE WHEN {by_hand} AND e.other < 0.7
            THEN round((e.other * 2)::numeric, 2) ELSE COALESCE(e.unit_duration, 0)
            END""",
        "is_duration_estimated": f"""COALESCE(e.unit_duration, 0) > 0
            AND NOT ({by_hand} AND e.other < 0.7)""",
        "cost": f"""CASE WHEN e.template = 'LETTER' THEN 1.2
            WHEN {by_hand} AND e.other < 0.1 THEN round((e.document * 50)::numeric, 2)
            ELSE COALESCE(e.unit_cost, 0) END""",
        "evaluation": f"""CASE WHEN NOT {by_hand} AND e.event <> 'meeting' THEN NULL
            WHEN e.other < 0.02 THEN 'very_negative' WHEN e.other < 0.05 THEN 'negative'
            WHEN e.other < 0.12 THEN 'neutral' WHEN e.other < 0.25 THEN 'positive'
            WHEN e.other < 0.28 THEN 'very_positive' END""",
        "outcome": """CASE WHEN e.channel <> 'phone' OR e.flow <> 'outbound' THEN NULL
            WHEN e.document < 0.1 THEN 'no_answer' WHEN e.document < 0.15
            THEN 'left_message' WHEN e.document < 0.17 THEN 'failed' ELSE 'success'
            END""",
        "campaign_id": "e.campaign_id",
        "campaign_target": "e.campaign_id IS NOT NULL",
        "campaign_response": "FALSE",
        "batch_id": "e.batch_id",
        "event": "e.event",
        "source_key": f"""CASE WHEN {by_hand} THEN NULL
            WHEN e.is_backfilled THEN 'backfill,' || e.event || ',' || e.number
            WHEN e.event IN ('print', 'download') THEN e.event || ','
                || md5(e.number::text) || ',' || e.res_id
            ELSE e.event || ',' || e.number END""",
        "is_backfilled": "CASE WHEN e.is_backfilled THEN TRUE END",
        "is_automatic": """CASE WHEN e.event = 'email_in' AND e.other < 0.03
            THEN TRUE END""",
        "delivery_status": f"""CASE WHEN NOT {emailed} THEN 'none'
            WHEN e.rare >= 0.2 AND e.rare < 0.208 THEN 'bounced'
            WHEN e.rare >= 0.3 AND e.rare < 0.304 THEN 'error'
            WHEN e.date > now() - interval '1 hour' THEN 'pending'
            WHEN e.document < 0.3 THEN 'opened' ELSE 'sent' END""",
        "delivery_error": f"""CASE WHEN {emailed} AND e.rare >= 0.3 AND e.rare < 0.304
            THEN 'Unknown recipient' END""",
        "state": f"""CASE WHEN {postponed} THEN 'postponed' WHEN {canceled}
            THEN 'canceled' ELSE 'logged' END""",
        "cancel_reason_id": f"CASE WHEN {canceled} THEN {reason.id} END",
        "cancel_uid": f"CASE WHEN {canceled} THEN e.user_id END",
        "cancel_date": f"CASE WHEN {canceled} THEN e.logged + interval '1 hour' END",
        "res_model": "e.model",
        "res_id": "e.res_id",
        "document_name": "e.document_name",
        "document_state": f"""CASE WHEN {document} THEN CASE e.model
            WHEN 'account.move' THEN 'posted' ELSE 'sent' END END""",
        "document_total": f"CASE WHEN {document} THEN e.amount END",
        "document_currency_id": f"CASE WHEN {document} THEN {currency} END",
        "report_id": "e.report_id",
        "rule_id": "e.rule_id",
        "content_sha256": f"""CASE WHEN {document} AND {sent}
            THEN {hashed.format(version + " || e.number")} END""",
        "content_fingerprint": f"""CASE WHEN {document} AND {sent}
            THEN {hashed.format(version)} END""",
    }


def make_segments(env, number):
    """Make the segments of what was sent to many, and an open one with a tenth of all.

    The open one has 20,000 contacts where there are two million entries.
    """
    env.cr.execute(
        "SELECT id, size, date FROM bench_batch WHERE event = 'segment' ORDER BY id"
    )
    batches = env.cr.fetchall()
    template = env["interaction.template"].search([("code", "=", "LETTER")])
    segments = env["interaction.segment"].create(
        [
            *(
                {"name": f"Letter {date:%Y-%m-%d}", "template_id": template.id}
                for _id, _size, date in batches
            ),
            {"name": "Open segment", "template_id": template.id},
        ]
    )
    env.flush_all()
    for segment, (batch_id, size, date) in zip(segments[:-1], batches, strict=True):
        env.cr.execute(
            "UPDATE interaction_batch SET segment_id = %s WHERE id = %s",
            [segment.id, batch_id],
        )
        env.cr.execute(
            """UPDATE interaction_segment SET state = 'logged', line_count = %s,
            log_total = %s, log_done = %s, log_date = %s, log_uid = 2, create_date = %s
            WHERE id = %s""",
            [size, size, size, date, date, segment.id],
        )
    opened = segments[-1]
    for segment in segments:
        insert(
            env,
            "interaction_segment_step",
            "(SELECT) none",
            {
                "segment_id": str(segment.id),
                "operation": "'add'",
                "domain": """'[("city", "=", "Ghent")]'""",
            },
        )
    insert(
        env,
        "interaction_segment_line",
        f"""(
            SELECT b.segment_id, e.partner_id, e.partner_name, e.date
            FROM interaction_log_entry e JOIN interaction_batch b ON b.id = e.batch_id
            WHERE b.segment_id IS NOT NULL
            UNION ALL
            SELECT {opened.id}, p.id, p.complete_name, now() FROM bench_contact c
            JOIN res_partner p ON p.id = c.id
            WHERE c.number % 10 = 3
        ) line
        JOIN interaction_segment_step step ON step.segment_id = line.segment_id
        ORDER BY line.segment_id, line.partner_id""",
        {
            "segment_id": "line.segment_id",
            "partner_id": "line.partner_id",
            "partner_name": "line.partner_name",
            "step_id": "step.id",
            "is_removed": "FALSE",
            "create_date": "line.date",
        },
    )
    env.cr.execute(
        """UPDATE interaction_segment_step step SET added_count = line.count
        FROM (SELECT step_id, count(*) FROM interaction_segment_line GROUP BY step_id)
            line
        WHERE line.step_id = step.id"""
    )
    env.cr.execute(
        "UPDATE interaction_segment SET line_count = %s WHERE id = %s",
        [(number // 10 + 6) // 10, opened.id],
    )


def make_what_hangs_on_entries(env):
    """Give a few of the entries comments, follow-ups and files; skip a few events."""
    comment = env.ref("mail.mt_comment").id
    model = env["ir.model"]._get_id("interaction.log.entry")
    type_ = env.ref("mail.mail_activity_data_call").id
    insert(
        env,
        "mail_message",
        "interaction_log_entry e WHERE e.id % 100 = 0 ORDER BY e.id",
        {
            "model": "'interaction.log.entry'",
            "res_id": "e.id",
            "message_type": "'comment'",
            "subtype_id": str(comment),
            "body": "'<p>Please look at this again.</p>'",
            "date": "e.date",
            "author_id": "3",
            "is_internal": "FALSE",
            "message_id": "'<' || e.id || '@bench>'",
        },
    )
    insert(
        env,
        "mail_activity",
        "interaction_log_entry e WHERE e.id % 400 = 1 AND e.state = 'logged'",
        {
            "res_model_id": str(model),
            "res_model": "'interaction.log.entry'",
            "res_id": "e.id",
            "res_name": "e.name",
            "activity_type_id": str(type_),
            "user_id": "e.user_id",
            "summary": "'Call back'",
            "date_deadline": "current_date + (e.id % 60)::int - 20",
            "interaction_entry_id": "e.id",
        },
    )
    insert(
        env,
        "ir_attachment",
        "interaction_log_entry e WHERE e.id % 100 = 2 ORDER BY e.id",
        {
            "name": "'Notes ' || e.id || '.txt'",
            "type": "'binary'",
            "res_model": "'interaction.log.entry'",
            "res_id": "e.id",
            "mimetype": "'text/plain'",
            "file_size": "0",
        },
    )
    env.cr.execute(
        """INSERT INTO interaction_log_entry_ir_attachment_rel
            (interaction_log_entry_id, ir_attachment_id)
        SELECT res_id, id FROM ir_attachment
        WHERE res_model = 'interaction.log.entry' AND name LIKE 'Notes %'"""
    )
    insert(
        env,
        "interaction_skipped_event",
        "interaction_log_entry e WHERE e.id % 500 = 3 AND e.res_id IS NOT NULL",
        {
            "event": "e.event",
            "state": "'todo'",
            "reason": "'There is no contact.'",
            "date": "e.date",
            "res_model": "e.res_model",
            "res_id": "e.res_id",
            "document_name": "e.document_name",
            "user_id": "e.user_id",
            "rule_id": "e.rule_id",
        },
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--entries", type=int, required=True)
    options = parser.parse_args()
    config.parse_config(
        ["-c", options.config, "-d", options.database, "--log-level", "warn"]
    )
    odoo.service.server.load_server_wide_modules()
    with Registry(options.database).cursor() as cr:
        make(api.Environment(cr, SUPERUSER_ID, {}), options.entries)


if __name__ == "__main__":
    main()
