from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...models.base import contact_list
from ...models.base.constants import EVALUATIONS

# How many contacts, or lines of a list, are named in a sentence
NAMED = 5


class InteractionLogRespond(models.TransientModel):
    """Record which contacts of a batch, or of selected interactions, responded.

    Each response is an inbound interaction of its own; together they are a new batch.
    """

    _name = "interaction.log.respond"
    _description = "Record Responses"
    _inherit = ["interaction.value.mixin"]

    batch_id = fields.Many2one("interaction.batch", ondelete="cascade")
    entry_ids = fields.Many2many(
        "interaction.log.entry", string="Selected Interactions"
    )
    # who can have responded
    contact_domain = fields.Char(compute="_compute_contact_domain")
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    partner_ids = fields.Many2many(
        "res.partner",
        string="Who Responded",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
    )
    pasted = fields.Text(
        string="Or Paste a List",
        help="E-mail addresses or references of the contacts, one per line or "
        "separated by commas.",
    )
    unknown_count = fields.Integer(
        string="Not Found", compute="_compute_respondents", help="Lines of the list."
    )
    unknown_names = fields.Char(compute="_compute_respondents")
    skip_unknown = fields.Boolean(string="Ignore")
    respondent_count = fields.Integer(
        string="Responses", compute="_compute_respondents"
    )
    again_count = fields.Integer(
        string="Responded Already", compute="_compute_respondents"
    )
    again_names = fields.Char(
        string="Who Responded Already", compute="_compute_respondents"
    )
    with_again = fields.Boolean(
        string="Record Another Response",
        help="Also record responses of contacts who have already responded to this "
        "campaign.",
    )
    template_id = fields.Many2one(
        "interaction.template",
        required=True,
        ondelete="cascade",
        domain=[("flow", "=", "inbound")],
        default=lambda self: self._default_template_id(),
    )
    campaign_id = fields.Many2one(
        "utm.campaign",
        compute="_compute_campaign_id",
        store=True,
        readonly=False,
        ondelete="cascade",
        help="Campaign the responses are counted for.",
    )
    evaluation = fields.Selection(EVALUATIONS)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    note = fields.Html()

    @api.model
    def _default_template_id(self):
        """Return the inbound template that fits best.

        One that is made for responses; else by e-mail; else any.
        """
        inbound = Domain("flow", "=", "inbound") & self.env[
            "interaction.template"
        ]._get_company_domain(self.env.company)
        for domain in (
            Domain("campaign_response", "=", True),
            Domain("channel", "=", "email"),
            Domain.TRUE,
        ):
            template = self.env["interaction.template"].search(
                inbound & domain, limit=1
            )
            if template:
                return template
        return template

    @api.depends("batch_id", "entry_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = (
                wizard.batch_id.company_id
                or wizard.entry_ids.company_id[:1]
                or self.env.company
            )

    @api.depends("batch_id", "entry_ids")
    def _compute_contact_domain(self):
        for wizard in self:
            wizard.contact_domain = str(wizard._get_contact_domain())

    def _get_contact_domain(self):
        """Return the domain of the contacts who can have responded, as a list."""
        if self.batch_id:
            # as a condition: they may be very many
            contacted = [
                ("batch_id", "=", self.batch_id.id),
                ("state", "=", "logged"),
            ]
        else:
            contacted = [
                ("id", "in", self.entry_ids._origin.ids),
                ("state", "=", "logged"),
            ]
        return [("interaction_ids", "any", contacted)]

    @api.depends("entry_ids")
    def _compute_partner_ids(self):
        for wizard in self:
            wizard.partner_ids = wizard.entry_ids.filtered(
                lambda entry: entry.state == "logged"
            ).partner_id

    @api.depends("batch_id", "entry_ids")
    def _compute_campaign_id(self):
        for wizard in self:
            wizard.campaign_id = wizard._find_campaign()

    def _find_campaign(self):
        """Return the campaign of all that they respond to, if it is one.

        Override where something says it better than the interactions do.

        :return: `utm.campaign`
        """
        campaigns = self.entry_ids.campaign_id
        if self.batch_id:
            rows = self.env["interaction.log.entry"]._read_group(
                [("batch_id", "=", self.batch_id.id)], ["campaign_id"]
            )
            campaigns = campaigns.union(*(campaign for (campaign,) in rows))
        return campaigns if len(campaigns) == 1 else campaigns.browse()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            contact_list.check_text(self.env, vals.get("pasted"))
        return super().create(vals_list)

    def write(self, vals):
        contact_list.check_text(self.env, vals.get("pasted"))
        return super().write(vals)

    # ------------------------------------------------------------------
    # Who responded
    # ------------------------------------------------------------------

    @api.depends("partner_ids", "pasted", "campaign_id", "with_again")
    def _compute_respondents(self):
        for wizard in self:
            found, unknown = wizard._find_pasted()
            partners = wizard.partner_ids._origin | found
            again = wizard._filter_responded(partners)
            wizard.unknown_count = len(unknown)
            wizard.unknown_names = self._get_names(unknown)
            wizard.again_count = len(again)
            wizard.again_names = self._get_names(again[:NAMED], len(again))
            wizard.respondent_count = len(
                partners if wizard.with_again else partners - again
            )

    @api.model
    def _get_names(self, names, count=None):
        """Return the first names, and how many more there are."""
        if isinstance(names, models.Model):
            names = names.mapped("display_name")
        count = count or len(names)
        line = "; ".join(names[:NAMED])
        if count > NAMED:
            line += self.env._(" and %(count)s more", count=count - NAMED)
        return line

    def _find_pasted(self):
        """Find the contacts of the list by e-mail or reference.

        :return: (the contacts, the lines that name none of those who were contacted)
        """
        text = self.pasted or ""
        contact_list.check_text(self.env, text)
        headers = contact_list.get_headers(self.env)
        values = contact_list.get_values(
            contact_list.split_rows(text, headers), headers=headers
        )
        if not values:
            return self.env["res.partner"], []
        found = self.env["res.partner"].search_fetch(
            Domain(self._get_contact_domain())
            & contact_list.get_contact_domain(values),
            ["email_normalized", "ref"],
        )
        known = {
            name
            for contact in found
            for name in (contact.email_normalized, contact.ref)
        }
        return found, contact_list.get_unknown(values, known)

    def _filter_responded(self, partners):
        """Return those of the contacts who responded to the campaign already."""
        if not (self.campaign_id and partners):
            return partners.browse()
        Entry = self.env["interaction.log.entry"]
        rows = Entry._read_group(
            Entry._get_counted_domain()
            & Domain("campaign_id", "=", self.campaign_id.id)
            & Domain("campaign_response", "=", True)
            & Domain("partner_id", "in", partners.ids),
            ["partner_id"],
        )
        return partners.browse().union(*(partner for (partner,) in rows))

    # ------------------------------------------------------------------
    # What is recorded
    # ------------------------------------------------------------------

    def action_apply(self):
        """Log one response for each contact, all or none.

        :return: the action that announces them, with *Undo*
        :raises UserError: where nobody is chosen, or a line of the list names nobody
        :raises AccessError: where the user may not see what they respond to
        """
        self.ensure_one()
        (self.batch_id or self.entry_ids).check_access("read")
        if self.unknown_count and not self.skip_unknown:
            raise UserError(
                self.env._(
                    "Not found among the contacts: %(names)s. Correct the list or "
                    "choose to ignore them.",
                    names=self.unknown_names,
                )
            )
        partners = self._get_respondents()
        name = self._get_subject()
        batch = self.env["interaction.batch"].create(
            {"name": name, "company_id": self.company_id.id}
        )
        # users write no batch; this one is theirs, and they see that of the contacts
        batch.sudo().response_of_id = self._get_answered_batch()
        vals = self._prepare_vals(name, batch)
        return (
            self.env["interaction.log.entry"]
            .log_interactions(
                [{**vals, "partner_id": partner.id} for partner in partners]
            )
            ._get_announcement()
        )

    def _get_respondents(self):
        """Return the contacts whose responses are recorded.

        :raises UserError: where there is none, or one was never contacted
        """
        found, _unknown = self._find_pasted()
        partners = self.partner_ids | found
        if not partners:
            raise UserError(
                self.env._("Choose the contacts who responded or paste a list.")
            )
        contacted = partners.with_context(active_test=False).search(
            Domain("id", "in", partners.ids) & Domain(self._get_contact_domain())
        )
        if strangers := partners - contacted:
            raise UserError(
                self.env._(
                    "These contacts were not contacted: %(names)s. Log an interaction "
                    "with them instead.",
                    names=self._get_names(strangers[:NAMED], len(strangers)),
                )
            )
        if not self.with_again:
            again = self._filter_responded(partners)
            if again == partners:
                raise UserError(
                    self.env._(
                        "These contacts have already responded to %(campaign)s: "
                        "%(names)s.",
                        campaign=self.campaign_id.display_name,
                        names=self._get_names(again[:NAMED], len(again)),
                    )
                )
            partners -= again
        return partners

    def _get_answered_batch(self):
        """Return the batch that they respond to, if it is one."""
        batches = self.batch_id or self.entry_ids.batch_id
        return batches if len(batches) == 1 else batches.browse()

    def _get_subject(self):
        """Return what the responses are about: what was logged with the contacts."""
        name = self.batch_id.name
        if not name:
            names = set(self.entry_ids.mapped("name"))
            name = names.pop() if len(names) == 1 else self.campaign_id.display_name
        return (
            self.env._("Response: %(name)s", name=name)
            if name
            else self.template_id.name
        )

    def _prepare_vals(self, name: str, batch: models.BaseModel) -> api.ValuesType:
        """Return the values of each response; override to say more."""
        vals = {
            "template_id": self.template_id.id,
            "name": name,
            "batch_id": batch.id,
            "company_id": self.company_id.id,
            "date": self.date,
            "flow": "inbound",
            "initiated_by": "them",
            "evaluation": self.evaluation,
            "campaign_id": self.campaign_id.id,
            "campaign_target": False,
            "campaign_response": bool(self.campaign_id),
        }
        if self.note:
            vals["note"] = self.note
        return vals
