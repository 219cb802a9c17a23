from unittest.mock import patch

from odoo.tests import tagged

from ...models.template import docx
from ..template.common import TemplateFilesCommon
from ..template.word_files import make_word_file, read_word_file


@tagged("-at_install", "post_install")
class TestRecordedContent(TemplateFilesCommon):
    """What a printed document takes from its template."""

    def test_printed_document(self):
        """What was printed was printed, whatever the contact prefers."""
        self.anna.interaction_channel = "phone"
        order = self._new_order()
        recorder = self.env["interaction.recorder"].with_user(self.user_assistant)
        args = ("print", order.with_user(self.user_assistant), self.report_quotation)
        recorder._record_event(*args)
        self.assertEqual(self._find(order).channel, "letter")
        self._shipped("interaction_template_quotation").ignore_contact_channel = False
        recorder._record_event(*args)
        self.assertEqual(self._find(order)[1].channel, "letter")

    def test_printed_document_takes_the_files(self):
        """A print takes the same files: those of each document's contact, language."""
        self._add("letter.docx", make_word_file("Dear {contact_name}, {document}"))
        self._add(
            "lettre.docx",
            make_word_file("Madame {contact_name}, {document}"),
            lang=self.french,
        )
        self.env.ref("interaction_log.interaction_rule_print_quotation").sudo().write(
            {"template_id": self.template.id}
        )
        orders = self._new_order() | self._new_order(partner=self.chloe)
        recorder = self.env["interaction.recorder"].with_user(self.user_assistant)
        recorder._record_event(
            "print", orders.with_user(self.user_assistant), self.report_quotation
        )
        self.assertEqual(
            [read_word_file(self._find(order).attachment_ids.raw) for order in orders],
            [
                f"Dear Anna, {orders[0].name}",
                f"Madame Chloé, {orders[1].name}",
            ],
        )

    def test_print_goes_on_where_the_library_is_missing(self):
        self._add("letter.docx", make_word_file("Dear {contact_name}"))
        self.env.flush_all()
        self.env.ref("interaction_log.interaction_rule_print_quotation").sudo().write(
            {"template_id": self.template.id}
        )
        order = self._new_order()
        with patch.object(docx, "MailMerge", None):
            self.env["interaction.recorder"].with_user(
                self.user_assistant
            )._record_event(
                "print", order.with_user(self.user_assistant), self.report_quotation
            )
        self.assertFalse(self._find(order))
        skipped = self.Skipped.search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )
        self.assertIn("docx-mailmerge2 is not installed", skipped.reason)
