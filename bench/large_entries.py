"""The entries of a large log: what they are, and their values in SQL."""

from .large_sql import CAMPAIGNS, OWN_TEMPLATES, SUBJECTS, YEARS, insert, pick

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
WORDS = """we talked about the delivery and agreed on a new date the customer asks for a
    better price and wants to see samples before the end of the month they were pleased
    with the last order but the packaging was damaged again please send the documents
    to the office in the city and call back next week"""


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
        f"array_to_string((ARRAY{WORDS.split()})[{start}:{start + 7}"
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
            THEN {pick(SUBJECTS, "e.document", "|")}
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
