"""A large log, as a company has after years: made by SQL in a fresh database.

Ten interactions for each contact, most of them with few of the contacts; over five
years, in working hours, in the order in which they happened. The same number of entries
gives the same rows, but for their dates, which end today. Rare things have rare shares.
"""

import argparse
import sys
from time import perf_counter

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .common import configure
from .large_entries import make_batches, make_entries, plan_entries
from .large_sql import (
    CAMPAIGNS,
    OWN_TEMPLATES,
    SALESPERSONS,
    SUBJECTS,
    YEARS,
    bare,
    insert,
    pick,
)

PASSWORD = "bench"
# of the contacts one in so many is a company, and has a part of the entries
COMPANIES = 4
FIRST_NAMES = """Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Karla Leo Maria
    Nils Olga Paul Rosa Simon Tina Ulla Victor Wanda Yves Zoe"""
LAST_NAMES = """Aalto Berg Claes Dahl Eklund Fischer Garcia Hansen Ivanov Jansen
    Korhonen Lehtonen Maes Nieminen Olsen Peeters Quist Rossi Schmidt Torres Ulrich
    Virtanen Weber Young Zimmer"""
COMPANY_WORDS = """Nordic Alpine Baltic Central Eastern First Global Harbor Island Metro
    Pioneer River Summit United Western"""
COMPANY_TRADES = """Bakery Brewery Carpentry Consulting Dairy Design Electric Foods
    Garden Hotels Logistics Machines Optics Paper Plumbing Press Software Steel Textiles
    Timber Tools Travel"""
CITIES = "Antwerp Bruges Ghent Hasselt Kortrijk Leuven Mechelen Namur Ostend"


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
    entries = env["interaction.log.entry"]
    cr.execute(
        SQL(
            "UPDATE interaction_log_entry SET content_changed = TRUE WHERE id IN (%s)",
            entries._get_changed_query(SQL("entry.id")),
        )
    )
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
    first, last = FIRST_NAMES.split(), LAST_NAMES.split()
    users = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"{first[n % len(first)]} {last[n % len(last)]}",
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
    subjects = SUBJECTS.split("|")
    channels = ("phone", "letter", "visit", "email", "chat", "other")
    env["interaction.template"].create(
        [
            {
                "name": f"{subjects[n % len(subjects)].strip()} {n}",
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
            "state": pick("draft sent sale sale cancel", "d.amount / 5001"),
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
            "match_vals": "'{}'",
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
    configure(options.config, options.database)
    with Registry(options.database).cursor() as cr:
        make(api.Environment(cr, SUPERUSER_ID, {}), options.entries)


if __name__ == "__main__":
    main()
