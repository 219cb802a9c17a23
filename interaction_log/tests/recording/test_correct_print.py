import io
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.pdf import PdfWriter

from ..common import InteractionHttpCommon
from ..log.common import CorrectCommon

QUOTATION = "sale.report_saleorder"
REAL = {"force_report_rendering": True}


def make_pdf():
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(10, 100)
    writer.write(stream)
    return stream.getvalue()


@tagged("-at_install", "post_install")
class TestCorrectPrint(CorrectCommon, InteractionHttpCommon):
    """What was recorded stays what it was, whatever a person corrects of it."""

    def _print_order(self):
        rule = self._shipped("interaction_rule_print_quotation")
        rule.keep_copy = True
        order = self._new_order()
        self.content = make_pdf()

        def prepare_streams(report, report_ref, data, res_ids=None):
            stream = io.BytesIO(self.content)
            return {order.id: {"stream": stream, "attachment": None}}

        with patch.object(
            type(self.report_quotation),
            "_render_qweb_pdf_prepare_streams",
            prepare_streams,
        ):
            self._print(QUOTATION, order, context=REAL)
        return self._find(order)

    def test_correction_of_a_print(self):
        entry = self._print_order()
        names = (
            "partner_id",
            "partner_name",
            "date",
            "last_date",
            "channel",
            "flow",
            "initiated_by",
            "event",
            "rule_id",
            "report_id",
            "res_model",
            "res_id",
            "document_name",
            "document_state",
            "document_total",
            "document_currency_id",
            "content_sha256",
            "content_fingerprint",
            "occurrence_count",
            "batch_id",
        )
        facts = entry._convert_to_write({name: entry[name] for name in names})
        key = entry.source_key
        self.assertTrue(key)
        form = self._open_correction(entry)
        for name in ("partner_ids", "date", "channel", "flow", "initiated_by"):
            self.assertTrue(form._get_modifier(name, "readonly"), name)
        form.note = "<p>Took it along</p>"
        form.cost = 3
        form.attachment_ids.clear()
        wizard = form.save()
        # whatever a client sends
        wizard.write(
            {
                "partner_ids": [(6, 0, self.acme.ids)],
                "date": "2020-01-01",
                "channel": "phone",
                "flow": "inbound",
                "res_model": False,
                "res_id": False,
            }
        )
        action = wizard.action_log()
        correction = self.Entry.browse(action["params"]["entry_ids"])
        self.assertRecordValues(
            correction, [{**facts, "source_key": key, "cost": 3, "state": "logged"}]
        )
        self.assertIn("printed by Assistant", correction.summary)
        # what left is a file of its own, also when the old entry is deleted
        copy = correction.content_attachment_id
        self.assertEqual(correction.attachment_ids, copy)
        self.assertNotEqual(copy, entry.content_attachment_id)
        entry.with_user(self.user_admin).sudo(False).unlink()
        self.assertEqual(copy.raw, self.content)
        self.assertFalse(correction.content_changed)

    def test_replay_of_a_print(self):
        """The print is logged once, corrected or not."""
        entry = self._print_order()
        key = entry.source_key
        vals = {
            "template_id": entry.template_id.id,
            "partner_id": self.anna.id,
            "event": "print",
            "source_key": key,
        }
        correction, action = self._save_correction(self._open_correction(entry))
        self.assertEqual(self.Entry.log_interactions([vals]), correction)
        correction.with_user(self.user_sales).sudo(False).action_undo_correction()
        self.assertEqual(self.Entry.log_interactions([vals]), entry)
        self.assertEqual(action["params"]["undo_method"], "action_undo_correction")

    def test_contact_that_is_gone(self):
        """There is nobody else with whom a recorded one could have been."""
        entry = self._print_order()
        entry._write_facts({"partner_id": False})
        with self.assertRaisesRegex(UserError, "no longer exist"):
            entry.with_user(self.user_sales).sudo(False).action_correct()
