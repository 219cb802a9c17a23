from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.constants import EVALUATIONS, NEGATIVE, POSITIVE, UNDELIVERED
from ..log.res_partner import HISTORY_FIELDS
from .interaction_segment_step_conditions import MATCHES, get_id_domain

# The kinds of a batch's contacts
BATCH_RESULTS = [
    ("all", "All of them"),
    ("answered", "Responded"),
    ("not_answered", "Did not respond"),
    ("bounced", "Bounced"),
    ("not_delivered", "Bounced or not delivered"),
    ("positive", "Evaluated positive"),
    ("negative", "Evaluated negative"),
    ("left_out", "Were left out"),
]


class InteractionSegmentStep(models.Model):
    """Contacts by their interactions, or by those of one logged batch.

    Interactions of a company are also those of its people, as on its form. Canceled
    and postponed interactions never count.
    """

    _inherit = "interaction.segment.step"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    # Interactions
    interaction_match = fields.Selection(
        MATCHES,
        string="Interactions",
        help="Select contacts with or without such interactions. The interactions of "
        "a company include those with its contacts. Canceled interactions are not "
        "counted.",
    )
    interaction_template_ids = fields.Many2many(
        "interaction.template",
        relation="interaction_segment_step_template_rel",
        string="Templates",
        context={"active_test": False},
    )
    interaction_group_ids = fields.Many2many(
        "interaction.group",
        relation="interaction_segment_step_group_rel",
        string="Interaction Groups",
        context={"active_test": False},
    )
    interaction_date_from = fields.Date(string="Interactions From")
    interaction_date_to = fields.Date(
        string="Interactions To", help="Including this day."
    )
    interaction_days = fields.Integer(
        string="Interactions in the Last Days",
        help="Number of past days, including today. The period moves with the current "
        "date.",
    )
    interaction_evaluation = fields.Selection(EVALUATIONS, string="Evaluation")
    interaction_campaign_id = fields.Many2one(
        "utm.campaign",
        string="Campaign",
        index="btree_not_null",
        ondelete="set null",
    )
    interaction_delivery_status = fields.Selection(
        selection=lambda self: self._get_delivery_statuses(), string="Delivery"
    )
    # A logged batch
    batch_id = fields.Many2one(
        "interaction.batch", index="btree_not_null", ondelete="set null"
    )
    batch_result = fields.Selection(
        BATCH_RESULTS,
        string="Contacts Who",
        default="all",
        help="Contacts who responded have an inbound interaction or a campaign "
        "response at the same time or later.",
    )

    @api.model
    def _get_delivery_statuses(self):
        return self.env["interaction.log.entry"]._fields["delivery_status"].selection

    def _get_interactions_domain(self):
        """Return the domain of the contacts by their interactions."""
        entries = self._get_entry_domain()
        had = Domain.OR(Domain(name, "any", entries) for name in HISTORY_FIELDS)
        if self.interaction_match == "none":
            return ~had
        # Those who had none are joined, each with either; who had any would be looked
        # up one by one: five times the time, of 200,000 contacts.
        Partner = self.env["res.partner"].with_context(active_test=False)
        return get_id_domain(self._get_select_sql(Partner, ~had), negate=True)

    def _get_entry_domain(self):
        """Return the domain of the interactions that the step describes."""
        domain = self._get_counted_entries()
        if self.interaction_match == "none" and not self.interaction_delivery_status:
            # a failed attempt is no contact; nor is a mailing, unless its kind is asked
            domain &= self.env["interaction.log.entry"]._get_reached_domain(
                impersonal=bool(
                    self.interaction_template_ids or self.interaction_group_ids
                )
            )
        names = {
            "interaction_template_ids": "template_id",
            "interaction_group_ids": "group_id",
        }
        for name, fname in names.items():
            if self[name]:
                domain &= Domain(fname, "in", self._get_ids(name))
        values = {
            "evaluation": self.interaction_evaluation,
            "campaign_id": self.interaction_campaign_id._origin.id,
            "delivery_status": self.interaction_delivery_status,
        }
        for fname, value in values.items():
            if value:
                domain &= Domain(fname, "=", value)
        first = self._get_first_day("interaction")
        if first:
            # repeats are merged: it may have begun before, and be repeated since
            domain &= Domain("last_date", ">=", first)
        if self.interaction_date_to:
            day_after = self.interaction_date_to + timedelta(days=1)
            domain &= Domain("date", "<", day_after)
        return domain

    def _get_counted_entries(self):
        """Return the domain of the interactions that count for the company."""
        domain = self.env["interaction.log.entry"]._get_counted_domain()
        return domain & Domain("company_id", "=", self.company_id.id)

    # ------------------------------------------------------------------
    # Logged batch
    # ------------------------------------------------------------------

    def _get_batch_domain(self):
        """Return the domain of the contacts of a batch, by how they answered."""
        result, batch = self.batch_result or "all", self.batch_id._origin
        if result == "left_out":
            lines = (
                Domain("segment_id", "=", batch.segment_id.id)
                & Domain("left_out", "!=", False)
                & Domain("is_removed", "=", False)
            )
            Line = self.env["interaction.segment.line"]
            return Domain("id", "in", self._get_select_sql(Line, lines, "partner_id"))
        entries = (
            self._get_counted_entries()
            & Domain("batch_id", "=", batch.id or 0)
            & Domain("partner_id", "!=", False)
        )
        if result in ("answered", "not_answered"):
            answered = self._get_answered_sql(entries)
            if result == "answered":
                return get_id_domain(answered)
            return self._get_entries_domain(entries) & get_id_domain(
                answered, negate=True
            )
        name, values = {
            "all": ("state", ("logged",)),
            "bounced": ("delivery_status", ("bounced",)),
            "not_delivered": ("delivery_status", UNDELIVERED),
            "positive": ("evaluation", POSITIVE),
            "negative": ("evaluation", NEGATIVE),
        }[result]
        return self._get_entries_domain(entries & Domain(name, "in", values))

    def _get_entries_domain(self, entries):
        """Return the domain of the contacts of the interactions in a domain."""
        Entry = self.env["interaction.log.entry"]
        return Domain("id", "in", self._get_select_sql(Entry, entries, "partner_id"))

    def _get_answered_sql(self, entries):
        """Return the SQL of the contacts that answered the interactions of a domain."""
        Entry = self.env["interaction.log.entry"]
        answers = self._get_counted_entries() & (
            Domain("flow", "=", "inbound") | Domain("campaign_response", "=", True)
        )
        # what was logged together is no answer to itself
        answers &= Domain("batch_id", "!=", self.batch_id._origin.id or 0)
        return SQL(
            """(SELECT sent.partner_id AS id FROM %(sent)s sent
            JOIN %(answers)s answer ON answer.partner_id = sent.partner_id
                AND answer.last_date >= sent.date)""",
            sent=self._get_select_sql(Entry, entries, "partner_id", "date"),
            answers=self._get_select_sql(Entry, answers, "partner_id", "last_date"),
        )
