from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..email.common import InteractionEmailCommon
from .common import SegmentLogCommon


@tagged("-at_install", "post_install", "mail")
class TestSegmentDeliver(SegmentLogCommon, InteractionEmailCommon):
    """E-mails of a segment, through Odoo's mail queue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what others wait to send stays where it is
        cls.env["mail.mail"].sudo().search(
            [("state", "=", "outgoing")]
        ).state = "cancel"
        # rules that would record the same e-mails
        cls.Rule.with_context(active_test=False).search([]).active = True
        cls.text = cls.env.ref("interaction_log.mail_template_interaction").sudo()
        cls.template_mailing = cls.template_letter.copy(
            {
                "name": "Mailing",
                "description": "News",
                "channel": "email",
                "mail_template_id": cls.text.id,
            }
        )

    def _get_mails(self, entries):
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("mail_message_id", "in", entries.mail_message_id.ids)])
        )

    def test_each_contact_gets_an_email(self):
        contacts = self.anna | self.carol | self.nobody
        segment = self._new_segment(contacts, template_id=self.template_mailing.id)

        with self.mock_mail_gateway():
            action = segment._start_log(deliver=True)
            # what is sent can't be taken back
            self.assertFalse(action["params"]["undo_method"])
            entries = self._get_entries(segment)
            self.assertEqual(entries.partner_id, self.anna | self.carol)
            self.assertEqual(set(entries.mapped("delivery_status")), {"pending"})
            self.assertFalse(self._mails)
            self.env["mail.mail"].sudo().process_email_queue()

        self.assertEqual(segment.line_ids[2].left_out, "no_address")
        self.assertEqual(set(entries.mapped("delivery_status")), {"sent"})
        self.assertEqual(len(self._mails), 2)
        mail = next(mail for mail in self._mails if "anna@" in mail["email_to"][0])
        self.assertEqual(mail["subject"], "News")
        self.assertIn("Hello Anna", mail["body"])
        self.assertEqual(mail["email_from"], self.user_sales.email_formatted)
        # once: no rule recorded the same e-mail
        logged = self.Entry.search([("partner_id", "in", contacts.ids)])
        self.assertEqual(logged, entries.sorted(lambda entry: entry.id, reverse=True))
        self.assertEqual(entries[0].contact_via, "anna@acme.example.com")

    def test_failure(self):
        segment = self._new_segment(self.anna, template_id=self.template_mailing.id)
        with self._broken_connection():
            segment._start_log(deliver=True)
            self.env["mail.mail"].sudo().process_email_queue()
        entry = self._get_entries(segment)
        self.assertEqual(entry.delivery_status, "error")
        self.assertTrue(entry.delivery_error)

    def _get_missing(self):
        check = self.env["interaction.completeness.check"]
        check = check.with_user(self.user_manager).create({})
        check.action_check()
        self._run_slices(check)
        return check.sudo().line_ids.missing_ids

    def test_completeness(self):
        """What a segment delivered is in the log, whether or not it arrived."""
        self.env.cr.execute("UPDATE mail_message SET date = '2020-01-01'")
        arrived, failed = (
            self._new_segment(contact, template_id=self.template_mailing.id)
            for contact in (self.anna, self.carol)
        )
        with self.mock_mail_gateway():
            arrived._start_log(deliver=True)
            self.env["mail.mail"].sudo().process_email_queue()
        with self._broken_connection():
            failed._start_log(deliver=True)
            self.env["mail.mail"].sudo().process_email_queue()
        entries = self._get_entries(arrived) | self._get_entries(failed)
        self.assertEqual(entries.mapped("delivery_status"), ["sent", "error"])
        self.assertFalse(self._get_missing())
        # sent again, also
        with self.mock_mail_gateway():
            entries[0].with_user(self.user_sales).action_resend()
            self.env["mail.mail"].sudo().process_email_queue()
        self.assertFalse(self._get_missing())
        # an e-mail that no entry tells of is missing
        entries.resend_ids._write_facts({"mail_message_id": False})
        missing = self._get_missing()
        self.assertEqual(missing.partner_id, self.anna)
        missing.with_user(self.user_manager).action_fill_in()
        self.assertFalse(self._get_missing())
        # nor is what is deleted with the whole batch
        batch = entries[1].batch_id
        entries[1].with_user(self.user_manager)._cancel(self.reason)
        batch.with_user(self.user_admin).action_delete()
        self.assertFalse(entries[1].exists())
        self.assertFalse(self._get_missing())

    def test_without_delivery(self):
        segment = self._new_segment(self.anna, template_id=self.template_mailing.id)
        with self.mock_mail_gateway():
            segment.action_log()
        entry = self._get_entries(segment)
        self.assertIn("Hello Anna", entry.note)
        self.assertEqual(entry.delivery_status, "none")
        self.assertFalse(self._new_mails)

    def test_nothing_to_deliver(self):
        segment = self._new_segment(self.anna, channel="email")
        with self.assertRaisesRegex(UserError, "no e-mail text and no file"):
            segment._start_log(deliver=True)
        self.assertFalse(self._get_entries(segment))

    def test_files_go_along(self):
        flyer = (
            self.env["ir.attachment"]
            .with_user(self.user_sales)
            .create({"name": "flyer.txt", "raw": b"flyer"})
        )
        segment = self._new_segment(
            self.anna | self.carol,
            template_id=self.template_mailing.id,
            attachment_ids=[Command.set(flyer.ids)],
        )
        with self.mock_mail_gateway():
            segment._start_log(deliver=True)
        entries = self._get_entries(segment)
        mails = self._get_mails(entries)
        self.assertEqual(mails.attachment_ids.mapped("name"), ["flyer.txt"])

    def test_files_whose_names_no_email_takes(self):
        """Whoever gave the name: an e-mail with it could not leave."""
        Attachment = self.env["ir.attachment"].with_user(self.user_sales)
        flyer, other = Attachment.create(
            [
                {"name": "fly\r\ner.txt", "raw": b"flyer"},
                {"name": f"{'é' * 200}.txt", "raw": b"long"},
            ]
        )
        segment = self._new_segment(
            self.anna,
            template_id=self.template_mailing.id,
            attachment_ids=[Command.set(flyer.ids)],
        )
        segment.line_ids.attachment_ids = other
        with self.mock_mail_gateway():
            segment._start_log(deliver=True)
            self.env["mail.mail"].sudo().process_email_queue()
        entry = self._get_entries(segment)
        self.assertEqual(entry.delivery_status, "sent")
        names = {"fly__er.txt", f"{'é' * 125}.txt"}
        self.assertEqual(set(entry.attachment_ids.mapped("name")), names)
        sent = {name for name, _content, _type in self._mails[0]["attachments"]}
        self.assertEqual(sent, names)

    def test_migration_cleans_names(self):
        names = ["a\r\nb.txt", f"{'é' * 200}.txt", "a\u202eb.txt", "Ä b: c.txt"]
        names += [f"{'a' * 300}.txt", "a\nb"]
        files = self.env["ir.attachment"].create(
            [
                {"name": str(number), "raw": b"a", "res_model": "interaction.batch"}
                for number in range(5)
            ]
        )
        files |= files.create({"name": "5", "raw": b"a"})
        self.env.flush_all()
        for file, name in zip(files, names, strict=True):
            self.env.cr.execute(
                "UPDATE ir_attachment SET name = %s WHERE id = %s", [name, file.id]
            )
        for _time in range(2):
            self._migrate("19.0.1.7.0", "post", "file-names")
        files.invalidate_recordset()
        self.assertEqual(
            files.mapped("name"),
            [
                "a__b.txt",
                f"{'é' * 125}.txt",
                "a_b.txt",
                "Ä b: c.txt",
                f"{'a' * 251}.txt",
                "a\nb",
            ],
        )

    def test_one_whose_text_fails_is_left_out(self):
        self.text.body_html = """<p t-out="1 / (object.partner_name != 'Carol')"/>"""
        segment = self._new_segment(
            self.anna | self.carol, template_id=self.template_mailing.id
        )
        with self.mock_mail_gateway():
            segment._start_log(deliver=True)
        self.assertEqual(self._get_entries(segment).partner_id, self.anna)
        line = segment.line_ids[1]
        self.assertEqual(line.left_out, "content")
        self.assertIn("can't be generated for Carol", line.left_out_detail)
        self.assertEqual(segment.left_out_count, 1)

    def test_send_again(self):
        segment = self._new_segment(self.anna, template_id=self.template_mailing.id)
        with self._broken_connection():
            segment._start_log(deliver=True)
            self.env["mail.mail"].sudo().process_email_queue()
        entry = self._get_entries(segment).with_user(self.user_sales)
        with self.mock_mail_gateway():
            entry.action_resend()
            self.env["mail.mail"].sudo().process_email_queue()
        again = self.Entry.search([("resend_of_id", "=", entry.id)])
        self.assertEqual(again.partner_id, self.anna)
        self.assertEqual(len(self._mails), 1)

    def test_what_did_not_arrive_is_told_once(self):
        """However many did not; until all of them were sent again and left."""
        contacts = self.anna | self.bob | self.carol
        segment = self._new_segment(contacts, template_id=self.template_mailing.id)
        with self._broken_connection():
            action = segment._start_log(deliver=True)
            entries = self._get_entries(segment)
            follow_up = (
                entries[0]
                .with_user(self.user_sales)
                ._schedule_follow_up(
                    {
                        "activity_type_id": self.env.ref(
                            "mail.mail_activity_data_call"
                        ).id,
                        "summary": "Ask",
                    }
                )
            )
            self.env["mail.mail"].sudo().process_email_queue()
        self.assertFalse(action["params"]["undo_method"], "it can't be taken back")
        self.assertEqual(set(entries.mapped("delivery_status")), {"error"})
        told = self.env["mail.activity"].sudo()
        told = told.search([("interaction_entry_id", "in", entries.ids)]) - follow_up
        self.assertRecordValues(
            told,
            [
                {
                    "res_model": segment._name,
                    "res_id": segment.id,
                    "user_id": self.user_sales.id,
                    "summary": f"3 of 3 not delivered: {entries.batch_id.display_name}",
                    "automated": True,
                }
            ],
        )
        self.assertIn(f'data-oe-id="{entries.batch_id.id}"', told.note)
        entries = entries.with_user(self.user_sales)
        for some, is_open in ((entries[:2], True), (entries[2:], False)):
            with self.mock_mail_gateway():
                some.action_resend()
                self.env["mail.mail"].sudo().process_email_queue()
            self.assertEqual(told.active, is_open)
        self.assertRecordValues(follow_up, [{"active": True, "summary": "Ask"}])

    def test_what_was_canceled_need_not_arrive(self):
        segment = self._new_segment(
            self.anna | self.bob, template_id=self.template_mailing.id
        )
        with self._broken_connection():
            segment._start_log(deliver=True)
            self.env["mail.mail"].sudo().process_email_queue()
        first, second = self._get_entries(segment).with_user(self.user_sales)
        told = self.env["mail.activity"].sudo()
        told = told.search([("interaction_entry_id", "in", (first | second).ids)])
        second._cancel(self.reason)
        with self.mock_mail_gateway():
            first.action_resend()
            self.env["mail.mail"].sudo().process_email_queue()
        self.assertFalse(told.active)

    def test_who_may_not_work_on_the_segment_is_not_told_there(self):
        segment = self._new_segment(self.anna, template_id=self.template_mailing.id)
        segment.action_log()
        batch = segment.sudo().batch_ids
        for user, record in (
            (self.user_sales, segment),
            (self.user_assistant, None),
        ):
            self.assertEqual(batch._get_undelivered_record(user), record)
