from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError

from ...models.base import interaction_operation_mixin
from ...models.log import interaction_batch_operation
from ...models.segment import interaction_segment_slice
from ..common import InteractionCommon


class SegmentCommon(InteractionCommon):
    """Segments and contacts for them; `cls.env` is not the user who builds them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Step = cls.env["interaction.segment.step"]
        cls.Line = cls.env["interaction.segment.line"].sudo()
        cls.bea, cls.carl, cls.dora = cls.partners = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "email": f"{name.lower()}@example.com",
                    "ref": f"T-{name}",
                    "country_id": cls.env.ref(f"base.{country}").id,
                }
                for name, country in (("Bea", "be"), ("Carl", "ch"), ("Dora", "de"))
            ]
        )

    @classmethod
    def _new_segment(cls, user=None, **vals):
        """Create a segment as `user`, the first salesperson."""
        return (
            cls.env["interaction.segment"]
            .with_user(user or cls.user_sales)
            .create({"name": "Fair", **vals})
        )

    @classmethod
    def _run(cls, segment, operation="add", **vals):
        """Run a step on a segment, as its user."""
        return segment.env["interaction.segment.step"].create(
            {"segment_id": segment.id, "operation": operation, **vals}
        )

    @classmethod
    def _add(cls, segment, partners, **vals):
        """Add contacts to a segment by one step."""
        return cls._run(segment, partner_ids=[Command.set(partners.ids)], **vals)

    @classmethod
    def _get_partners(cls, segment):
        """Return the contacts that are in a segment."""
        lines = cls.Line.search(
            [("segment_id", "=", segment.id), ("is_removed", "=", False)]
        )
        return lines.partner_id.with_env(cls.env)

    @classmethod
    def _new_batch(cls, partners, **vals):
        """Log an interaction with each contact; return the batch and the entries."""
        batch = (
            cls.env["interaction.batch"]
            .with_user(cls.user_sales)
            .sudo()  # only logging says that it is a segment's
            .create({"name": "Mailing", "event": "segment"})
            .sudo(False)
        )
        entries = cls.Entry.browse()
        for partner in partners:
            entries |= cls._log(partner_id=partner.id, batch_id=batch.id, **vals).sudo()
        return batch, entries

    @contextmanager
    def _assert_refused(self, text, error=UserError):
        """Check that an error says `text`, and roll back what was written."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), text)


class SegmentLogCommon(InteractionCommon):
    """Segments of a salesperson, ready to be logged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Segment = cls.env["interaction.segment"].with_user(cls.user_sales)
        cls.template_letter = cls.template_call.copy(
            {
                "name": "Letter",
                "description": False,
                "channel": "letter",
                "unit_duration": 0.5,
                "unit_cost": 2,
                "ignore_contact_channel": False,
            }
        )

    @classmethod
    def _new_contacts(cls, number, **vals):
        return (
            cls.env["res.partner"]
            .sudo()
            .create(
                [
                    {
                        "name": f"Contact {index}",
                        "email": f"contact{index}@example.com",
                        "city": "Ghent",
                        **vals,
                    }
                    for index in range(number)
                ]
            )
        )

    @classmethod
    def _new_segment(cls, partners=None, user=None, **vals):
        vals = {"name": "Spring", "template_id": cls.template_letter.id, **vals}
        vals["line_ids"] = [
            Command.create({"partner_id": partner.id}) for partner in partners or ()
        ]
        return cls.Segment.with_user(user or cls.user_sales).create(vals)

    @classmethod
    def _get_entries(cls, segment):
        return cls.Entry.search([("batch_id.segment_id", "=", segment.id)], order="id")

    @contextmanager
    def _slices_of(self, size):
        with (
            patch.object(interaction_segment_slice, "SLICE", size),
            patch.object(interaction_segment_slice, "SLICE_OF_CONTENTS", size),
        ):
            yield


class SegmentContentCommon(InteractionCommon):
    """A segment of letters to a person and a company, in two languages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"].sudo()._activate_lang("fr_FR")
        cls.template_letter = cls._shipped("interaction_template_letter")
        # with an address of her own
        cls.anna.write({"type": "other", "street": "Rue Haute 1", "zip": "5000"})
        cls.anna.city = "Namur"
        cls.acme.write({"street": "Grand-Place 2", "zip": "1000", "city": "Bruxelles"})
        cls.anna.lang, cls.acme.lang = "en_US", "fr_FR"
        cls.segment = (
            cls.env["interaction.segment"]
            .with_user(cls.user_sales)
            .create(
                {
                    "name": "Spring",
                    "template_id": cls.template_letter.id,
                    "line_ids": [
                        (0, 0, {"partner_id": partner.id})
                        for partner in (cls.anna, cls.acme)
                    ],
                }
            )
        )
        cls.line, cls.line_acme = cls.segment.line_ids


class BatchCommon(InteractionCommon):
    """A logged segment: one batch with an entry for each contact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segment = (
            cls.env["interaction.segment"]
            .with_user(cls.user_sales)
            .create({"name": "Spring", "template_id": cls.template_call.id})
        )

    @classmethod
    def _new_batch(cls, number=3, user=None, event="segment", **vals):
        """Log `number` interactions with contacts of their own, in one batch.

        :return: (batch as the user who logged it, entries)
        """
        user = user or cls.user_sales
        batch = (
            cls.env["interaction.batch"]
            .sudo()
            .with_user(user)
            .sudo()
            .create(
                {
                    "name": "Spring",
                    "event": event,
                    "segment_id": event == "segment" and cls.segment.id,
                    "company_id": cls.company_a.id,
                }
            )
        )
        partners = (
            cls.env["res.partner"]
            .sudo()
            .create(
                [
                    {"name": f"Contact {i}", "email": f"contact{i}@example.com"}
                    for i in range(min(number, 50))
                ]
            )
        )
        entries = batch.env["interaction.log.entry"].log_interactions(
            [
                {
                    "template_id": cls.template_call.id,
                    "partner_id": partners[i % 50].id,
                    "batch_id": batch.id,
                    "company_id": cls.company_a.id,
                    "event": event,
                    "source_key": event == "segment"
                    and f"segment,{cls.segment.id},{batch.id}{i}",
                    "cost": 2,
                    "duration": 0.5,
                    **vals,
                }
                for i in range(number)
            ]
        )
        return batch.sudo(False), entries.sudo()

    def _cancel(self, batch, user=None, note="Wrong", **vals):
        """Cancel through the dialog."""
        action = batch.action_cancel()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user or batch.env.user)
            .with_context(**action["context"])
            .create({"reason_id": self.reason.id, "note": note, **vals})
        )
        return wizard.action_apply()

    def _run_cron(self):
        self._run_job("ir_cron_run_batch_operations")

    @contextmanager
    def _large(self, at_once=2, size=2):
        """Let batches of a few entries be large ones."""
        with (
            patch.object(interaction_operation_mixin, "FOREGROUND_LIMIT", at_once),
            patch.multiple(interaction_batch_operation, SLICE=size, SINGLE_LIMIT=0),
        ):
            yield
