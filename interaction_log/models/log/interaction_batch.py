from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import clean_context, formatLang

from ..base.constants import CLIENT_EVENTS, UNDELIVERED
from ..base.ui import get_window_action

# What a client can say of a batch; the rest is recorded by the system
CLIENT_FIELDS = frozenset(("name", "event", "company_id", "duration"))
# How many entries the form of a batch has; a segment has many more
BATCH_PREVIEW = 80


class InteractionBatch(models.Model):
    """Interactions that were logged together: a meeting with five people, a segment.

    Each contact has an entry of its own; the batch says that they are one. It may have
    100,000: what it tells of them is counted by the database.
    """

    _name = "interaction.batch"
    _description = "Interaction Batch"
    _inherit = [
        "interaction.event.mixin",
        "interaction.value.mixin",
        "interaction.former.user.mixin",
        "interaction.state.mixin",
        "interaction.operation.mixin",
    ]
    _order = "id desc"
    _former_user_fields = ("create_uid",)

    name = fields.Char(required=True)
    event = fields.Selection(string="Recorded As", required=True, default="manual")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    # in all, in hours; empty where nobody said it
    duration = fields.Float()
    response_of_id = fields.Many2one(
        "interaction.batch",
        string="Responses To",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        help="Batch whose contacts responded.",
    )
    response_ids = fields.One2many("interaction.batch", "response_of_id")
    entry_ids = fields.One2many("interaction.log.entry", "batch_id")
    # What is in it
    entry_count = fields.Integer(
        string="Interactions",
        compute="_compute_entries",
        help="Canceled ones and drafts don't count.",
    )
    canceled_count = fields.Integer(
        string="Canceled Interactions", compute="_compute_entries"
    )
    # restoring the batch restores them, and none that were canceled one by one
    restorable_count = fields.Integer(
        string="Canceled Together", compute="_compute_entries"
    )
    currency_id = fields.Many2one("res.currency", related="company_id.currency_id")
    cost = fields.Monetary(
        string="Total Cost",
        compute="_compute_entries",
        help="Canceled interactions have no cost.",
    )
    duration_total = fields.Float(
        string="Total Duration",
        compute="_compute_entries",
        help="Total duration of logged interactions, in hours.",
    )
    state = fields.Selection(
        [
            ("logged", "Logged"),
            ("partly", "Partly Canceled"),
            ("canceled", "Canceled"),
        ],
        string="Status",
        compute="_compute_entries",
        search="_search_state",
    )
    delivery = fields.Char(
        compute="_compute_entries",
        help="Delivery status of the e-mails of logged interactions.",
    )
    undelivered_count = fields.Integer(
        string="E-mails Not Delivered", compute="_compute_entries"
    )
    response_count = fields.Integer(
        string="Responses",
        compute="_compute_response_count",
        help="Responses recorded from this batch.",
    )
    latest_entry_ids = fields.Many2many(
        "interaction.log.entry",
        string="Newest Interactions",
        compute="_compute_latest_entry_ids",
    )
    has_more = fields.Boolean(compute="_compute_latest_entry_ids")

    @api.depends(
        "entry_ids.state", "entry_ids.delivery_status", "entry_ids.canceled_with_batch"
    )
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_entries(self):
        rows = defaultdict(list)
        for batch, *row in self.env["interaction.log.entry"]._read_group(
            [("batch_id", "in", self.ids)],
            [
                "batch_id",
                "state",
                "canceled_with_batch",
                "delivery_status",
                "currency_id",
            ],
            ["__count", "cost:sum", "duration:sum"],
        ):
            rows[batch.id].append(row)
        for batch in self:
            batch.update(batch._get_entry_vals(rows[batch._origin.id]))

    def _get_entry_vals(self, rows):
        """Return the values that the groups of entries give to the batch.

        :param rows: lists of state, whether canceled with the batch, delivery status,
            currency, number, cost and duration
        """
        self.ensure_one()
        counts, deliveries = defaultdict(int), defaultdict(int)
        restorable, cost, duration = 0, 0.0, 0.0
        today = fields.Date.context_today(self)
        for state, is_with_batch, delivery, currency, count, group_cost, hours in rows:
            counts[state] += count
            if state == "canceled" and is_with_batch:
                restorable += count
            if state == "logged":
                deliveries[delivery] += count
                cost += currency._convert(
                    group_cost, self.currency_id, self.company_id, today
                )
                duration += hours
        state = "logged"
        if counts["canceled"]:
            state = (
                "partly" if counts["canceled"] < sum(counts.values()) else "canceled"
            )
        return {
            "entry_count": counts["logged"],
            "canceled_count": counts["canceled"],
            "restorable_count": restorable,
            "cost": cost,
            "duration_total": duration,
            "state": state,
            "delivery": self._get_delivery_line(deliveries),
            "undelivered_count": sum(deliveries[status] for status in UNDELIVERED),
        }

    def _get_delivery_line(self, counts):
        """Say what became of the e-mails, such as "95 sent, 2 bounced".

        :param dict counts: number by delivery status
        :return: str, or False where nothing was delivered by e-mail
        """
        sentences = {
            "pending": lambda count: self.env._("%(count)s waiting", count=count),
            "sent": lambda count: self.env._("%(count)s sent", count=count),
            "opened": lambda count: self.env._("%(count)s opened", count=count),
            "bounced": lambda count: self.env._("%(count)s bounced", count=count),
            "error": lambda count: self.env._("%(count)s failed", count=count),
        }
        parts = [
            sentence(formatLang(self.env, counts[status], digits=0))
            for status, sentence in sentences.items()
            if counts[status]
        ]
        return ", ".join(parts) or False

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented  # the ORM negates
        some = Domain("entry_ids", "any", [("state", "=", "canceled")])
        # each is named: "not canceled" is not looked up in an index
        others = Domain("entry_ids", "any", [("state", "in", ("postponed", "logged"))])
        domains = {
            "logged": ~some,
            "partly": some & others,
            "canceled": Domain("entry_ids", "!=", False) & ~others,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("response_ids.entry_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_response_count(self):
        counts = dict(
            self.env["interaction.log.entry"]._read_group(
                self._get_response_domain(),
                ["batch_id"],
                ["__count"],
            )
        )
        numbers = defaultdict(int)
        for batch, count in counts.items():
            numbers[batch.response_of_id.id] += count
        for batch in self:
            batch.response_count = numbers[batch._origin.id]

    def _get_response_domain(self):
        """Return the domain of the responses that count."""
        return self.env["interaction.log.entry"]._get_counted_domain() & Domain(
            "batch_id.response_of_id", "in", self.ids
        )

    @api.depends("entry_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_latest_entry_ids(self):
        latest = self.env["interaction.log.entry"]._get_latest(
            [], ["batch_id"], self.ids, BATCH_PREVIEW + 1
        )
        for batch in self:
            entries = latest[batch._origin.id]
            batch.latest_entry_ids = entries[:BATCH_PREVIEW]
            batch.has_more = len(entries) > BATCH_PREVIEW

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # a default of another model must not become a fact
        batches = self.with_context(clean_context(self.env.context))
        if not self.env.su and any(
            vals.keys() - CLIENT_FIELDS
            or vals.get("event", "manual") not in CLIENT_EVENTS
            for vals in vals_list
        ):
            raise AccessError(
                self.env._("Batches are recorded automatically and can't be changed.")
            )
        return super(InteractionBatch, batches).create(vals_list).with_env(self.env)

    def action_view_interactions(self):
        """Open the interactions of the batches."""
        return self.env["interaction.log.entry"]._get_action(
            [("batch_id", "in", self.ids)]
        )

    def action_view_responses(self):
        """Open the responses that were recorded from the batches."""
        return self.env["interaction.log.entry"]._get_action(
            self._get_response_domain()
        )

    def action_record_responses(self):
        """Open the dialog that records who of the contacts responded."""
        self.ensure_one()
        return get_window_action(
            self.env,
            "interaction_log_respond_action",
            context={"default_batch_id": self.id},
        )
