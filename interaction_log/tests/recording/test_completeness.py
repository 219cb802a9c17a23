from contextlib import contextmanager, suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.base import interaction_operation_mixin
from ...models.recording import interaction_completeness
from ...wizards.recording import interaction_completeness_check
from ..common import InteractionAccountCommon


class KilledError(BaseException):
    """What ends a worker: nobody catches it."""


@tagged("-at_install", "post_install")
class TestCompleteness(InteractionAccountCommon):
    """What documents say of interactions, compared with the log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Check = cls.env["interaction.completeness.check"].with_user(
            cls.user_manager
        )
        cls.today = fields.Date.today()
        # one rule for e-mails, and none of those that are shipped
        cls.Rule.search([("event", "in", ("email_out", "email_in"))]).active = False
        cls.email_rule = cls.Rule.create(
            {
                "name": "Invoice by e-mail",
                "event": "email_out",
                "model_id": cls.env["ir.model"]._get_id("account.move"),
                "template_id": cls.template_invoice.id,
            }
        )
        # nothing of what the database holds already
        cls.env.cr.execute(
            """UPDATE mail_message SET date = '2020-01-01';
            UPDATE account_move SET is_move_sent = FALSE;
            UPDATE ir_attachment SET create_date = '2020-01-01'
                WHERE res_field = 'invoice_pdf_report_file'"""
        )

    def _check(self, days=30, **vals):
        check = self.Check.create(
            {"date_from": self.today - timedelta(days=days), **vals}
        )
        check.action_check()
        self._run_slices(check)
        return check

    def _line(self, check, event):
        return check.line_ids.filtered(lambda line: line.event == event)

    def _missing(self, check):
        return check.sudo().line_ids.missing_ids

    @contextmanager
    def _switched_off(self, event="email_out"):
        """The event is not recorded when it happens."""
        setting = self._shipped(f"interaction_event_{event}")
        setting = setting.with_user(self.user_manager)
        setting.is_recorded = False
        yield
        setting.is_recorded = True

    def _mail(self, document, partners, status="sent", **vals):
        """An e-mail that left for the contacts, as Odoo stores it; not recorded."""
        failure = vals.pop("failure_type", False)
        message = (
            self.env["mail.message"]
            .sudo()
            .create(
                {
                    "model": document._name,
                    "res_id": document.id,
                    "message_type": "comment",
                    "partner_ids": [Command.set(partners.ids)],
                    "author_id": self.user_sales.partner_id.id,
                    **vals,
                }
            )
        )
        with self._switched_off():
            return (
                self.env["mail.notification"]
                .sudo()
                .create(
                    [
                        {
                            "mail_message_id": message.id,
                            "res_partner_id": partner.id,
                            "notification_type": "email",
                            "notification_status": status,
                            "failure_type": failure,
                            "is_read": True,
                        }
                        for partner in partners
                    ]
                )
            )

    def _store_pdf(self, move):
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "invoice.pdf",
                    "res_model": "account.move",
                    "res_id": move.id,
                    "res_field": "invoice_pdf_report_file",
                    "raw": b"%PDF-",
                }
            )
        )
        move.sudo().is_move_sent = True
        return attachment

    def test_rule_that_may_not_be_read_any_more(self):
        rule = self._shipped("interaction_rule_print_invoice")
        rule.with_user(self.user_manager).domain = "[('ref', '!=', 'x')]"
        self._store_pdf(self._new_move())
        self.assertFalse(self._missing(self._check()).reason)
        field = self.env["account.move"]._fields["ref"]
        with patch.object(field, "groups", "base.group_system"):
            self.Rule._check_rights()
            missing = self._missing(self._check())
            self.assertEqual(missing.reason, rule.access_warning)

    # -- e-mails --------------------------------------------------------

    def test_email_to_several(self):
        invoice = self._new_move()
        bert = self.env["res.partner"].create({"name": "Bert", "lang": "en_US"})
        date = fields.Datetime.now().replace(microsecond=0) - timedelta(days=2)
        notifications = self._mail(
            invoice, self.anna | bert | self.user_other_sales.partner_id, date=date
        )
        check = self._check()
        self.assertRecordValues(
            self._line(check, "email_out"),
            [{"trace_count": 2, "logged_count": 0, "missing_count": 2, "share": 0}],
        )
        check.action_fill_in()
        entries = self._find(invoice)
        self.assertRecordValues(
            entries,
            [
                {
                    "partner_id": partner.id,
                    "source_key": f"mail.notification,{notification.id}",
                    "date": date,
                    "event": "email_out",
                    "delivery_status": "sent",
                    "is_backfilled": True,
                    "template_id": self.template_invoice.id,
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_manager.id,
                    "document_name": invoice.display_name,
                }
                for partner, notification in zip(
                    self.anna | bert, notifications, strict=False
                )
            ],
        )
        check.invalidate_recordset()
        self.assertEqual(self._line(check, "email_out").share, 100)

    def test_exactly_once(self):
        invoice = self._new_move()
        self._mail(invoice, self.anna)
        check, again = self._check(), self._check()
        self._missing(check).with_user(self.user_manager).action_fill_in()
        with self.assertRaisesRegex(UserError, "nothing to fill in"):
            self._missing(check).with_user(self.user_manager).action_fill_in()
        again.action_fill_in()
        self.assertEqual(len(self._find(invoice)), 1)
        self.assertFalse(self._missing(self._check()))

    def test_what_the_live_recording_has_logged(self):
        invoice = self._new_move()
        notification = self._mail(invoice, self.anna)
        self.Entry.log_interactions(
            [
                {
                    "template_id": self.template_invoice.id,
                    "partner_id": self.anna.id,
                    "event": "email_out",
                    "source_key": f"mail.notification,{notification.id}",
                }
            ]
        )
        check = self._check()
        self.assertRecordValues(
            self._line(check, "email_out"),
            [{"trace_count": 1, "logged_count": 1, "missing_count": 0, "share": 100}],
        )

    def test_canceled_is_not_missing(self):
        invoice = self._new_move()
        self._mail(invoice, self.anna)
        self._check().action_fill_in()
        self._find(invoice)._cancel(self.reason)
        self.assertFalse(self._missing(self._check()))

    def test_what_is_no_email_to_a_contact(self):
        invoice = self._new_move()
        self._mail(invoice, self.anna, status="canceled")
        self._mail(invoice, self.anna, is_internal=True)
        note = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        self._mail(invoice, self.anna, subtype_id=note)
        tracking = self._mail(invoice, self.anna, message_type="notification")
        self.env["mail.tracking.value"].sudo().create(
            {
                "mail_message_id": tracking.mail_message_id.id,
                "field_id": self.env["ir.model.fields"]._get("account.move", "ref").id,
            }
        )
        self._mail(invoice, self.user_other_sales.partner_id)
        self._mail(self._new_order(), self.anna)  # no rule for it
        self._mail(self._new_move("in_invoice"), self.anna, date="2001-01-01")
        self.assertFalse(self._line(self._check(), "email_out"))

    def test_what_did_not_arrive(self):
        """It is in the log as when it is recorded at once: not delivered, and why."""
        for status, failure, delivery, error in (
            ("bounce", "mail_bounce", "bounced", "The e-mail came back"),
            ("exception", "mail_smtp", "error", "outgoing mail server"),
            (
                "canceled",
                "mail_email_missing",
                "error",
                "has no e-mail address",
            ),
            ("ready", False, "error", "has no e-mail address"),
        ):
            with self.subTest(status=status):
                invoice = self._new_move()
                self._mail(invoice, self.anna, status=status, failure_type=failure)
                self._check().action_fill_in()
                entry = self._find(invoice)
                self.assertEqual(entry.delivery_status, delivery)
                self.assertIn(error, entry.delivery_error)

    def test_notification_that_is_cleaned_up(self):
        """Odoo forgets the notifications; the recipients stay."""
        invoice = self._new_move()
        date = fields.Datetime.now().replace(microsecond=0) - timedelta(days=300)
        logged, forgotten = (
            self._mail(invoice, self.anna, date=date + timedelta(days=days))
            for days in (0, 2)
        )
        day = (date + timedelta(days=1)).date()
        self._check(days=400, date_to=day).action_fill_in()
        self.assertEqual(len(self._find(invoice)), 1)
        message = forgotten.mail_message_id
        (logged | forgotten).unlink()
        check = self._check(days=400)
        self.assertRecordValues(
            self._missing(check),
            [
                {
                    "kind": "recipient",
                    "date": date + timedelta(days=2),
                    "source_key": f"backfill,email_out,{message.id},{self.anna.id}",
                }
            ],
        )
        check.action_fill_in()
        self.assertFalse(self._missing(self._check(days=400)))

    def test_email_in(self):
        self.email_rule.copy({"event": "email_in", "name": "Answer"})
        invoice = self._new_move()
        with self._switched_off("email_in"):
            messages = (
                self.env["mail.message"]
                .with_user(SUPERUSER_ID)  # as the gateway
                .create(
                    [
                        {
                            "model": "account.move",
                            "res_id": invoice.id,
                            "message_type": "email",
                            "author_id": author.id,
                        }
                        for author in (self.anna, self.user_sales.partner_id)
                    ]
                )
            )
        self._check().action_fill_in()
        self.assertRecordValues(
            self._find(invoice),
            [
                {
                    "partner_id": self.anna.id,
                    "source_key": f"mail.message,{messages[0].id}",
                    "event": "email_in",
                }
            ],
        )

    # -- prints ---------------------------------------------------------

    def test_stored_pdf(self):
        invoice, mailed, printed = (self._new_move() for _number in range(3))
        attachment = self._store_pdf(invoice)
        self._store_pdf(mailed)
        self._mail(mailed, self.anna)
        self._store_pdf(printed)
        self.Recorder._record_event("print", printed, report=self.report_invoice)
        check = self._check()
        self.assertRecordValues(
            self._line(check, "print"), [{"trace_count": 2, "logged_count": 1}]
        )
        check.action_fill_in()
        self.assertRecordValues(
            self._find(invoice),
            [
                {
                    "event": "print",
                    "source_key": f"backfill,print,{attachment.id}",
                    "is_backfilled": True,
                    "partner_id": self.anna.id,
                }
            ],
        )
        self.assertFalse(self._missing(self._check()))

    def test_stored_pdf_of_an_e_mail_of_long_ago(self):
        """What was e-mailed was not printed, also where the notification is gone."""
        mailed, told = self._new_move(), self._new_move()
        old = fields.Datetime.now() - timedelta(days=200)
        pdfs = self._store_pdf(mailed) | self._store_pdf(told)
        self._mail(mailed, self.anna, date=old).unlink()
        self._mail(told, self.user_other_sales.partner_id, date=old).unlink()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE ir_attachment SET create_date = %s WHERE id IN %s", (old, pdfs._ids)
        )
        missing = self._missing(self._check(days=210))
        self.assertEqual(
            {(line.event, line.res_id) for line in missing},
            {("email_out", mailed.id), ("print", told.id)},
        )

    def test_marked_as_sent(self):
        invoice = self._new_move(invoice_date=self.today)
        invoice.is_move_sent = True
        order = self._new_order()
        self._run_tracking()
        tracked = order.with_user(self.user_sales).with_context(
            tracking_disable=False, mail_notrack=False
        )
        tracked.action_quotation_sent()
        self._run_tracking()
        tracking = (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                [
                    ("mail_message_id.model", "=", "sale.order"),
                    ("mail_message_id.res_id", "=", order.id),
                ]
            )
        )
        self.assertTrue(tracking)
        date = fields.Datetime.now() - timedelta(days=4)
        tracking.mail_message_id.date = date
        check = self._check()
        self.assertRecordValues(
            self._missing(check).sorted("res_model"),
            [
                {"res_model": "account.move", "kind": "mark", "res_id": invoice.id},
                {"res_model": "sale.order", "kind": "mark", "res_id": order.id},
            ],
        )
        check.action_fill_in()
        entry = self._find(order)
        self.assertEqual(entry.date, date.replace(microsecond=0))
        self.assertEqual(entry.source_key, f"backfill,print,sale.order,{order.id}")
        self.assertEqual(
            entry.template_id, self._shipped("interaction_template_quotation")
        )
        self.assertFalse(self._missing(self._check()))

    def test_marked_as_sent_and_logged_by_hand(self):
        """A letter that somebody logged about the document is what it is marked for."""
        template = self._shipped("interaction_template_letter")
        for channel, flow, number in (
            ("letter", "outbound", 0),
            ("email", "outbound", 0),
            ("email", "inbound", 1),
            ("phone", "outbound", 1),
        ):
            with self.subTest(channel=channel, flow=flow):
                order = self._new_order()
                order.action_quotation_sent()
                self._run_tracking()
                self.assertEqual(self._missing(self._check()).res_id, order.id)
                self._log(
                    template_id=template.id,
                    channel=channel,
                    flow=flow,
                    res_model=order._name,
                    res_id=order.id,
                )
                missing = self._missing(self._check())
                self.assertEqual(len(missing), number)
                order.sudo()._action_cancel()

    def test_purged(self):
        """What was deleted for good stays so, and can be printed in earnest."""
        invoice = self._new_move()
        self._store_pdf(invoice)
        check = self._check()
        check.action_fill_in()
        entry = self._find(invoice)
        entry._cancel(self.reason)
        entry.with_user(self.user_admin).unlink()
        again = self._check()
        self.assertFalse(self._line(again, "print"))
        self.Recorder._record_event("print", invoice, report=self.report_invoice)
        self.assertEqual(len(self._find(invoice)), 1)

    def test_purged_between_check_and_filling_in(self):
        invoice, other = self._new_move(), self._new_move()
        self._store_pdf(invoice)
        first = self._check()
        self._store_pdf(other)
        check = self._check()
        first.action_fill_in()
        entry = self._find(invoice)
        entry._cancel(self.reason)
        entry.with_user(self.user_admin).unlink()
        check.action_fill_in()
        self.assertFalse(self._find(invoice))
        self.assertTrue(self._find(other))
        self.assertRecordValues(
            self._line(check, "print"), [{"trace_count": 1, "missing_count": 0}]
        )

    def test_once_purged(self):
        """What its rule logs once per document can be printed after that."""
        rule = self._shipped("interaction_rule_print_quotation")
        rule.repeat = "once"
        order = self._new_order()
        for number in (1, 2):
            entry = self.Recorder._record_event(
                "print", order, report=self.report_quotation, source=f"print,{number}"
            )
            self.assertEqual(entry, self._find(order))
            self.assertEqual(entry.occurrence_count, 1)
            entry._cancel(self.reason)
            entry.with_user(self.user_admin).unlink()

    def test_logged_between_check_and_filling_in(self):
        """By whatever event: it is in the log then, and not filled in."""
        order = self._new_order()
        order.action_quotation_sent()
        self._run_tracking()
        check = self._check()
        line = self._line(check, "print")
        self.assertEqual(line.missing_count, 1)
        self._log(channel="letter", res_model=order._name, res_id=order.id)
        check.action_fill_in()
        self.assertEqual(self._find(order).event, "manual")
        self.assertEqual(line.missing_count, 0)

    def _run_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

    # -- meetings -------------------------------------------------------

    def test_meeting(self):
        self._shipped("interaction_rule_meeting").active = True
        start = fields.Datetime.now().replace(microsecond=0) - timedelta(days=20)
        meeting = self.env["calendar.event"].create(
            {
                "name": "Kick-off",
                "start": start,
                "stop": start + timedelta(hours=1),
                "partner_ids": [Command.set((self.anna | self.partner).ids)],
            }
        )
        self._check().action_fill_in()
        entries = self._find(meeting)
        self.assertEqual(entries.partner_id, self.anna | self.partner)
        self.assertRecordValues(
            entries[0], [{"name": "Kick-off", "date": start, "duration": 1}]
        )
        self.assertEqual(len(entries.batch_id), 1)
        self.assertEqual(meeting.sudo().interaction_state, "logged")
        self.assertFalse(self._missing(self._check()))

    # -- rules, settings, reasons ---------------------------------------

    def test_what_can_not_be_filled_in_yet(self):
        invoice = self._new_move()
        self._mail(invoice, self.anna)
        self.template_invoice.active = False
        check = self._check()
        self.assertEqual(
            self._missing(check).reason, "The template Invoice is archived."
        )
        with self.assertRaisesRegex(UserError, "nothing to fill in"):
            check.action_fill_in()
        self.template_invoice.active = True
        self._check().action_fill_in()
        self.assertEqual(len(self._find(invoice)), 1)

    def test_what_no_rule_records_is_not_missing(self):
        self._mail(self._new_move("out_refund"), self.anna)
        self.email_rule.domain = "[('move_type', '=', 'out_invoice')]"
        self._mail(self._new_move(), self.anna)
        self.assertEqual(self._line(self._check(), "email_out").trace_count, 1)
        setting = self._shipped("interaction_event_email_out")
        setting.with_user(self.user_manager).is_recorded = False
        self.assertFalse(self._line(self._check(), "email_out"))

    def test_subject_of_the_rule(self):
        self.email_rule.subject = "By e-mail: {{ object.name }}"
        invoice = self._new_move()
        self._mail(invoice, self.anna)
        self._check().action_fill_in()
        self.assertEqual(self._find(invoice).name, f"By e-mail: {invoice.name}")

    def test_deleted_document(self):
        order = self._new_order()
        self.Rule.create(
            {
                "event": "email_out",
                "model_id": self.env["ir.model"]._get_id("sale.order"),
                "template_id": self.template_call.id,
            }
        )
        self._mail(order, self.anna)
        check = self._check()
        self.env.cr.execute("DELETE FROM sale_order WHERE id = %s", [order.id])
        self.env.invalidate_all()
        check.action_fill_in()
        self.assertFalse(self._missing(check).entry_id)

    # -- many -----------------------------------------------------------

    def test_slices(self):
        invoices = [self._new_move() for _number in range(3)]
        for invoice in invoices:
            self._mail(invoice, self.anna | self.acme)
        with patch.object(interaction_completeness, "SLICE", 2):
            check = self._check()
        self.assertEqual(self._line(check, "email_out").trace_count, 6)
        check.action_fill_in()
        self.assertEqual(len(self.Entry.search([("is_backfilled", "=", True)])), 6)

    def test_query_budget(self):
        """A slice costs the same, whatever is in it."""
        partners = self.env["res.partner"].create(
            [{"name": f"P{number}"} for number in range(40)]
        )
        counts = []
        since, until = (
            fields.Datetime.to_datetime(day) for day in ("2020-06-01", "2099-01-01")
        )
        Completeness = self.env["interaction.completeness"].with_user(self.user_manager)
        for number in (2, 40):
            for partner in partners[:number]:
                self._mail(self._new_move(partner=partner), partner)
            self.env.flush_all()
            list(Completeness._check("email_out", since, until))  # warm
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = list(Completeness._check("email_out", since, until))
            counts.append(self.cr.sql_log_count - before)
            self.assertGreaterEqual(len(found[0]), number)
        self.assertEqual(counts[0], counts[1])

    # -- who ------------------------------------------------------------

    def test_period_that_ends_before_it_begins(self):
        check = self.Check.create({"date_from": "2026-02-01", "date_to": "2026-01-01"})
        with self.assertRaisesRegex(UserError, "The end date is before"):
            check.action_check()

    def test_period_in_the_time_zone_of_the_user(self):
        self.user_manager.sudo().tz = "Asia/Tokyo"
        check = self.Check.create({"date_from": "2026-01-02", "date_to": "2026-01-02"})
        self.assertEqual(
            check._get_parts(["print"]),
            [["print", "2026-01-01 15:00:00", "2026-01-02 15:00:00"]],
        )

    def test_who_may(self):
        self._mail(self._new_move(), self.anna)
        check = self._check()
        missing = self._missing(check).with_user(self.user_manager)
        with self.assertRaises(AccessError):
            self.Check.with_user(self.user_sales).create({})
        with self.assertRaises(AccessError):
            missing.with_user(self.user_sales).action_fill_in()
        # nobody can forge what is filled in
        with self.assertRaises(AccessError):
            missing.date = "2020-01-01"
        with self.assertRaises(AccessError):
            missing.read(["match_vals"])
        with self.assertRaises(AccessError):
            missing.create({"line_id": check.line_ids[0].id, "event": "print"})
        with self.assertRaisesRegex(UserError, "recorded automatically"):
            self._log(is_backfilled=True)

    def test_other_company(self):
        company = self._new_company()
        manager_b = self._new_user(
            "il_manager_b", "interaction_log.group_manager", company=company
        )
        self._mail(self._new_move(), self.anna)
        check = self.Check.with_user(manager_b).create({})
        check.action_check()
        self.assertFalse(check.line_ids)

    # -- in the background ------------------------------------------------

    def _mail_on_days(self, *days):
        """Return invoices that were sent so many days ago."""
        invoices = self.env["account.move"]
        now = fields.Datetime.now().replace(microsecond=0)
        for number in days:
            invoice = self._new_move()
            self._mail(invoice, self.anna, date=now - timedelta(days=number))
            invoices += invoice
        return invoices

    def _check_in_the_background(self, days):
        check = self.Check.create({"date_from": self.today - timedelta(days=days)})
        check.action_check()
        self.assertEqual(check.operation, "check")
        self.assertFalse(check.is_checked)
        return check

    def _run_operations(self):
        self._run_job("ir_cron_run_batch_operations")

    def test_long_period_in_the_background(self):
        invoices = self._mail_on_days(1, 40, 100)
        check = self._check_in_the_background(110)
        for act in (check.action_check, check.action_fill_in):
            with self.assertRaisesRegex(UserError, "Wait until it is finished"):
                act()
        check.sudo()._run_slice()
        self.assertGreater(check.operation_progress, 0)
        self._run_operations()
        self.assertRecordValues(check, [{"operation": False, "is_checked": True}])
        self.assertRecordValues(
            self._line(check, "email_out"), [{"trace_count": 3, "missing_count": 3}]
        )
        self.assertEqual(set(self._missing(check).mapped("res_id")), set(invoices.ids))
        # the same as at once
        with patch.object(interaction_completeness_check, "DAYS", 1000):
            at_once = self._check(110)
        self.assertEqual(at_once.missing_count, check.missing_count)

    def test_worker_is_killed(self):
        """What it compared is neither lost nor counted twice."""
        self._mail_on_days(1, 40, 100)
        check = self._check_in_the_background(110)
        compare, parts = type(check)._run_check, []

        def kill_third(page):
            parts.append(page)
            done = compare(page)
            if len(parts) == 3:
                raise KilledError
            return done

        with (
            patch.object(type(check), "_run_check", kill_third),
            suppress(KilledError),  # assertRaises would roll back what is committed
        ):
            self._run_operations()
        self.env.invalidate_all()
        self.assertEqual(check.operation, "check")
        self._run_operations()
        self.assertEqual(self._line(check, "email_out").trace_count, 3)

    def test_failure_is_told(self):
        check = self._check_in_the_background(110)
        with (
            patch.object(type(check), "_run_check", side_effect=ValueError("broken")),
            mute_logger(interaction_operation_mixin.__name__),
        ):
            self._run_operations()
        self.assertFalse(check.operation or check.is_checked)
        self.assertIn("see the server log", check.operation_problem)
        check.date_from = self.today
        check.action_check()
        self.assertTrue(check.is_checked)
        self.assertFalse(check.operation_problem)

    def test_many_are_filled_in_in_the_background(self):
        invoices = self._mail_on_days(1, 2, 3, 4)
        check = self._check()
        self._missing(check).filtered(
            lambda line: line.res_id == invoices[1].id
        ).res_id = 0  # it can't be filled in
        with (
            patch.object(interaction_completeness_check, "FILL_IN_LIMIT", 3),
            patch.object(interaction_completeness_check, "SLICE", 2),
        ):
            action = check.action_fill_in()
            self.assertIn("4", action["params"]["message"])
            self.assertEqual(check.operation, "fill_in")
            self._run_operations()
        self.assertFalse(check.operation)
        for invoice in invoices - invoices[1]:
            self.assertEqual(len(self._find(invoice)), 1)
        self.assertEqual(self._find(invoices[0]).create_uid, self.user_manager)
        self.assertEqual(check.missing_count, 1)
