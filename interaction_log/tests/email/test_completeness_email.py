import hashlib
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import InteractionEmailCommon

FILE = [("quotation.txt", b"as wished")]
# What an entry says of an e-mail, whenever it is logged
FACTS = (
    "campaign_id",
    "channel",
    "contact_via",
    "delivery_error",
    "delivery_status",
    "event",
    "flow",
    "group_id",
    "initiated_by",
    "name",
    "note",
    "partner_id",
    "rule_id",
    "template_id",
    "user_id",
)


@tagged("-at_install", "post_install")
class TestCompletenessEmail(InteractionEmailCommon):
    """E-mails that were not recorded, seen as if they had been."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Check = cls.env["interaction.completeness.check"].with_user(
            cls.user_manager
        )
        # nothing of what the database holds already
        cls.env.cr.execute(
            """UPDATE mail_message SET date = '2020-01-01';
            UPDATE account_move SET is_move_sent = FALSE;
            UPDATE ir_attachment SET create_date = '2020-01-01'
                WHERE res_field = 'invoice_pdf_report_file'"""
        )

    @contextmanager
    def _switched_off(self):
        """E-mails are not recorded when they leave and arrive."""
        settings = self._shipped("interaction_event_email_out")
        settings |= self._shipped("interaction_event_email_in")
        settings = settings.with_user(self.user_manager)
        settings.is_recorded = False
        yield
        settings.is_recorded = True

    def _check(self):
        check = self.Check.create({})
        check.action_check()
        self._run_slices(check)
        return check

    def _missing(self):
        lines = self._check().sudo().line_ids
        return lines.filtered(lambda line: line.event != "print").missing_ids

    def _get_facts(self, entries):
        return [
            {
                **{name: entry[name] for name in FACTS},
                # no two PDFs are the same
                "has_hash": entry.content_sha256 == self._get_hash(entry),
            }
            for entry in entries.sorted("partner_name")
        ]

    def _get_hash(self, entry):
        files = entry.mail_message_id.sudo().attachment_ids
        return bool(files) and hashlib.sha256(files.ensure_one().raw).hexdigest()

    def _assert_alike(self, send, name="S00001"):
        """Assert that `send` is logged alike, at once and when it is filled in.

        :param send: function that sends e-mails about an order
        :return: the entries that were filled in
        """
        self.env.flush_all()
        self.env.cr.execute("UPDATE mail_message SET date = '2020-01-01'")
        self.env.invalidate_all()
        recorded, forgotten = (
            self._new_order(name=name, partner_id=self.anna.id) for _time in range(2)
        )
        send(recorded)
        with self._switched_off():
            send(forgotten)
        self.assertFalse(self._find(forgotten))
        at_once = self._find(recorded)
        missing = self._missing()
        self.assertEqual(
            set(missing.mapped("res_id")), {forgotten.id} if at_once else set()
        )
        if at_once:
            missing.with_user(self.user_manager).action_fill_in()
        filled = self._find(forgotten)
        self.assertEqual(self._get_facts(filled), self._get_facts(at_once))
        self.assertEqual(filled.mail_message_id, self._find_messages(filled))
        self.assertTrue(all(filled.mapped("is_backfilled")))
        self.assertTrue(all(facts["has_hash"] for facts in self._get_facts(filled)))
        self.assertFalse(self._missing())
        return filled

    def _find_messages(self, entries):
        """Return the messages that the source keys of `entries` lead to."""
        messages = self.env["mail.message"]
        for key in entries.mapped("source_key"):
            model, id_ = key.split(",")[:2]
            record = self.env[model].sudo().browse(int(id_))
            messages |= record if model == "mail.message" else record.mail_message_id
        return messages.with_env(entries.env)

    # -- alike, whenever they are logged ------------------------------------

    def test_message(self):
        filled = self._assert_alike(
            lambda order: self._post(order, self.anna | self.bob, subject="Question")
        )
        self.assertEqual(filled.partner_id, self.anna | self.bob)
        self.assertEqual(set(filled.mapped("name")), {"Question"})

    def test_quotation(self):
        filled = self._assert_alike(self._send_quotation)
        self.assertEqual(filled.name, "Quotation S00001")
        self.assertTrue(filled.content_sha256)

    def test_pro_forma(self):
        filled = self._assert_alike(
            lambda order: self._send_quotation(order.with_context(proforma=True))
        )
        self.assertEqual(filled.name, "Pro-forma invoice S00001")

    def test_mere_address(self):
        filled = self._assert_alike(
            lambda order: self._post(
                order,
                self.env["res.partner"],
                outgoing_email_to="carol@example.com, stranger@example.com",
            )
        )
        self.assertEqual(filled.partner_id, self.carol)

    def test_one_contact_by_name_and_by_address(self):
        self._assert_alike(
            lambda order: self._post(
                order, self.carol, outgoing_email_to="carol@example.com"
            )
        )

    def test_no_address(self):
        filled = self._assert_alike(lambda order: self._post(order, self.nobody))
        self.assertEqual(filled.delivery_status, "error")

    def test_template(self):
        """E-mails without notification, as long as Odoo keeps them."""
        template = self._new_mail_template(
            "sale.order",
            subject="News",
            body_html="<p>News</p>",
            use_default_to=False,
            partner_to=f"{self.anna.id},{self.nobody.id}",
            email_cc="carol@example.com",
            report_template_ids=[Command.link(self.report_quotation.id)],
        )

        def send(order):
            with self.mock_mail_gateway():
                template.with_user(self.user_assistant).send_mail(order.id)

        filled = self._assert_alike(send)
        self.assertEqual(filled.partner_id, self.anna | self.nobody | self.carol)

    def test_received(self):
        def receive(order):
            with self.mock_mail_gateway():
                self.env["mail.thread"].with_user(self.user_root).message_process(
                    "sale.order",
                    "From: anna@acme.example.com\nTo: sales@my.example.com\n"
                    "Subject: Thanks\nDate: "
                    f"{fields.Datetime.now():%a, %d %b %Y %H:%M:%S +0000}\n"
                    f"Message-Id: <il-{order.id}@example.com>\n\nThank you",
                    thread_id=order.id,
                )

        filled = self._assert_alike(receive)
        self.assertEqual(filled.name, "Thanks")

    def test_what_no_rule_takes(self):
        """Rules that take e-mails with files, or without, take no others."""
        for mail_files, number in (("with", 0), ("without", 1), ("any", 1)):
            with self.subTest(mail_files=mail_files):
                self.Rule.search([("event", "=", "email_out")]).active = False
                self.Rule.create(
                    {
                        "event": "email_out",
                        "mail_files": mail_files,
                        "model_id": self.env["ir.model"]._get_id("sale.order"),
                        "template_id": self.template_call.id,
                    }
                )
                filled = self._assert_alike(lambda order: self._post(order, self.anna))
                self.assertEqual(len(filled), number)

    def test_what_is_no_interaction(self):
        self.env["mail.blacklist"].sudo()._add(self.carol.email)
        self._assert_alike(
            lambda order: self._post(
                order,
                self.user_manager.partner_id | self.company_a.partner_id,
            )
        )
        self._assert_alike(
            lambda order: self._post(order, self.anna, subtype_xmlid="mail.mt_note")
        )

    def test_query_budget(self):
        """A slice costs the same, however many e-mails with files are in it."""
        since, until = (
            fields.Datetime.to_datetime(day) for day in ("2020-06-01", "2099-01-01")
        )
        Completeness = self.env["interaction.completeness"].with_user(self.user_manager)
        counts = []
        for number in (2, 8):
            with self._switched_off():
                for _time in range(number):
                    self._post(self._new_order(), self.anna, attachments=FILE)
            list(Completeness._check("email_out", since, until))  # warm
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = list(Completeness._check("email_out", since, until))
            counts.append(self.cr.sql_log_count - before)
            self.assertGreaterEqual(len(found[0]), number)
        self.assertEqual(*counts)

    # -- what becomes of them ------------------------------------------------

    def test_delivery_goes_on(self):
        """What waited when it was filled in is followed as all others."""
        order = self._new_order()
        with self._switched_off():
            message = self._post(order, self.anna, force_send=False)
        missing = self._missing().with_user(self.user_manager)
        missing.action_fill_in()
        entry = self._find(order)
        notification = message.sudo().notification_ids
        self.assertEqual(entry.source_key, f"mail.notification,{notification.id}")
        self.assertEqual(entry.delivery_status, "pending")
        with self.mock_mail_gateway(mail_unlink_sent=True):
            notification.mail_mail_id.send()
        self.assertEqual(entry.delivery_status, "sent")

    def test_delivery_between_check_and_filling_in(self):
        order = self._new_order()
        with self._switched_off():
            message = self._post(order, self.anna, force_send=False)
        missing = self._missing().with_user(self.user_manager)
        with self.mock_mail_gateway(mail_unlink_sent=True):
            message.sudo().notification_ids.mail_mail_id.send()
        missing.action_fill_in()
        self.assertEqual(self._find(order).delivery_status, "sent")

    def test_entry_that_has_the_message_but_another_key(self):
        """Also where Odoo has cleaned up what the key was made of."""
        order = self._new_order()
        message = self._post(order, self.anna)
        then = fields.Datetime.now() - timedelta(days=300)
        message.sudo().write({"date": then, "partner_ids": self.anna.ids})
        message.sudo().notification_ids.unlink()
        check = self.Check.create({"date_from": then.date()})
        check.action_check()
        self._run_slices(check)
        line = check.line_ids.filtered(lambda line: line.event == "email_out")
        self.assertRecordValues(line, [{"trace_count": 1, "missing_count": 0}])

    def test_message_to_a_contact_that_is_the_document(self):
        """The entry names no document then."""
        self.user_sales.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        message = self._post(self.carol, self.carol)
        then = fields.Datetime.now() - timedelta(days=300)
        message.sudo().write({"date": then, "partner_ids": self.carol.ids})
        message.sudo().notification_ids.unlink()
        check = self.Check.create({"date_from": then.date()})
        check.action_check()
        self._run_slices(check)
        line = check.line_ids.filtered(lambda line: line.event == "email_out")
        self.assertRecordValues(line, [{"trace_count": 1, "missing_count": 0}])

    def test_entry_that_another_addon_logged(self):
        """At about the time of a message whose notifications are cleaned up."""
        orders = self._new_order() | self._new_order()
        then = fields.Datetime.now() - timedelta(days=300)
        for order, minutes in zip(orders, (9, 11), strict=True):
            with self._switched_off():
                message = self._post(order, self.anna)
            message.sudo().write({"date": then, "partner_ids": self.anna.ids})
            message.sudo().notification_ids.unlink()
            self.Entry.log_interactions(
                [
                    {
                        "template_id": self.template_call.id,
                        "partner_id": self.anna.id,
                        "event": "email_out",
                        "res_model": "sale.order",
                        "res_id": order.id,
                        "date": then + timedelta(minutes=minutes),
                    }
                ]
            )
        check = self.Check.create({"date_from": then.date()})
        check.action_check()
        self._run_slices(check)
        missing = check.sudo().line_ids.missing_ids
        self.assertEqual(missing.mapped("res_id"), orders[1].ids)

    def test_entry_of_another_system(self):
        """Which logged the e-mail about the document, at that time."""
        order = self._new_order()
        with self._switched_off():
            message = self._post(order, self.anna | self.bob)
        vals = {"res_model": order._name, "res_id": order.id, "event": "api"}
        vals |= {"partner_id": self.anna.id, "source_key": "archive-1"}
        date = message.sudo().date
        for channel, minutes, number in (
            ("phone", 0, 2),
            ("email", 11, 2),
            ("email", 5, 1),
        ):
            with self.subTest(channel=channel, minutes=minutes):
                self._log(
                    **vals,
                    channel=channel,
                    date=date - timedelta(minutes=minutes),
                )
                vals["source_key"] += "-1"
                self.assertEqual(len(self._missing()), number)

    def test_message_that_is_deleted_and_another_at_that_time(self):
        """Of an e-mail that the system logged the time alone tells nothing."""
        order = self._new_order()
        message = self._post(order, self.anna)
        self.assertEqual(len(self._find(order)), 1)
        message.sudo().unlink()
        with self._switched_off():
            self._post(order, self.anna)
        self.assertEqual(len(self._missing()), 1)

    def test_manager_of_more_companies_than_the_sender(self):
        company = self._new_company()
        self.user_manager.sudo().company_ids |= company
        self.user_sales.sudo().group_ids |= self.env.ref("base.group_partner_manager")
        with self._switched_off():
            self._post(self.carol, self.carol)
        companies = [company.id, self.company_a.id]
        check = self.Check.with_context(allowed_company_ids=companies).create({})
        check.action_check()
        self._run_slices(check)
        missing = check.sudo().line_ids.missing_ids
        self.assertEqual(missing.company_id, self.company_a, "that of who sent it")

    def test_message_that_is_deleted_before_it_is_filled_in(self):
        order = self._new_order()
        with self._switched_off():
            message = self._post(order, self.anna, subject="Question")
        missing = self._missing().with_user(self.user_manager)
        message.sudo().unlink()
        missing.action_fill_in()
        self.assertRecordValues(
            self._find(order),
            [{"name": "Question", "mail_message_id": False, "delivery_status": "sent"}],
        )

    # -- logged later ---------------------------------------------------------

    def _archive_template(self, is_archived=True):
        self.env.cr.execute(
            "UPDATE interaction_template SET active = %s WHERE id = %s",
            [not is_archived, self._shipped("interaction_template_email_out").id],
        )
        self.env.invalidate_all()

    def test_skipped_event(self):
        """It keeps its key, and has the status of now."""
        order = self._new_order()
        self._archive_template()
        message = self._post(order, self.anna, force_send=False, subject="Question")
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        self.assertIn("archived", skipped.reason)
        with self.mock_mail_gateway(mail_unlink_sent=True):
            message.sudo().notification_ids.mail_mail_id.send()
        self._archive_template(False)
        skipped.with_user(self.user_manager).action_log_now()
        self.assertRecordValues(
            self._find(order),
            [
                {
                    "source_key": "mail.notification,"
                    f"{message.sudo().notification_ids.id}",
                    "name": "Question",
                    "mail_message_id": message.id,
                    "contact_via": "anna@acme.example.com",
                    "note": "<p>Hello there</p>",
                    "delivery_status": "sent",
                    "date": skipped.date,
                    "create_uid": self.user_sales.id,
                }
            ],
        )
        self.assertFalse(self._missing(), "it is in the log, under the same key")

    def test_skipped_event_of_what_is_deleted(self):
        """Nobody knows any more what became of it."""
        order = self._new_order()
        self._archive_template()
        message = self._post(order, self.anna, force_send=False)
        skipped = self.Skipped.search([("res_id", "=", order.id)])
        message.sudo().notification_ids.unlink()
        self._archive_template(False)
        skipped.with_user(self.user_manager).action_log_now()
        self.assertEqual(self._find(order).delivery_status, "none")

    @mute_logger(
        "odoo.addons.interaction_log.models.recording.interaction_recorder",
        "odoo.addons.interaction_log.models.email.interaction_recorder",
    )
    def test_skipped_event_of_an_error(self):
        """Wherever it failed, the rules are asked of the same e-mail again."""
        for model, name, number in (
            ("interaction.log.entry", "log_interactions", 2),
            ("interaction.rule", "_match_mails", 2),
            ("interaction.recorder", "_describe_message", 1),
        ):
            with self.subTest(name=name):
                order = self._new_order()
                broken = patch.object(
                    self.env.registry[model], name, side_effect=ValueError("broken")
                )
                with broken:
                    message = self._post(order, self.anna | self.carol, subject="Hi")
                skipped = self.Skipped.search([("res_id", "=", order.id)])
                self.assertEqual(len(skipped), number)
                for reason in skipped.mapped("reason"):
                    self.assertIn("see the server log", reason)
                skipped.with_user(self.user_manager).action_log_now()
                self.assertEqual(set(skipped.mapped("state")), {"logged"})
                notifications = message.sudo().notification_ids
                self.assertEqual(
                    {
                        (entry.partner_id, entry.source_key, entry.delivery_status)
                        for entry in self._find(order)
                    },
                    {
                        (line.res_partner_id, f"mail.notification,{line.id}", "sent")
                        for line in notifications
                    },
                )
                self.assertEqual(self._find(order).mapped("name"), ["Hi", "Hi"])
                self.assertFalse(self._missing())
