import hashlib
import io
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL
from odoo.tools.pdf import PdfWriter

from odoo.addons.account.models.ir_actions_report import IrActionsReport

from ...models.recording.outgoing_file import OutgoingFile
from ..common import InteractionAccountCommon, InteractionHttpCommon

QUOTATION = "sale.report_saleorder"
REAL = {"force_report_rendering": True}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def make_pdf(width):
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width, 100)
    writer.write(stream)
    return stream.getvalue()


@tagged("-at_install", "post_install")
class TestPrintContent(InteractionHttpCommon):
    """What the log keeps of the file that left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._shipped("interaction_rule_print_quotation")
        cls.order = cls._new_order()

    def _print_parts(self, parts, attachment=None):
        """Print orders of which the engine makes `parts`: {order: PDF in bytes}.

        :param attachment: the `ir.attachment` that they are from, if any
        """

        def prepare_streams(report, report_ref, data, res_ids=None):
            return {
                order.id: {"stream": io.BytesIO(content), "attachment": attachment}
                for order, content in parts.items()
            }

        with patch.object(
            type(self.report_quotation),
            "_render_qweb_pdf_prepare_streams",
            prepare_streams,
        ):
            return self._print(
                QUOTATION, self.order.union(*parts), context=REAL
            ).content

    def test_hash_of_what_left(self):
        response = self._print(QUOTATION, self.order)
        entry = self._find(self.order)
        self.assertEqual(entry.content_sha256, sha256(response.content))
        self.assertFalse(entry.content_attachment_id)
        self.assertFalse(entry.attachment_ids, "a copy is kept where a rule says so")

    def test_file_that_was_lost(self):
        """Odoo answers all the same, with no bytes: nothing left."""
        self.assertEqual(self._print_parts({self.order: b""}), b"")
        self.assertFalse(self._find(self.order))
        self.assertFalse(self.Skipped.search([("res_id", "=", self.order.id)]))

    def test_direct_address(self):
        response = self._open(f"/report/pdf/{QUOTATION}/{self.order.id}")
        self.assertEqual(
            self._find(self.order).content_sha256, sha256(response.content)
        )

    def test_prints_that_differ(self):
        """Real prints: what changed is seen, and the time of printing is no change."""
        for name in ("one", "one", "two"):
            self.order.note = name
            content = self._print(QUOTATION, self.order, context=REAL).content
            self.assertEqual(content[:5], b"%PDF-")
        first, again, changed = entries = self._find(self.order)
        self.assertEqual(changed.content_sha256, sha256(content))
        self.assertEqual(first.content_fingerprint, again.content_fingerprint)
        self.assertNotEqual(first.content_fingerprint, changed.content_fingerprint)
        self.assertEqual(
            entries.mapped("content_changed"),
            [False, False, True],
        )
        self.assertEqual(changed.content_previous_id, again)
        changed_ones = self.Entry.search([("content_changed", "=", True)])
        self.assertEqual(changed_ones & entries, changed)
        unchanged = self.Entry.search([("content_changed", "=", False)])
        self.assertEqual(unchanged & entries, first | again)
        # a print that was canceled is no standard
        again._cancel(self.reason)
        changed.invalidate_recordset()
        self.assertEqual(changed.content_previous_id, first)

    def test_changes_are_kept_up(self):
        """Whatever is canceled, restored or filled in, one by one or as a set."""

        def check(*expected):
            self.assertEqual(entries.mapped("content_changed"), [*expected])
            found = self.Entry.search([("content_changed", "=", True)]) & entries
            self.assertEqual(found, entries.filtered("content_changed"))
            query = self.Entry._get_changed_query(SQL("entry.id"))
            asked = {id_ for (id_,) in self.env.execute_query(query)}
            self.assertEqual(asked & {*entries.ids}, set(found.ids))

        one, two = make_pdf(10), make_pdf(20)
        for content in (one, two, two, one):
            self._print_parts({self.order: content})
        entries = self._find(self.order)
        check(False, True, False, True)
        entries[1]._cancel(self.reason)
        check(False, True, True, True)
        entries[2].sudo()._cancel_set(self.reason, False, "2026-01-01 10:00:00")
        check(False, True, True, False)
        entries[1].action_restore()
        check(False, True, False, True)
        entries[2].sudo()._restore_set()
        check(False, True, False, True)
        entries[0].sudo()._cancel_set(self.reason, False, "2026-01-01 10:00:00")
        check(False, False, False, True)
        # filled in later, of before the first one
        (earlier,) = self.Entry.sudo().log_interactions(
            [
                {
                    "template_id": entries[0].template_id.id,
                    "partner_id": entries[0].partner_id.id,
                    "company_id": entries[0].company_id.id,
                    "res_model": "sale.order",
                    "res_id": self.order.id,
                    "report_id": entries[0].report_id.id,
                    "date": "2020-01-01 10:00:00",
                    "content_fingerprint": entries[1].content_fingerprint,
                }
            ]
        )
        self.assertFalse(earlier.content_changed)
        check(True, False, False, True)

    def test_repeat_that_differs_is_no_repeat(self):
        self.rule.write({"repeat": "merge", "merge_minutes": 10})
        same, other = make_pdf(10), make_pdf(20)
        for content in (same, same, other):
            self._print_parts({self.order: content})
        self.assertEqual(self._find(self.order).mapped("occurrence_count"), [2, 1])
        self.assertEqual(
            self._find(self.order).mapped("content_sha256"),
            [sha256(same), sha256(other)],
        )

    def test_several_in_one_file(self):
        """Each has its own pages, which are no standard for a print of its own."""
        other = self._new_order()
        parts = {self.order: make_pdf(10), other: make_pdf(20)}
        content = self._print_parts(parts)
        self.assertNotIn(content, parts.values())
        self.assertRecordValues(
            self._find(self.order | other),
            [
                {"content_sha256": sha256(part), "content_fingerprint": False}
                for part in parts.values()
            ],
        )

    def test_several_that_can_not_be_told_apart(self):
        other = self._new_order()
        # an engine of tests gives HTML for them all
        content = self._print(QUOTATION, self.order | other).content
        self.assertEqual(
            self._find(self.order | other).mapped("content_sha256"),
            [sha256(content)] * 2,
        )

    def test_stored_pdf(self):
        """Odoo keeps what it prints where the report says so: the entry links it."""
        self.report_quotation.sudo().write(
            {"attachment": "object.name + '.pdf'", "attachment_use": True}
        )
        self.order.sudo().state = "sale"  # the rule of orders
        content = make_pdf(10)
        self._print_parts({self.order: content})
        attachment = self._find(self.order).content_attachment_id
        self.assertEqual(attachment.raw, content)
        self.assertEqual(
            (attachment.res_model, attachment.res_id), ("sale.order", self.order.id)
        )
        # what is stored is given away again
        self._print_parts({self.order: content}, attachment)
        self.assertEqual(
            self._find(self.order).content_attachment_id, attachment, "and linked again"
        )
        # one who prints must not find it in the log, unless they may read it
        entry = self._find(self.order)[0]
        action = entry.with_user(self.user_sales).action_open_content()
        self.assertEqual(action["url"], f"/web/content/{attachment.id}")
        attachment.sudo().unlink()
        self.assertEqual(len(self._find(self.order)), 2)
        with self.assertRaisesRegex(UserError, "Only its SHA-256"):
            entry.with_user(self.user_sales).action_open_content()

    def test_stored_pdf_that_is_another_one(self):
        """A PDF that Odoo stored once is not linked where other bytes left."""
        self.report_quotation.sudo().attachment = "object.name + '.pdf'"
        self._print_parts({self.order: make_pdf(10)})
        attachment = self._find(self.order).content_attachment_id
        self.assertTrue(attachment)
        self._print_parts({self.order: make_pdf(20)}, attachment)
        first, second = self._find(self.order)
        self.assertEqual(first.content_attachment_id.raw, make_pdf(10))
        self.assertFalse(second.content_attachment_id)

    # -- copies ---------------------------------------------------------

    def test_copy(self):
        self.rule.keep_copy = True
        content = make_pdf(10)
        self._print_parts({self.order: content})
        self._print_parts({self.order: content})
        first, second = self._find(self.order)
        self.assertRecordValues(
            first.attachment_ids,
            [
                {
                    "name": f"{self.order.name}.pdf",
                    "raw": content,
                    "res_model": "interaction.log.entry",
                    "res_id": first.id,
                }
            ],
        )
        self.assertEqual(first.content_attachment_id, first.attachment_ids)
        self.assertNotEqual(first.attachment_ids, second.attachment_ids)
        self.assertEqual(
            first.attachment_ids.store_fname, second.attachment_ids.store_fname
        )
        # who reads the log reads it, and changes nothing
        copy = first.attachment_ids.with_user(self.user_sales)
        self.assertEqual(copy.raw, content)
        with self.assertRaisesRegex(UserError, "files of an interaction"):
            copy.unlink()
        with self.assertRaises(AccessError):
            first.attachment_ids.with_user(self.user_portal).read(["raw"])

    def test_copy_of_several_in_one_file(self):
        """Each entry has its own document, and nobody else's."""
        self.rule.keep_copy = True
        other = self._new_order(partner=self.partner)
        parts = {self.order: make_pdf(10), other: make_pdf(20)}
        self._print_parts(parts)
        self.assertEqual(
            [entry.attachment_ids.raw for entry in self._find(self.order | other)],
            list(parts.values()),
        )

    def test_copy_besides_the_stored_pdf(self):
        """What Odoo stores can be deleted, the copy can't."""
        self.report_quotation.sudo().attachment = "object.name + '.pdf'"
        self.rule.keep_copy = True
        self._print_parts({self.order: make_pdf(10)})
        entry = self._find(self.order)
        self.assertEqual(entry.content_attachment_id, entry.attachment_ids)

    def test_replay_keeps_no_second_copy(self):
        self.rule.keep_copy = True
        for _try in range(2):
            self.Recorder._record_event(
                "print",
                self.order,
                source="p,1",
                details={"files": lambda: {self.order.id: OutgoingFile(b"%PDF x")}},
            )
        self.assertEqual(len(self._find(self.order).attachment_ids), 1)

    # -- prints of a wizard ---------------------------------------------

    def test_documents_in_the_context(self):
        """A report with code of its own reads the context, as wizards give it."""

        class OwnValues:
            def _get_report_values(report, docids, data=None):
                ids = data["context"]["active_ids"]
                orders = self.env["sale.order"].with_user(self.user_assistant)
                return {"docs": orders.browse(ids)}

        path = f'/report/pdf/{QUOTATION}?options={{"wide":1}}&context='
        context = f'{{"active_model":"%s","active_ids":[{self.order.id}]}}'
        self._open(path + context % "sale.order")
        self.assertFalse(self._find(self.order), "the report prints nothing of it")
        with patch.object(
            IrActionsReport,
            "_get_rendering_context_model",
            lambda *args: OwnValues(),
            create=True,
        ):
            self._open(path + context % "sale.order")
            self._open(path + context % "res.partner")
        self.assertEqual(len(self._find(self.order)), 1)

    def test_documents_in_a_form(self):
        self._open(f"/report/pdf/{QUOTATION}?docids={self.order.id}")
        self.assertEqual(len(self._find(self.order)), 1)


