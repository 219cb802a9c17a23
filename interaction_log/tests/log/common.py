from odoo.tests import Form

from ..common import InteractionCommon

OWN = ("interaction_count", "cost_total", "duration_total")
FOREIGN = ("interaction_count", "interaction_cost", "interaction_duration")
SALESPERSON = tuple(f"salesperson_{name}" for name in FOREIGN)


class TotalsCommon(InteractionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group = cls.env["interaction.group"].sudo().create({"name": "Fairs"})
        cls.template = (
            cls.env["interaction.template"]
            .sudo()
            .create(
                {
                    "name": "Talk at a fair",
                    "group_id": cls.group.id,
                    "unit_cost": 4,
                    "unit_duration": 0.5,
                }
            )
        )
        cls.campaign = cls.env["utm.campaign"].sudo().create({"title": "Spring fair"})
        cls.owners = [
            (cls.template, OWN),
            (cls.group, OWN),
            (cls.acme, FOREIGN),  # by its people
            (cls.anna, FOREIGN),
            (cls.user_sales, SALESPERSON),
            (cls.campaign, FOREIGN),
        ]

    @classmethod
    def _log_talk(cls, **vals):
        return cls._log(
            **{
                "template_id": cls.template.id,
                "campaign_id": cls.campaign.id,
                "user_id": cls.user_sales.id,
                **vals,
            }
        )

    def _assert_totals(self, totals, entries, user=None, **context):
        """Check the totals of every owner, and what their buttons open."""
        for record, names in self.owners:
            owner = record.with_user(user or self.user_sales).with_context(**context)
            with self.subTest(owner=owner):
                self.assertRecordValues(owner, [dict(zip(names, totals, strict=True))])
                for action in (
                    owner.action_view_interactions(),
                    owner.action_view_interaction_statistics(),
                ):
                    self.assertEqual(self._open(action, owner.env), entries.sudo())

    def _open(self, action, env):
        """Return the entries that the action shows first, oldest first."""
        self.assertTrue(action["context"]["search_default_filter_counted"])
        Entry = env["interaction.log.entry"]
        return Entry.search(
            [*action["domain"], *Entry._get_counted_domain()], order="id"
        ).sudo()


class CorrectCommon:
    """Correct what is logged, through the dialog."""

    def _open_correction(self, entry, user=None):
        entry = entry.sudo(False).with_user(user or self.user_sales)
        action = entry.action_correct()
        self.assertEqual(action["name"], "Correct Interaction")
        return Form(
            entry.env["interaction.log.create"].with_context(**action["context"])
        )

    def _save_correction(self, form):
        """Press *Save Correction*; return the new entry and the action that follows."""
        action = form.save().action_log()
        return self.Entry.browse(action["params"]["entry_ids"]), action
