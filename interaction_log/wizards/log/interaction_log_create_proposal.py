from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import float_compare

from ...models.log.interaction_log_entry_checks import MAX_DURATION

# What the template proposes
TEMPLATE_FIELDS = (
    "name",
    "channel",
    "flow",
    "initiated_by",
    "duration",
    "cost",
    "campaign_id",
    "campaign_target",
    "campaign_response",
)
# Which field of the contact says how it is reached
ADDRESS_FIELDS = {"phone": "phone", "sms": "phone", "email": "email"}
# What has just ended when it is logged; a call is logged while it goes on
PAST_CHANNELS = ("meeting", "visit")


class InteractionLogCreate(models.TransientModel):
    """What the dialog proposes, until the user says otherwise."""

    _inherit = "interaction.log.create"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        compute="_compute_lang",
        store=True,
        readonly=False,
        help="Language of the text and the files. Leave empty to use the language of "
        "each contact.",
    )
    # what the dialog shows as buttons: dicts of `id`, `name` and `is_favorite`
    kinds = fields.Json(compute="_compute_kinds")
    # what was proposed, to know what the user changed
    proposed = fields.Json(
        compute="_compute_template_values", store=True, readonly=False
    )
    proposed_date = fields.Datetime(compute="_compute_date", store=True, readonly=False)
    proposed_via = fields.Char(
        compute="_compute_contact_via", store=True, readonly=False
    )

    @api.depends("template_id")
    @api.depends_context("uid", "company")
    def _compute_kinds(self):
        suggested = self.env["interaction.template"]._get_suggested()
        for wizard in self:
            wizard.kinds = [
                {
                    "id": template.id,
                    "name": template.name,
                    "is_favorite": template.is_favorite,
                }
                for template in suggested | wizard.template_id._origin
            ]

    @api.depends("template_id", "partner_ids")
    def _compute_template_values(self):
        """Follow the template, but for what the user changed."""
        for wizard in self:
            before = wizard.proposed or {}
            vals = wizard._get_template_vals()
            current = wizard._convert_to_write(
                {name: wizard[name] for name in TEMPLATE_FIELDS}
            )
            for name, value in current.items():
                untouched = (value or False) == (before.get(name) or False)
                wizard[name] = vals.get(name, False) if untouched else value
            wizard.proposed = {name: vals.get(name, False) for name in TEMPLATE_FIELDS}

    def _get_template_vals(self):
        """Return what the template says of an interaction with the first contact."""
        if not self.template_id:
            return {}
        return self.env["interaction.log.entry"]._prepare_log_vals(
            self._prepare_given_vals(),
            self.template_id,
            self.partner_ids[:1]._origin,
            self._get_company(),
        )

    def _prepare_given_vals(self) -> api.ValuesType:
        """Return what the dialog says that other values follow; override to add to it.

        :return: what `_prepare_log_vals` of an entry is to look at
        """
        return {
            # not when it was: that follows from what is returned
            "date": fields.Datetime.now(),
            "document_name": self.document_name,
        }

    @api.depends("channel", "duration")
    def _compute_date(self):
        """Propose that a meeting has just ended, unless the user said when it was."""
        now = fields.Datetime.now()
        for wizard in self:
            if wizard.date and wizard.date != wizard.proposed_date:
                wizard.date = wizard.date
                continue
            hours = 0
            if wizard.channel in PAST_CHANNELS:
                hours = min(max(wizard.duration, 0), MAX_DURATION)
            wizard.date = wizard.proposed_date = now - timedelta(hours=hours)

    @api.depends("channel", "partner_ids")
    def _compute_contact_via(self):
        """Propose the contact's own number or address, unless another one was used."""
        for wizard in self:
            partner = wizard.partner_ids
            name = ADDRESS_FIELDS.get(wizard.channel)
            proposed = len(partner) == 1 and name and partner[name]
            if (wizard.contact_via or False) == (wizard.proposed_via or False):
                wizard.contact_via = proposed
            wizard.proposed_via = proposed

    @api.depends("partner_ids")
    def _compute_lang(self):
        for wizard in self:
            lang = len(wizard.partner_ids) == 1 and wizard.partner_ids.lang
            # one that was archived can't be chosen
            wizard.lang = lang and self.env["res.lang"]._get_code(lang)

    def _is_duration_estimated(self):
        """Say whether the duration is the template's, neither typed nor measured."""

        def is_same(duration):
            return not float_compare(self.duration, duration or 0, precision_digits=4)

        entry = self.corrects_id
        if entry and is_same(entry.duration):
            return entry.is_duration_estimated
        return bool(self.duration) and is_same((self.proposed or {}).get("duration"))
