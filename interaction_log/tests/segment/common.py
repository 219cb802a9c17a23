from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError

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
