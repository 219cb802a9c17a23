import hashlib
import io
import zipfile
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import InteractionAccountCommon, InteractionHttpCommon

LOGGER = "odoo.addons.interaction_log.models.recording.interaction_recorder"


@tagged("-at_install", "post_install")
class TestDownload(InteractionHttpCommon, InteractionAccountCommon):
    """The download buttons of invoices, as one without right on the log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._shipped("interaction_rule_download_invoice")
        cls.rule.active = True
        cls.invoice = cls._new_sent_move()

    @classmethod
    def _new_sent_move(cls, *args, **kwargs):
        """Return an invoice whose PDF Odoo stores."""
        move = cls._new_move(*args, **kwargs)
        cls.env["ir.attachment"].sudo().create(
            {
                "name": f"{move.name.replace('/', '_')}.pdf",
                "raw": b"%PDF-1.4 " + move.name.encode(),
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
        return move

    def _download(self, moves, user=None, filetype="pdf"):
        ids = ",".join(map(str, moves.ids))
        return self._open(f"/account/download_invoice_documents/{ids}/{filetype}", user)

    def test_one(self):
        response = self._download(self.invoice)
        self.assertEqual(response.content[:5], b"%PDF-")
        self.assertRecordValues(
            self._find(self.invoice),
            [
                {
                    "event": "download",
                    "initiated_by": "us",
                    "flow": "outbound",
                    "partner_id": self.anna.id,
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_assistant.id,
                    "rule_id": self.rule.id,
                    "name": f"Invoice {self.invoice.name}",
                    "content_sha256": hashlib.sha256(response.content).hexdigest(),
                    "content_attachment_id": self.invoice.invoice_pdf_report_id.id,
                    "attachment_ids": [],
                }
            ],
        )
        self.assertIn("downloaded by", self._find(self.invoice).summary)

    def test_many_are_a_zip_and_an_entry_each(self):
        invoices = self.invoice | self._new_sent_move(partner=self.partner)
        refund = self._new_sent_move("out_refund")  # its rule is switched off
        response = self._download(invoices | refund)
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            digests = {
                name: hashlib.sha256(archive.read(name)).hexdigest()
                for name in archive.namelist()
            }
        self.assertEqual(len(digests), 3)
        self.assertRecordValues(
            self._find(invoices | refund),
            [
                {
                    "res_id": invoice.id,
                    "partner_id": invoice.partner_id.id,
                    "content_sha256": digests[invoice.invoice_pdf_report_id.name],
                }
                for invoice in invoices
            ],
        )

    def test_all_files_of_an_invoice_are_one_entry(self):
        self._download(self.invoice, filetype="all")
        self.assertEqual(
            self._find(self.invoice).content_attachment_id,
            self.invoice.invoice_pdf_report_id,
        )

    def test_invoice_that_was_not_sent_yet(self):
        """What is made for the download is not stored, but has its fingerprint."""
        invoice = self._new_move()
        response = self._download(invoice)
        self.assertRecordValues(
            self._find(invoice),
            [
                {
                    "content_sha256": hashlib.sha256(response.content).hexdigest(),
                    "content_attachment_id": False,
                }
            ],
        )

    def test_export_zip(self):
        invoices = self.invoice | self._new_sent_move()
        draft = self._new_move(post=False)
        ids = ",".join(map(str, (invoices | draft).ids))
        self.assertTrue(self._open(f"/account/download_move_attachments/{ids}").ok)
        self.assertEqual(self._find(invoices | draft).mapped("res_id"), invoices.ids)

    def test_attachments_of_the_send_dialog(self):
        invoices = self.invoice | self._new_sent_move()
        attachments = invoices.invoice_pdf_report_id
        ids = ",".join(map(str, attachments.ids))
        self.assertTrue(self._open(f"/account/download_invoice_attachments/{ids}").ok)
        entries = self._find(invoices)
        self.assertEqual(entries.mapped("res_id"), invoices.ids)
        self.assertEqual(entries.content_attachment_id, attachments)
        self.assertEqual(
            entries[0].content_sha256, hashlib.sha256(attachments[0].raw).hexdigest()
        )

    def test_every_download_is_an_entry(self):
        self._download(self.invoice)
        self._download(self.invoice)
        self.assertEqual(len(self._find(self.invoice)), 2)
        self.assertFalse(any(self._find(self.invoice).mapped("content_changed")))

    def test_rule_with_repeats(self):
        self.rule.write({"repeat": "merge", "merge_minutes": 10})
        self._download(self.invoice)
        self._download(self.invoice)
        self.assertEqual(self._find(self.invoice).occurrence_count, 2)

    def test_each_in_the_company_of_its_document(self):
        company = self._new_company()
        self._create_journals(company)
        self.user_assistant.sudo().company_ids |= company
        other = self._new_sent_move(
            partner=self.partner,
            company_id=company.id,
            invoice_line_ids=[Command.create({"name": "X", "price_unit": 10})],
        )
        self._login()
        self.opener.cookies.set("cids", f"{self.company_a.id}-{company.id}")
        self._download(self.invoice | other)
        self.assertEqual(
            self._find(self.invoice | other).mapped("company_id.id"),
            [self.company_a.id, company.id],
        )

    # -- no download ----------------------------------------------------

    def test_switched_off(self):
        self.rule.active = False
        self.assertTrue(self._download(self.invoice).ok)
        self.assertFalse(self._find(self.invoice))

    @mute_logger("odoo.addons.base.models.ir_attachment")
    def test_file_that_was_lost(self):
        """Odoo answers all the same, with no bytes: nothing left. The rest did."""
        other = self._new_sent_move()
        self.invoice.invoice_pdf_report_id.sudo()._write({"store_fname": "00/lost"})
        self.env.invalidate_all()
        self.assertFalse(self._download(self.invoice).content)
        self.assertTrue(self._download(self.invoice | other).content)
        for path in ("download_invoice_attachments", "download_move_attachments"):
            id_ = self.invoice.invoice_pdf_report_id.id
            id_ = id_ if "invoice" in path else self.invoice.id
            self._open(f"/account/{path}/{id_}")
        self.assertFalse(self._find(self.invoice))
        self.assertEqual(len(self._find(other)), 1)
        self.assertFalse(self.Skipped.search([("res_id", "=", self.invoice.id)]))

    @mute_logger("odoo.http")
    def test_out_of_reach(self):
        self._download(self.invoice, user=self.user_portal)
        company = self._new_company()
        stranger = self._new_user(
            "il_stranger", "account.group_account_invoice", company=company
        )
        self._download(self.invoice, user=stranger)
        ids = self.invoice.invoice_pdf_report_id.id
        self._open(f"/account/download_invoice_attachments/{ids}", self.user_portal)
        self._open(
            f"/account/download_move_attachments/{self.invoice.id}", self.user_portal
        )
        self.assertFalse(self._find(self.invoice))

    def test_head(self):
        self._login()
        self.opener.head(
            f"{self.base_url()}/account/download_invoice_documents/"
            f"{self.invoice.id}/pdf"
        )
        self.assertFalse(self._find(self.invoice))

    @mute_logger("odoo.http")
    def test_that_fails(self):
        def fail(move, *args, **kwargs):
            raise ValueError("No disk")

        with patch.object(
            type(self.env["account.move"]), "_get_invoice_legal_documents", fail
        ):
            self.assertFalse(self._download(self.invoice).ok)
        # nothing in this format: nothing is downloaded
        self._download(self.invoice, filetype="nothing")
        self.assertFalse(self._find(self.invoice))

    def test_sending_downloads_nothing(self):
        """The PDF that is made to be attached is no download."""
        invoice = self._new_move()
        wizard = (
            self.env["account.move.send.wizard"]
            .with_user(self.user_assistant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"sending_methods": ["manual"]})
        )
        action = wizard.action_send_and_print()
        self.assertTrue(invoice.invoice_pdf_report_id)
        self.assertFalse(self._find(invoice))
        # but the download that follows is one
        self._open(action["url"])
        self.assertEqual(len(self._find(invoice)), 1)

    # -- the download goes on -------------------------------------------

    def test_error_while_logging(self):
        with self._broken_database(), self.assertLogs(LOGGER, "ERROR"):
            self.assertTrue(self._download(self.invoice).ok)
        self.assertFalse(self._find(self.invoice))
        skipped = self.Skipped.search([("res_id", "=", self.invoice.id)])
        self.assertEqual(skipped.event, "download")

    def test_error_while_the_file_is_looked_at(self):
        def fail(*args):
            raise ValueError("No file")

        with (
            patch("odoo.addons.interaction_log.controllers.account._get_file", fail),
            self.assertLogs(LOGGER, "ERROR"),
        ):
            self.assertTrue(self._download(self.invoice).ok)
        skipped = self.Skipped.search([("res_id", "=", self.invoice.id)])
        self.assertIn("see the server log", skipped.reason)

    def test_transaction_that_is_retried(self):
        with self._conflict_once() as keys:
            self.assertTrue(self._download(self.invoice).ok)
        self.assertEqual(len(keys), 2)
        self.assertEqual(keys[0], keys[1])
        self.assertEqual(len(self._find(self.invoice)), 1)
