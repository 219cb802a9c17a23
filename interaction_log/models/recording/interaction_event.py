from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS
from odoo.tools import SQL

from ..base.ui import get_window_action

# What a manager may change
SETTINGS = frozenset(("is_off", "is_recorded"))


class InteractionEvent(models.Model):
    """An event that is recorded by itself, and the companies where it is.

    An addon that brings an event adds a record, and its choice to `event`.
    """

    _name = "interaction.event"
    _description = "Recorded Event"
    _inherit = ["interaction.event.mixin", "interaction.value.mixin"]
    _order = "sequence, id"
    _rec_name = "event"

    event = fields.Selection(required=True, readonly=True)
    sequence = fields.Integer()
    description = fields.Text(
        string="What Is Recorded", required=True, translate=True, readonly=True
    )
    is_off = fields.Boolean(string="Disabled", company_dependent=True, groups=NO_ACCESS)
    is_recorded = fields.Boolean(
        string="Recorded",
        compute="_compute_is_recorded",
        inverse="_inverse_is_recorded",
        help="Disable to stop recording the event for documents of this company. The "
        "rules are not changed.",
    )
    rule_count = fields.Integer(string="Active Rules", compute="_compute_rule_count")
    warning = fields.Text(compute="_compute_warning")

    _event_uniq = models.UniqueIndex("(event)", "This event already exists.")

    @api.depends("is_off")
    @api.depends_context("company")
    def _compute_is_recorded(self):
        # nobody but the addon reads and writes the field that is stored
        for event in self:
            event.is_recorded = not event.sudo().is_off

    def _inverse_is_recorded(self):
        for event in self:
            event.sudo().is_off = not event.is_recorded

    @api.depends_context("company")
    def _compute_rule_count(self):
        counts = self._get_rule_counts()
        for event in self:
            event.rule_count = counts.get(event.event, 0)

    @api.depends("is_recorded", "rule_count")
    def _compute_warning(self):
        for event in self:
            event.warning = (
                event.is_recorded and not event.rule_count and event._get_idle_reason()
            )

    def _get_idle_reason(self):
        """Say why nothing is recorded though the event is switched on.

        Override for an event that something else than a rule records.
        """
        return self.env._("No active rule. Enable one to record this event.")

    @api.model
    def _get_rule_counts(self):
        """Return {event: number of active rules} in the company of the user.

        Override for an event that something else than a rule records.
        """
        return dict(
            self.env["interaction.rule"]._read_group(
                [("company_id", "in", [False, self.env.company.id])],
                ["event"],
                ["__count"],
            )
        )

    @api.model
    def _get_event_selection(self) -> list[tuple[str, str]]:
        """Return the events with their labels, those that addons bring as well."""
        return self._fields["event"]._description_selection(self.env)

    def _drop_event(self):
        # EXTENDS: nothing happens any more that could be recorded
        self.sudo().unlink()

    def write(self, vals):
        if not self.env.su and not vals.keys() <= SETTINGS:
            raise UserError(self.env._("Events can only be enabled or disabled."))
        result = super().write(vals)
        # with it the models of e-mails go, and all that depends on less
        self.env.registry.clear_cache("stable")
        return result

    @api.model
    @tools.ormcache("event")
    def _get_companies_off(self, event):
        """Return the ids of the companies where `event` is not recorded."""
        self.flush_model(["is_off"])
        # one query for all companies: the ORM reads such a field company by company
        return frozenset(
            company_id
            for (company_id,) in self.env.execute_query(
                SQL(
                    """SELECT company.key::int
                    FROM interaction_event event, jsonb_each(event.is_off) company
                    WHERE event.event = %s AND company.value = 'true'""",
                    event,
                )
            )
        )

    @api.model
    @tools.ormcache("event")
    def _is_recorded_somewhere(self, event):
        """Say whether there is a company where `event` is recorded."""
        off = self._get_companies_off(event)
        # the answer is everybody's, whatever companies they see
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        return bool(companies.search_count([("id", "not in", tuple(off))], limit=1))

    @api.model
    def _get_off_reason(self, event, company):
        """Return the sentence that `event` is switched off, or False where it is on."""
        if company.id not in self._get_companies_off(event):
            return False
        return self.env._(
            "The event %(event)s is disabled for %(company)s. Enable it in What Is "
            "Recorded.",
            event=dict(self._get_event_selection())[event],
            company=company.sudo().name,  # that of a document the user sees
        )

    def action_view_rules(self):
        """Open the rules of the event, or what else records it."""
        self.ensure_one()
        return get_window_action(
            self.env,
            "interaction_rule_action",
            domain=[("active", "in", [True, False]), ("event", "=", self.event)],
            context={"interaction_log_document": True, "default_event": self.event},
        )
