import re
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import clean_context, float_round

from ...models.base.constants import CHANNELS, EVALUATIONS, FLOWS, INITIATORS, OUTCOMES
from ...models.base.interaction_value_mixin import is_id
from ...models.base.ui import get_notification_action

# Where the note shows an attachment
NOTE_IMAGE = re.compile(r"/web/image/(\d{1,9})\b")


class InteractionLogCreate(models.TransientModel):
    """Log an interaction by hand, with one contact or with several.

    What the template says is filled in and can be changed. Nothing is logged before the
    user says so. An activity that follows can be planned with it.
    """

    _name = "interaction.log.create"
    _description = "Log an Interaction"
    _inherit = ["interaction.value.mixin", "interaction.follow.up.mixin"]

    # With whom, and what
    partner_ids = fields.Many2many(
        "res.partner",
        "interaction_log_create_partner_rel",
        string="Contacts",
        # an archived one is named as the reason why nothing is logged
        context={"active_test": False},
    )
    partner_count = fields.Integer(compute="_compute_partner_count")
    template_id = fields.Many2one("interaction.template", ondelete="cascade")
    name = fields.Char(
        string="Subject", compute="_compute_template_values", store=True, readonly=False
    )
    note = fields.Html()
    # How it goes
    date = fields.Datetime(
        string="When",
        compute="_compute_date",
        store=True,
        readonly=False,
        help="Date of the interaction, not of the log entry.",
    )
    channel = fields.Selection(
        CHANNELS, compute="_compute_template_values", store=True, readonly=False
    )
    flow = fields.Selection(
        FLOWS,
        string="Information Flow",
        compute="_compute_template_values",
        store=True,
        readonly=False,
    )
    initiated_by = fields.Selection(
        INITIATORS, compute="_compute_template_values", store=True, readonly=False
    )
    duration = fields.Float(
        compute="_compute_template_values",
        store=True,
        readonly=False,
        help="Duration in hours.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    cost = fields.Monetary(
        compute="_compute_template_values", store=True, readonly=False
    )
    share = fields.Selection(
        [("full", "Each in full"), ("shared", "Shared among them")],
        string="Cost and Duration",
        required=True,
        default="full",
        help="Log the full cost and duration for each contact, or an equal share.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="cascade",
    )
    # How it went
    evaluation = fields.Selection(EVALUATIONS)
    outcome = fields.Selection(OUTCOMES)
    # What it belongs to
    campaign_id = fields.Many2one(
        "utm.campaign",
        compute="_compute_template_values",
        store=True,
        readonly=False,
        ondelete="cascade",
    )
    campaign_target = fields.Boolean(
        compute="_compute_template_values", store=True, readonly=False
    )
    campaign_response = fields.Boolean(
        compute="_compute_template_values", store=True, readonly=False
    )
    contact_via = fields.Char(
        string="Phone or Address",
        compute="_compute_contact_via",
        store=True,
        readonly=False,
        help="Phone number or address used.",
    )
    # a call goes on: its time is measured
    is_call = fields.Boolean()
    # the drafts that are resumed
    postponed_ids = fields.Many2many(
        "interaction.log.entry", "interaction_log_create_postponed_rel"
    )
    is_resumed = fields.Boolean()
    res_model = fields.Char()
    res_id = fields.Many2oneReference(string="Document", model_field="res_model")
    document_name = fields.Char(string="About", compute="_compute_document_name")
    # What goes with it
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "interaction_log_create_attachment_rel",
        string="Files",
        bypass_search_access=True,
    )
    has_files = fields.Boolean(compute="_compute_has_files")
    with_files = fields.Boolean(
        string="With the Template's Files",
        default=True,
        help="Attach the files that the template has in the contact's language.",
    )
    # What follows
    try_again = fields.Boolean(string="Schedule Another Try", help="Plan another call.")
    follow_up_type_id = fields.Many2one(
        compute="_compute_follow_up_type_id", store=True, readonly=False
    )

    @api.depends("partner_ids")
    def _compute_partner_count(self):
        for wizard in self:
            wizard.partner_count = len(wizard.partner_ids)

    @api.depends("corrects_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = wizard._get_company().currency_id

    def _get_company(self):
        """Return the company that logs it: a correction stays in its own."""
        return self.corrects_id.company_id or self.env.company

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        for wizard in self:
            document = wizard._get_document()
            wizard.document_name = document and document.display_name

    def _get_document(self):
        """Return the document that the user may read, or False."""
        known = self.env["interaction.log.entry"]._find_given_documents(
            [{"res_model": self.res_model, "res_id": self.res_id}]
        )
        return known.get((self.res_model, self.res_id), False)

    @api.depends("template_id")
    def _compute_has_files(self):
        for wizard in self:
            wizard.has_files = bool(wizard.template_id.default_lang_id)

    @api.depends("try_again")
    def _compute_follow_up_type_id(self):
        call_type = self.env["mail.activity.type"].search(
            [("category", "=", "phonecall")], limit=1
        )
        for wizard in self:
            wizard.follow_up_type_id = wizard.try_again and call_type

    def _get_follow_up_summary(self):
        # EXTENDS
        if self.try_again:
            return self.env._("Try again: %(name)s", name=self.name or "")
        return super()._get_follow_up_summary()

    def action_log(self):
        """Log the interaction, one entry for each contact, or save its correction.

        :return: the action that announces it, with *Undo*
        :raises UserError: where something is missing or wrong; nothing is logged
        """
        self.ensure_one()
        if self.is_correction:
            return self._save_correction()
        return self._log()._get_announcement()

    def action_postpone(self):
        """Save what the dialog says as a draft; it counts nowhere until it is logged.

        :raises UserError: where contact or template is missing
        """
        self.ensure_one()
        if self.is_correction:
            raise UserError(self.env._("Save the correction, or discard it."))
        self._log(state="postponed")
        return get_notification_action(
            self.env._("Saved as a draft."),
            next={"type": "ir.actions.act_window_close"},
        )

    @api.model
    def postpone(self, wizard_ids, vals):
        """Save as a draft what a dialog that was closed said; see `action_postpone`.

        :param list wizard_ids: id of the dialog, or none where it was never saved
        :param dict vals: what it said
        """
        if not isinstance(vals, dict):
            raise ValidationError(
                self.env._("Provide the values of the draft as a dictionary.")
            )
        ids = wizard_ids or []
        if not isinstance(ids, list) or len(ids) > 1 or not all(map(is_id, ids)):
            raise ValidationError(self.env._("Provide the ID of one dialog, or none."))
        wizard = self.browse(ids)
        if wizard:
            wizard.write(vals)
        else:
            wizard = self.create(vals)
        return wizard.action_postpone()

    def _log(self, state="logged"):
        """Log what the dialog says; see `action_log`.

        :return: the entries
        """
        self._check_follow_up()
        if not self.partner_ids:
            raise UserError(self.env._("Choose the contact of the interaction."))
        self._check_template()
        if self.is_resumed and not self.postponed_ids.exists():
            raise UserError(
                self.env._("This draft was logged or discarded in the meantime.")
            )
        Entry = self.env["interaction.log.entry"]
        vals = {**self._prepare_vals(), "state": state}
        name = self.name or self.template_id.name
        if state == "postponed":
            # what the template adds is added when it is finished
            vals |= {
                "name": name,
                "note": self.note,
                "attachment_ids": self._get_file_commands(),
                "postponed_vals": self._prepare_postponed_vals(),
            }
        batch = self.env["interaction.batch"]
        if len(self.partner_ids) > 1:
            batch = batch.create({"name": name, "duration": self.duration})
        entries = Entry.log_interactions(
            [
                {**vals, **part, "partner_id": partner.id, "batch_id": batch.id}
                for partner, part in zip(
                    self.partner_ids, self._get_parts(), strict=True
                )
            ]
        )
        if self.with_files and self.attachment_ids and state == "logged":
            entries._add_attachments(self.attachment_ids)
        self._keep_images(entries)
        self.postponed_ids._discard()  # their files were copied above
        if self.follow_up_type_id and state == "logged":
            # what is postponed is planned when it is finished
            self._schedule_follow_up(entries)
        return entries

    def _keep_images(self, entries):
        """Let the images in the note belong to the interaction, no longer to a dialog.

        They would be deleted with the dialog or with the draft.
        """
        ids = [int(id_) for id_ in NOTE_IMAGE.findall(self.note or "")]
        if not ids:
            return
        own = Domain("res_model", "=", self._name) & Domain("res_id", "=", 0)
        draft = Domain("res_model", "=", entries._name) & Domain(
            "res_id", "in", self.postponed_ids.ids
        )
        self.env["ir.attachment"].search(Domain("id", "in", ids) & (own | draft)).write(
            {"res_model": entries._name, "res_id": entries[:1].id}
        )

    def _schedule_follow_up(self, entries: models.BaseModel) -> models.BaseModel:
        """Schedule the activity that follows the interaction, where the user works.

        On the document from which it was logged, else on each contact.

        :param entries: `interaction.log.entry` that was logged, one for each contact
        :return: the activities (`mail.activity`)
        """
        entries = entries.with_context(clean_context(self.env.context))
        return entries._schedule_follow_up(self._prepare_follow_up_vals())

    def _check_template(self):
        if not self.template_id:
            raise UserError(self.env._("Choose the kind of the interaction."))

    def _get_parts(self):
        """Return the values of each contact's part, in their order; together exact."""
        number = len(self.partner_ids)
        if self.share != "shared":
            return [{}] * number
        part = float_round(
            self.cost / number,
            precision_rounding=self.currency_id.rounding,
            rounding_method="DOWN",
        )
        costs = [part] * number
        costs[0] = self.currency_id.round(self.cost - part * (number - 1))
        return [{"cost": cost, "duration": self.duration / number} for cost in costs]

    def _prepare_vals(self) -> api.ValuesType:
        """Return the values of each entry; override to pass more on.

        :return: values as `log_interactions` takes them; `duration` in hours
        """
        vals = {
            "template_id": self.template_id.id,
            "date": self.date or fields.Datetime.now(),
            "duration": self.duration,
            "is_duration_estimated": self._is_duration_estimated(),
            "cost": self.cost,
            "user_id": self.user_id.id,
            "evaluation": self.evaluation,
            "outcome": self.outcome,
            "campaign_id": self.campaign_id.id,
            "campaign_target": self.campaign_target,
            "campaign_response": self.campaign_response,
            "contact_via": self.contact_via,
            "event": self._get_event(),
        }
        # a subject of the user's own; else that of the e-mail text comes before it
        if self.name and self.name != self._get_template_vals().get("name"):
            vals["name"] = self.name
        # what is left empty comes from the template
        for name in ("channel", "flow", "initiated_by", "note", "lang"):
            if self[name] and not (name == "lang" and self.is_correction):
                vals[name] = self[name]
        if self._get_document():
            vals |= {
                "res_model": self.res_model,
                "res_id": self.res_id,
                "document_name": self.document_name,
            }
        if not self.with_files:
            vals["attachment_ids"] = self._get_file_commands()
        return vals

    def _get_event(self):
        """Return what is recorded: a call that was made from here, or what was said."""
        is_call = self.is_call or "call" in self.postponed_ids.mapped("event")
        return "call" if is_call and self.channel == "phone" else "manual"

    def _prepare_postponed_vals(self):
        """Return what the dialog is to say again that no entry says.

        :return: dict of JSON values by field name
        """
        names = (
            "cost",
            "duration",
            "share",
            "with_files",
            "proposed",
            "lang",
            "try_again",
            "follow_up_summary",
        )
        return {
            **{name: self[name] for name in names},
            "follow_up_type_id": self.follow_up_type_id.id,
            "follow_up_date": fields.Date.to_string(self.follow_up_date),
            "follow_up_user_id": self.follow_up_user_id.id,
        }

    @api.model
    def _get_postponed_vals(self, entry):
        """Return what `_prepare_postponed_vals` kept of a draft and still fits.

        Users and types may be gone by now, and a client may have said anything.
        """
        given = entry.postponed_vals or {}
        dialog = self.with_context(clean_context(self.env.context)).new()
        names = dialog._prepare_postponed_vals().keys() & given.keys()
        vals = {name: given[name] for name in names}
        known = self._browse_given([vals])
        return {
            name: value
            for name, value in vals.items()
            if not self._find_fault(self._fields[name], value, known)
        }

    @api.model
    def _find_fault(self, field, value, known):
        if field.type == "json" and value and not isinstance(value, dict):
            return "wrong"
        return super()._find_fault(field, value, known)

    @api.model
    def _get_max_length(self, field):
        return self.env["interaction.log.entry"]._get_max_length(field)

    @api.autovacuum
    def _gc_files(self):
        """Delete the files that were added to a dialog and never logged.

        Those of the last day may belong to one that is still open.
        """
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", 0),
                ("create_date", "<", yesterday),
                ("write_date", "<", yesterday),
            ]
        ).unlink()

    def _get_file_commands(self):
        return [Command.set(self.attachment_ids.ids)]
