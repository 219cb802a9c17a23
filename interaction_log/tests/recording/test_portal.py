import hashlib
from unittest.mock import patch

from odoo.exceptions import ConcurrencyError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..common import InteractionAccountCommon, InteractionHttpCommon

LOGGER = "odoo.addons.interaction_log.models.recording.interaction_recorder"
BOT = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}


@tagged("-at_install", "post_install")
class TestPortal(InteractionHttpCommon, InteractionAccountCommon):
    """A customer looks at documents and downloads them: logged in, or by a link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.user_portal.partner_id
        cls.customer.parent_id = cls.acme
        cls.order = cls._new_order(partner=cls.customer, state="sent")
        cls.invoice = cls._new_move(partner=cls.customer)
        cls.order._portal_ensure_token()  # a person's link is signed with it
        for name in ("quotation", "order", "invoice", "credit_note"):
            for event in ("portal_view", "download"):
                cls._shipped(f"interaction_rule_{event}_{name}").active = True

    def _visit(self, document, user=None, token=True, headers=None, **params):
        """Open the page of the document: as `user`, or as the public with a link."""
        if user:
            self._login(user)
        else:
            self.authenticate(None, None)
        if token and not user:
            params["access_token"] = document.sudo()._portal_ensure_token()
        path = document.sudo().access_url
        query = "&".join(f"{name}={value}" for name, value in params.items())
        return self.url_open(f"{path}?{query}", headers=headers)

    # -- what the customer looks at -------------------------------------

    def test_view_by_a_portal_user(self):
        self.assertIn(
            self.order.name, self._visit(self.order, user=self.user_portal).text
        )
        self.assertRecordValues(
            self._find(self.order),
            [
                {
                    "event": "portal_view",
                    "initiated_by": "them",
                    "flow": "outbound",
                    "channel": "web",
                    "partner_id": self.customer.id,
                    "commercial_partner_id": self.acme.id,
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_portal.id,
                    "company_id": self.company_a.id,
                    "document_name": self.order.name,
                    "document_state": "Quotation Sent",
                    "cost": 0,
                    "content_sha256": False,
                }
            ],
        )
        self.assertEqual(
            self._find(self.order).summary,
            f"Quotation {self.order.name} viewed in the portal by {self.customer.name}",
        )

    def test_view_by_a_link(self):
        """The public is nobody: the contact is the document's."""
        self.assertTrue(self._visit(self.invoice).ok)
        self.assertRecordValues(
            self._find(self.invoice),
            [
                {
                    "event": "portal_view",
                    "partner_id": self.customer.id,
                    "user_id": self.user_sales.id,
                    "create_uid": self.env.ref("base.public_user").id,
                }
            ],
        )

    def test_view_by_a_link_made_for_a_person(self):
        self.assertTrue(
            self._visit(
                self.order, pid=self.anna.id, hash=self.order._sign_token(self.anna.id)
            ).ok
        )
        self.assertEqual(self._find(self.order).partner_id, self.anna)

    def test_view_by_a_forged_link(self):
        self._visit(self.order, pid=self.anna.id, hash="0" * 64)
        self._visit(self.order, pid="x", hash="0" * 64)
        entries = self._find(self.order)
        self.assertEqual(entries.partner_id, self.customer)

    def test_view_by_another_portal_user(self):
        """Who looks at it is the contact, whosever document it is."""
        self.assertTrue(
            self._visit(
                self.invoice,
                user=self.user_portal,
                access_token=self.invoice._portal_ensure_token(),
            ).ok
        )
        other = self._new_move(partner=self.partner)
        self._visit(
            other, user=self.user_portal, access_token=other._portal_ensure_token()
        )
        self.assertEqual(self._find(other).partner_id, self.customer)

    def test_views_within_the_hour_are_one(self):
        self._visit(self.order, user=self.user_portal)
        self._visit(self.order, user=self.user_portal)
        self.assertEqual(self._find(self.order).occurrence_count, 2)

    def test_in_the_language_of_the_company(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.user_portal.sudo().lang = "fr_FR"
        self._visit(self.order, user=self.user_portal)
        entry = self._find(self.order)
        self.assertEqual(entry.document_state, "Quotation Sent")
        self.assertEqual(entry.lang, "fr_FR")

    # -- what the customer downloads ------------------------------------

    def test_download_of_an_order(self):
        response = self._visit(
            self.order, user=self.user_portal, report_type="pdf", download="true"
        )
        self.assertRecordValues(
            self._find(self.order),
            [
                {
                    "event": "download",
                    "initiated_by": "them",
                    "channel": "web",
                    "partner_id": self.customer.id,
                    "report_id": self.report_quotation.id,
                    "content_sha256": hashlib.sha256(response.content).hexdigest(),
                }
            ],
        )
        self.assertIn("downloaded by", self._find(self.order).summary)

    def test_download_by_a_link(self):
        self._visit(self.order, report_type="pdf", download="true")
        self.assertEqual(self._find(self.order).event, "download")

    def test_pdf_in_the_browser_has_left_as_well(self):
        self._visit(self.order, report_type="pdf")
        self.assertEqual(self._find(self.order).event, "download")

    def test_download_of_an_invoice(self):
        """The official PDF is given away without a report."""
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "invoice.pdf",
                    "raw": b"%PDF-1.4 official",
                    "res_model": "account.move",
                    "res_id": self.invoice.id,
                    "res_field": "invoice_pdf_report_file",
                }
            )
        )
        self.invoice.invalidate_recordset()
        for user in (None, self.user_portal):
            response = self._visit(
                self.invoice, user=user, report_type="pdf", download="true"
            )
            self.assertEqual(response.content, b"%PDF-1.4 official")
        self.assertRecordValues(
            self._find(self.invoice),
            [
                {
                    "event": "download",
                    "initiated_by": "them",
                    "partner_id": self.customer.id,
                    "content_sha256": hashlib.sha256(response.content).hexdigest(),
                    "content_attachment_id": attachment.id,
                }
            ]
            * 2,
        )

    @mute_logger("odoo.addons.base.models.ir_attachment")
    def test_download_of_a_file_that_was_lost(self):
        """Odoo answers all the same, with no bytes: nothing left."""
        attachments = self.env["ir.attachment"].sudo()
        attachment = attachments.create(
            {
                "name": "invoice.pdf",
                "raw": b"%PDF-1.4 official",
                "res_model": "account.move",
                "res_id": self.invoice.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        attachment._write({"store_fname": "00/lost"})
        self.env.invalidate_all()
        response = self._visit(self.invoice, report_type="pdf", download="true")
        self.assertEqual((response.status_code, response.content), (200, b""))
        self.assertFalse(self._find(self.invoice))

    def test_download_of_an_invoice_that_was_not_sent(self):
        self._visit(self.invoice, report_type="pdf", download="true")
        self._visit(self.invoice, report_type="pdf")
        self.assertEqual(self._find(self.invoice).mapped("event"), ["download"] * 2)

    def test_tour(self):
        """A customer opens a quotation and downloads it: two facts of their own."""
        with self._real_pdfs():
            self.start_tour(
                f"/my/orders/{self.order.id}",
                "interaction_log_portal",
                login=self.user_portal.login,
            )
        entries = self._find(self.order)
        self.assertEqual(entries.mapped("event"), ["portal_view", "download"])
        self.assertEqual(entries.partner_id, self.customer)
        self.assertTrue(entries[1].content_fingerprint)

    # -- never ----------------------------------------------------------

    @mute_logger("odoo.http")
    def test_internal_contact(self):
        for params in ({}, {"report_type": "pdf", "download": "true"}):
            for document in (self.order, self.invoice):
                self._visit(document, user=self.user_sales, **params)
                self._visit(
                    document,
                    user=self.user_assistant,
                    access_token=document._portal_ensure_token(),
                    **params,
                )
        self.assertFalse(self._find(self.order) | self._find(self.invoice))

    def test_internal_contact_who_is_not_logged_in(self):
        employee = self.env["res.partner"].create({"name": "Eve", "employee": True})
        for partner in self.user_sales.partner_id | employee:
            signature = self.order._sign_token(partner.id)
            self._visit(self.order, pid=partner.id, hash=signature)
        self.assertFalse(self._find(self.order))

    def test_robots(self):
        self._visit(self.order, headers=BOT)
        self._visit(self.order, headers=BOT, report_type="pdf")
        self._visit(self.order, headers={"Odoo-Link-Preview": "True"})
        token = self.order._portal_ensure_token()
        self.opener.head(
            f"{self.base_url()}{self.order.access_url}?access_token={token}"
        )
        self.assertFalse(self._find(self.order))

    def test_fetched_before_anybody_looks(self):
        for name, value in (
            ("Sec-Purpose", "prefetch"),
            ("Sec-Purpose", "prefetch;prerender"),
            ("Sec-Purpose", "prefetch;anonymous-client-ip"),
            ("Purpose", "prefetch"),
            ("X-Purpose", "preview"),
            ("X-Moz", "prefetch"),
        ):
            with self.subTest(header=name, value=value):
                headers = {name: value}
                self.assertTrue(self._visit(self.order, headers=headers).ok)
                self._visit(self.order, headers=headers, report_type="pdf")
                self.assertFalse(self._find(self.order))

    @mute_logger("odoo.http")
    def test_without_access(self):
        self._visit(self.order, token=False)
        self._visit(self.order, token=False, access_token="wrong")
        other = self._new_move(partner=self.partner)
        self._visit(other, user=self.user_portal, report_type="pdf", download="true")
        self.assertFalse(self._find(self.order) | self._find(other))

    def test_switched_off(self):
        self.Rule.search([("event", "in", ("portal_view", "download"))]).active = False
        self._visit(self.order)
        self._visit(self.order, report_type="pdf", download="true")
        self.assertFalse(self._find(self.order))

    def test_part_of_the_page(self):
        """The HTML is what the page shows of the document, not a page of its own."""
        self._visit(self.invoice, report_type="html")
        self.assertFalse(self._find(self.invoice))

    @mute_logger("odoo.http")
    def test_page_that_fails(self):
        """What fails after the entry rolls it back."""
        get_values = CustomerPortal._get_page_view_values

        def without_a_value(controller, *args, **kwargs):
            values = get_values(controller, *args, **kwargs)
            values["sale_order"] = None
            return values

        with (
            patch.object(CustomerPortal, "_get_page_view_values", without_a_value),
            mute_logger("odoo.addons.base.models.ir_qweb"),
        ):
            self.assertFalse(self._visit(self.order).ok)
        self.assertFalse(self._find(self.order))

    # -- the page goes on -----------------------------------------------

    def test_error_while_logging(self):
        with self._broken_database(), self.assertLogs(LOGGER, "ERROR"):
            self.assertTrue(self._visit(self.order).ok)
            self.assertTrue(self._visit(self.order, report_type="pdf").ok)
        self.assertFalse(self._find(self.order))
        skipped = self.Skipped.search([("res_id", "=", self.order.id)])
        self.assertEqual(set(skipped.mapped("event")), {"portal_view", "download"})

    def test_document_without_contact(self):
        """The document's contact matters only where nobody else is known."""
        rule = self._shipped("interaction_rule_portal_view_quotation")
        rule.partner_field = "partner_id.parent_id.parent_id"
        self._visit(self.order)
        self.assertFalse(self._find(self.order))
        self.assertEqual(
            self.Skipped.search([("res_id", "=", self.order.id)]).event, "portal_view"
        )
        self._visit(self.order, user=self.user_portal)
        self.assertEqual(self._find(self.order).partner_id, self.customer)

    def test_transaction_that_is_retried(self):
        keys = []
        log_matches = type(self.Recorder)._log_matches

        def conflict_every_other_time(recorder, matches, source):
            entries = log_matches(recorder, matches, source)
            keys.append(entries.source_key)
            if len(keys) % 2:
                raise ConcurrencyError("met another transaction")
            return entries

        with (
            patch.object(
                type(self.Recorder), "_log_matches", conflict_every_other_time
            ),
            patch("odoo.service.model.time.sleep"),
        ):
            self.assertTrue(self._visit(self.order).ok)
            self.assertTrue(self._visit(self.order, report_type="pdf").ok)
        self.assertEqual(len(keys), 4)
        self.assertEqual(len(set(keys)), 2)
        self.assertEqual(
            self._find(self.order).mapped("event"), ["portal_view", "download"]
        )

    def test_the_public_sees_nothing_of_the_log(self):
        """What a page writes is not what its visitor may read."""
        self._visit(self.order)
        for user in (self.user_portal, self.env.ref("base.public_user")):
            self.assertFalse(self.Entry.with_user(user).sudo(False).has_access("read"))
