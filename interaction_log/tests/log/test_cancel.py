from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ...models.log.interaction_log_entry_totals import TOTALS
from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestCancel(InteractionCommon):
    def test_canceled_is_not_changed(self):
        """By no dialog and by no client."""
        entry = self._log()
        entry._cancel(self.reason)
        entry = entry.with_user(self.user_sales)
        for vals in (
            {"evaluation": "positive"},
            {"outcome": "failed"},
            {"note": "Entered twice"},
        ):
            with self.assertRaisesRegex(UserError, "can't be changed"):
                entry.write(vals)
        self.assertFalse(entry.note)

    def test_cancel_keeps_who_when_and_why(self):
        entry = self._log()
        action = entry.action_cancel()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(self.user_sales)
            .with_context(**action["context"])
        )
        wizard.reason_id = self.reason.with_user(self.user_sales)
        wizard.note = "Wrong person"
        self.assertEqual(wizard.entry_count, 1)
        wizard.save().action_apply()
        self.assertRecordValues(
            entry,
            [
                {
                    "state": "canceled",
                    "cancel_reason_id": self.reason.id,
                    "cancel_note": "Wrong person",
                    "cancel_uid": self.user_sales.id,
                }
            ],
        )
        self.assertTrue(entry.cancel_date)

    def test_one_or_several(self):
        """One interaction is called one, in the title and on the button."""
        first, second = self._log(), self._log()
        self.assertEqual(first.action_cancel()["name"], "Cancel Interaction")
        action = (first | second).action_cancel()
        self.assertEqual(action["name"], "Cancel Interactions")
        for entries in (first, first | second):
            wizard = Form(
                self.env["interaction.log.cancel"]
                .with_user(self.user_sales)
                .with_context(**entries.action_cancel()["context"])
            )
            count = wizard.entry_count
            self.assertEqual(count, len(entries))
            arch = etree.fromstring(wizard._record.get_view(view_type="form")["arch"])
            shown = [
                node.get("string")
                for node in arch.iterfind(".//button[@name='action_apply']")
                if not safe_eval(node.get("invisible"), {"entry_count": count})
            ]
            self.assertEqual(
                shown,
                ["Cancel Interaction" if count == 1 else "Cancel Interactions"],
            )

    def _get_offered(self, entries):
        """Return the ends of the XML ids of the reasons that the dialog offers."""
        wizard = (
            self.env["interaction.log.cancel"]
            .with_user(self.user_sales)
            .new({"entry_ids": entries.ids})
        )
        ids = wizard.offered_reason_ids._origin._get_external_ids()
        return {
            name.removeprefix("interaction_log.interaction_cancel_reason_")
            for (name,) in ids.values()
        }

    def test_reasons_that_fit(self):
        always = {"entered_in_error", "duplicate"}
        call = self._log()
        letter = self._log(template_id=self._shipped("interaction_template_letter").id)
        received = self._log(template_id=letter.template_id.id, flow="inbound")
        printed = (
            self.Entry.with_user(self.user_sales)
            .sudo()
            .log_interactions(
                [
                    {
                        "template_id": self.template_invoice.id,
                        "partner_id": self.anna.id,
                        "event": "print",
                    }
                ]
            )
        )
        self.assertEqual(printed.channel, "letter")
        for entries, fitting in (
            (call, {"not_held"}),
            (letter, {"not_sent"}),
            (received, set()),
            (printed, {"printed_by_mistake", "not_sent"}),
            (letter | printed, {"not_sent"}),
            (call | printed, set()),
        ):
            self.assertEqual(self._get_offered(entries), always | fitting)
        # only offered: an API may say any
        reason = self._shipped("interaction_cancel_reason_printed_by_mistake")
        call._cancel(reason)
        self.assertEqual(call.cancel_reason_id, reason)

    def test_reasons_of_an_older_database(self):
        """What shipped reasons are offered for is said when the addon is updated."""
        reasons = {
            name: self._shipped(f"interaction_cancel_reason_{name}")
            for name in ("printed_by_mistake", "not_sent", "not_held")
        }
        for reason in reasons.values():
            reason.applies_to = False
        reasons.pop("not_sent").unlink()
        self._migrate("19.0.1.8.0", "post", "cancel-reasons")
        self.assertEqual(reasons["printed_by_mistake"].applies_to, "print")
        self.assertEqual(reasons["not_held"].applies_to, "talk")

    def _cancel_by_dialog(self, records):
        """Cancel as a salesperson, who is told; return what *Undo* calls."""
        action = records.with_user(self.user_sales).action_cancel()
        wizard = self.env[action["res_model"]].with_user(self.user_sales)
        wizard = wizard.with_context(**action["context"])
        action = wizard.create({"reason_id": self.reason.id}).action_apply()
        self.assertEqual(action["tag"], "interaction_log_announce")
        params = action["params"]
        ids = params.get("batch_ids") or params["entry_ids"]
        target = self.env[records._name].with_user(self.user_sales).browse(ids)
        return params, getattr(target, params["undo_method"])

    def test_undo_of_canceling(self):
        """It restores those that this act canceled, and no others."""
        before, one, two = self._log(), self._log(), self._log()
        before._cancel(self.reason, "before")
        params, undo = self._cancel_by_dialog(one)
        self.assertEqual(params["message"], "Interaction canceled.")
        self.assertEqual(params["undone"], "Interaction restored.")
        undo()
        self.assertEqual(one.state, "logged")
        params, undo = self._cancel_by_dialog(before | one | two)
        self.assertEqual(params["message"], "2 interactions canceled.")
        self.assertEqual(params["entry_ids"], (one | two).ids)
        undo()
        self.assertEqual(
            (before | one | two).mapped("state"), ["canceled", "logged", "logged"]
        )
        with self.assertRaisesRegex(UserError, "Only canceled"):
            undo()

    def test_undo_of_canceling_a_batch(self):
        batch = self.env["interaction.batch"].with_user(self.user_sales)
        batch = batch.create({"name": "Fair"})
        entries = self._log(batch_id=batch.id) | self._log(batch_id=batch.id)
        params, undo = self._cancel_by_dialog(batch)
        self.assertEqual(params["message"], "2 interactions canceled.")
        self.assertEqual(params["batch_ids"], batch.ids)
        undo()
        self.assertEqual(set(entries.mapped("state")), {"logged"})
        # restoring the batch would bring back more than was canceled now
        self._cancel_by_dialog(batch)
        entries[0].with_user(self.user_sales).action_restore()
        action = batch._cancel(self.reason)
        self.assertEqual(action["tag"], "display_notification")

    def test_canceling_several_batches(self):
        """Those of which nothing is logged any more are left as they are."""
        batches = self.env["interaction.batch"].with_user(self.user_sales)
        batches = batches.create([{"name": "Fair"}, {"name": "Show"}])
        for batch in batches:
            self._log(batch_id=batch.id)
        batches[0]._cancel(self.reason)
        params, undo = self._cancel_by_dialog(batches)
        self.assertEqual(params["batch_ids"], batches[1].ids)
        undo()
        self.assertEqual(batches.mapped("state"), ["canceled", "logged"])

    def test_restore(self):
        entry = self._log()
        entry._cancel(self.reason, "x")
        entry.action_restore()
        self.assertRecordValues(
            entry,
            [
                {
                    "state": "logged",
                    "cancel_reason_id": False,
                    "cancel_note": False,
                    "cancel_uid": False,
                    "cancel_date": False,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "Only canceled"):
            entry.action_restore()

    def test_cancel_twice(self):
        first, second = self._log(), self._log()
        first._cancel(self.reason, "first")
        with self.assertRaisesRegex(UserError, "Only logged"):
            first._cancel(self.reason)
        # in a selection, those canceled before keep their reason
        self.assertEqual((first | second)._cancel(self.reason, "second"), second)
        self.assertEqual(first.cancel_note, "first")

    def test_reason_is_needed(self):
        with self.assertRaisesRegex(UserError, "Choose a reason"):
            self._log()._cancel(self.env["interaction.cancel.reason"])

    def test_reason_in_use(self):
        self._log()._cancel(self.reason)
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.reason.with_user(self.user_manager).unlink()

    def test_who_may_cancel(self):
        entry = self._log(user=self.user_other_sales)
        self.assertFalse(entry.with_user(self.user_sales).can_cancel)
        self.assertTrue(entry.with_user(self.user_manager).can_cancel)
        with self.assertRaisesRegex(AccessError, "your own interactions"):
            entry.with_user(self.user_sales)._cancel(self.reason)
        with self.assertRaises(AccessError):
            entry.with_user(self.user_assistant)._cancel(self.reason)
        entry.with_user(self.user_manager)._cancel(self.reason)
        self.assertEqual(entry.state, "canceled")

    def test_salesperson_cancels_what_others_logged_for_them(self):
        entry = self._log(user=self.user_manager, user_id=self.user_sales.id)
        entry.with_user(self.user_sales)._cancel(self.reason)
        self.assertEqual(entry.state, "canceled")

    def test_server_actions_of_the_list(self):
        entries = self._log() | self._log()
        context = {
            "active_model": entries._name,
            "active_ids": entries.ids,
            "active_id": entries[0].id,
        }
        action = (
            self.env.ref("interaction_log.interaction_log_entry_action_cancel")
            .with_user(self.user_sales)
            .with_context(**context)
            .run()
        )
        self.assertEqual(action["res_model"], "interaction.log.cancel")
        self.assertEqual(action["context"]["default_entry_ids"], entries.ids)
        entries._cancel(self.reason)
        self.env.ref("interaction_log.interaction_log_entry_action_restore").with_user(
            self.user_sales
        ).with_context(**context).run()
        self.assertEqual(set(entries.mapped("state")), {"logged"})

    def test_canceled_never_counts(self):
        self.template_call.sudo().unit_cost = 3
        entry, other = self._log(), self._log()
        template = self.template_call.sudo()
        before = (
            template.interaction_count,
            template.cost_total,
            template.duration_total,
        )
        entry._cancel(self.reason)
        for value, total, change in zip(
            (template.interaction_count, template.cost_total, template.duration_total),
            before,
            (1, 3, 0.25),
            strict=True,
        ):
            self.assertAlmostEqual(value, total - change)
        # nor in the sums of a list, pivot or graph
        sums = self.Entry._read_group(
            [("id", "in", (entry | other).ids)], [], ["cost:sum", "duration:sum"]
        )
        self.assertEqual(sums, [(3, 0.25)])

    def test_canceled_are_in_no_measure_of_pivot_and_graph(self):
        entries = self.Entry.union(
            *(self._log(cost=cost, duration=cost / 4) for cost in (1, 2, 4))
        )
        entries[0]._cancel(self.reason)
        entries |= self._log(state="postponed")
        log = self.Entry.with_user(self.user_sales)
        for view in ("pivot", "graph"):
            arch = etree.fromstring(log.get_view(view_type=view)["arch"])
            measures = arch.xpath("field[@type='measure']/@name")
            self.assertEqual(measures[0], "entry_count")
        field = log.fields_get(["entry_count"])["entry_count"]
        self.assertEqual(
            (field["aggregator"], field["string"]), ("sum", "Interactions")
        )
        for groupby in ([], ["template_id"]):
            groups = log.formatted_read_group(
                [("id", "in", entries.ids)],
                groupby,
                ["__count", *(f"{name}:sum" for name in TOTALS)],
            )
            self.assertEqual(
                [[g["__count"], *(g[f"{n}:sum"] for n in TOTALS)] for g in groups],
                [[4, 6, 1.5, 2, 2]],
            )
        self.assertEqual(
            entries.with_user(self.user_sales).mapped("entry_count"), [0, 1, 1, 0]
        )

    def test_evaluate(self):
        entries = self._log() | self._log()
        action = entries.action_evaluate()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user_sales)
            .with_context(**action["context"])
            .create({"evaluation": "very_positive"})
        )
        wizard.action_apply()
        self.assertEqual(set(entries.mapped("evaluation")), {"very_positive"})
        wizard.evaluation = False
        with self.assertRaisesRegex(UserError, "Choose how it went"):
            wizard.action_apply()
        entries[0]._cancel(self.reason)
        wizard.evaluation = "none"
        wizard.action_apply()
        self.assertEqual(
            entries.mapped("evaluation"), ["very_positive", False], "one is canceled"
        )
        with self.assertRaisesRegex(UserError, "Canceled interactions"):
            entries[0]._evaluate("positive")
        wizard.entry_ids |= self._log(user=self.user_other_sales)
        with self.assertRaisesRegex(AccessError, "your own interactions"):
            wizard.action_apply()