@tagged("-at_install", "post_install")
class TestDocumentVersion(InteractionAccountCommon):
    """The document as it was: its name, its state and its total."""

    def _record(self, documents, **details):
        recorder = self.env["interaction.recorder"].with_user(self.user_assistant)
        entries = recorder._record_event(
            "print",
            documents.with_user(self.user_assistant),
            source="p,1",
            details=details,
        )
        return entries.sudo()  # who prints need not read the log

    def test_order(self):
        order = self._new_order()
        order.order_line.price_unit = 50
        entry = self._record(order)
        total = order.amount_total
        order.order_line.price_unit = 70
        order.action_confirm()
        self.assertRecordValues(
            entry,
            [
                {
                    "document_name": order.name,
                    "document_state": "Quotation",
                    "document_total": total,
                    "document_currency_id": order.currency_id.id,
                }
            ],
        )

    def test_in_the_currency_of_the_document(self):
        currency = self.setup_other_currency("EUR")
        invoice = self._new_move(currency_id=currency.id)
        self.assertRecordValues(
            self._record(invoice),
            [
                {
                    "document_state": "Posted",
                    "document_total": invoice.amount_total,
                    "document_currency_id": currency.id,
                    "currency_id": self.company_a.currency_id.id,
                }
            ],
        )

    def test_payment(self):
        self._shipped("interaction_rule_print_payment_receipt").active = True
        payment = (
            self.env["account.payment"]
            .sudo()
            .create(
                {
                    "partner_id": self.anna.id,
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "amount": 12.5,
                }
            )
        )
        entry = self._record(payment)
        self.assertEqual(entry.document_total, 12.5)
        self.assertEqual(entry.document_state, "Draft")

    def test_in_the_language_of_the_user(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        state = self.env["ir.model.fields"].sudo()._get("sale.order", "state")
        state.selection_ids.filtered(lambda s: s.value == "draft").with_context(
            lang="fr_FR"
        ).name = "Devis"
        order = self._new_order()
        self.Recorder.with_user(self.user_assistant).with_context(
            lang="fr_FR"
        )._record_event("print", order)
        self.assertEqual(self._find(order).document_state, "Devis")

    def test_document_without_state_and_total(self):
        entry = self._log(res_model="res.partner", res_id=self.acme.id)
        self.assertRecordValues(
            entry, [{"document_state": False, "document_currency_id": False}]
        )

    def test_logged_by_hand(self):
        order = self._new_order()
        entry = self._log(res_model="sale.order", res_id=order.id)
        self.assertEqual(entry.document_state, "Quotation")
        self.assertEqual(entry.document_total, order.amount_total)

    def test_deleted_document(self):
        order = self._new_order()
        id_ = order.id
        order.unlink()
        entry = self.Entry.log_interactions(
            [
                {
                    "template_id": self.template_call.id,
                    "partner_id": self.anna.id,
                    "res_model": "sale.order",
                    "res_id": id_,
                }
            ]
        )
        self.assertFalse(entry.document_state)

    def test_is_said_by_the_server_only(self):
        for vals in (
            {"document_state": "Paid"},
            {"document_total": 1_000_000.0},
            {"content_fingerprint": "0"},
            {"content_sha256": "0"},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(UserError, "be set"),
            ):
                self._log(**vals)
        entry = self._log()
        with self.assertRaisesRegex(UserError, "can't be changed after logging"):
            entry.document_total = 5

    def test_query_budget(self):
        """What left and what is told of it cost one statement, however many."""
        partners = self.env["res.partner"].create(
            [{"name": f"P{number}"} for number in range(50)]
        )
        orders = (
            self.env["sale.order"]
            .sudo()
            .create([{"partner_id": partner.id} for partner in partners])
        )
        user = self.user_sales
        recorder = self.env["interaction.recorder"].with_user(user)
        for number, documents in enumerate((orders[:2], orders[:1], orders)):
            self.env.flush_all()
            self.env.invalidate_all()
            # what rendering has read
            documents.sudo().mapped("partner_id.name")
            documents.sudo().mapped("display_name")
            documents.mapped("company_id.currency_id.name")
            details = {
                "files": lambda docs=documents: {
                    doc.id: OutgoingFile(b"%PDF-1.4") for doc in docs
                },
                "token": "token",
            }
            with self.subTest(documents=len(documents)):
                # the first time fills the caches
                with self.assertQueryCount(8 if number else 100):
                    entries = recorder._record_event(
                        "print",
                        documents.with_user(user),
                        report=self.report_quotation,
                        source=f"budget,{number}",
                        details=details,
                    )
                self.assertEqual(len(entries), len(documents))


@tagged("-at_install", "post_install")
class TestWhatIsCompared(TransactionCase):
    """The fingerprint of a file."""

    def test_time_of_making_does_not_matter(self):
        made = [
            b"%PDF-1.4 /CreationDate (D:2026) /ID [<1><2>] text",
            b"%PDF-1.4 /CreationDate (D:2027) /ID [<3><4>] text",
            b"%PDF-1.4 /CreationDate (D:2027) /ID [<3><4>] other",
        ]
        files = [OutgoingFile(content) for content in made]
        self.assertEqual(len({file.sha256 for file in files}), 3)
        self.assertEqual(files[0].fingerprint, files[1].fingerprint)
        self.assertNotEqual(files[1].fingerprint, files[2].fingerprint)

    def test_name(self):
        self.assertEqual(OutgoingFile(b"").get_name("INV/2026/1"), "INV_2026_1.pdf")
        self.assertEqual(OutgoingFile(b"", name="a.pdf").get_name("B"), "a.pdf")

    def test_stored_only_where_the_bytes_are_the_same(self):
        attachment = self.env["ir.attachment"].create({"name": "A", "raw": b"same"})
        self.assertEqual(
            OutgoingFile(b"same", attachment=attachment).stored, attachment
        )
        self.assertFalse(OutgoingFile(b"other", attachment=attachment).stored)
