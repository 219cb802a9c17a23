from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..base.constants import CHANNELS, CHOSEN_EVENTS, FLOWS, INITIATORS
from ..base.ui import get_window_action
from . import docx

# Where both are on the line or in the room, no preference changes what it is
PERSONAL_CHANNELS = ("phone", "meeting", "visit")


class InteractionTemplate(models.Model):
    """What an interaction of one kind usually is: how it goes, who starts it, its cost.

    A log entry takes its values from the template when it is logged
    (`_prepare_log_vals` of the entry); changing the template later changes no entry.
    """

    _name = "interaction.template"
    _description = "Interaction Template"
    _inherit = [
        "interaction.value.mixin",
        "interaction.code.mixin",
        "interaction.copy.mixin",
        "interaction.use.mixin",
    ]
    _order = "sequence, name"
    _rec_names_search = ["name", "code"]
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    group_id = fields.Many2one(
        "interaction.group", required=True, index=True, ondelete="restrict"
    )
    sequence = fields.Integer(default=lambda self: self._default_sequence())
    active = fields.Boolean(default=True)
    is_manual = fields.Boolean(
        string="Log Manually",
        default=True,
        help="Offer the template when users log an interaction manually. Automatic "
        "recording, segments and other systems can use it in any case.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="cascade",
        help="Leave empty to share the template between all companies.",
    )
    # How it goes
    channel = fields.Selection(
        CHANNELS,
        required=True,
        default="other",
        help="Channel of the interactions. A contact can have a different preferred "
        "channel.",
    )
    flow = fields.Selection(
        FLOWS,
        string="Information Flow",
        required=True,
        default="outbound",
        help="Direction of the information: from your company to the contact "
        "(outbound) or from the contact to your company (inbound).",
    )
    initiated_by = fields.Selection(
        INITIATORS,
        required=True,
        default="us",
        help="Who starts the interaction. A call from a contact in which you explain "
        "a product is initiated by them, but its information flow is outbound.",
    )
    ignore_contact_channel = fields.Boolean(
        string="Ignore Preferred Channel",
        compute="_compute_ignore_contact_channel",
        store=True,
        precompute=True,
        readonly=False,
        help="Use the channel of the template even if the contact prefers another one.",
    )
    # What it costs
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
        ondelete="restrict",
    )
    unit_cost = fields.Monetary(
        aggregator=None,
        help="Usual cost of one interaction, regardless of its duration.",
    )
    unit_duration = fields.Float(
        string="Duration",
        aggregator=None,
        help="Usual duration of one interaction, in hours.",
    )
    # What it says
    description = fields.Char(
        string="Default Subject",
        translate=True,
        help="Subject of the interaction if none is entered. The name of the document "
        "is added to it.",
    )
    # What goes with it
    file_ids = fields.One2many(
        "interaction.template.file", "template_id", string="Files", copy=True
    )
    default_lang_id = fields.Many2one(
        "res.lang",
        string="Default Language",
        compute="_compute_default_lang_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        domain="[('id', 'in', file_lang_ids)]",
        help="Contacts whose language has no files receive the files in this language.",
    )
    favorite_user_ids = fields.Many2many(
        "res.users", "interaction_template_favorite_user_rel", copy=False
    )
    is_favorite = fields.Boolean(
        compute="_compute_is_favorite",
        search="_search_is_favorite",
        string="Favorite",
        help="Show this template first when logging an interaction.",
    )
    file_lang_ids = fields.Many2many("res.lang", compute="_compute_file_lang_ids")
    can_merge = fields.Boolean(compute="_compute_can_merge")
    # Campaign
    campaign_id = fields.Many2one(
        "utm.campaign",
        index="btree_not_null",
        ondelete="set null",
        help="Campaign of the interactions logged with this template.",
    )
    campaign_target = fields.Boolean(
        compute="_compute_campaign_flags",
        store=True,
        precompute=True,
        readonly=False,
        help="The contact was a target of the campaign.",
    )
    campaign_response = fields.Boolean(
        compute="_compute_campaign_flags",
        store=True,
        precompute=True,
        readonly=False,
        help="The contact responded to the campaign.",
    )

    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)",
        "This code is already in use. Choose another code.",
    )
    _check_unit_cost = models.Constraint(
        "CHECK(unit_cost >= 0)", "The unit cost of a template can't be negative."
    )
    _check_unit_duration = models.Constraint(
        "CHECK(unit_duration >= 0)", "The duration of a template can't be negative."
    )

    @api.model
    def _default_sequence(self):
        """Put a new template last."""
        return self.search([], order="sequence desc", limit=1).sequence + 10

    @api.depends("company_id.currency_id")
    def _compute_currency_id(self):
        # a shared template keeps its currency: the cost is converted when an
        # interaction of another company is logged
        for template in self:
            template.currency_id = (
                template.company_id.currency_id
                or template.currency_id
                or self.env.company.currency_id
            )

    @api.depends("channel")
    def _compute_ignore_contact_channel(self):
        for template in self:
            template.ignore_contact_channel = template.channel in PERSONAL_CHANNELS

    @api.depends("file_ids.lang_id")
    def _compute_default_lang_id(self):
        """Keep the default language while it has a file; else take the first one."""
        for template in self:
            langs = template.file_ids.lang_id
            if template.default_lang_id not in langs:
                template.default_lang_id = langs[:1]
            else:
                template.default_lang_id = template.default_lang_id

    @api.depends("favorite_user_ids")
    @api.depends_context("uid")
    def _compute_is_favorite(self):
        for template in self:
            template.is_favorite = self.env.user in template.favorite_user_ids

    def action_toggle_favorite(self):
        """Make the templates favorites of the user, or favorites no more.

        :raises UserError: where one is archived: it can't be used
        """
        self.check_access("read")
        for template in self:
            if not (template.active or template.is_favorite):
                raise UserError(
                    self.env._(
                        "The template %(template)s is archived. Unarchive it to make "
                        "it a favorite.",
                        template=template.name,
                    )
                )
        # a favorite is the user's own, who need not be allowed to change templates
        for template in self.sudo():
            command = Command.unlink if template.is_favorite else Command.link
            template.favorite_user_ids = [command(self.env.uid)]

    def _search_is_favorite(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("favorite_user_ids", "in", [self.env.uid])]

    @api.depends()  # on nothing but the server
    def _compute_can_merge(self):
        self.can_merge = docx.is_available()

    @api.depends("file_ids.lang_id")
    def _compute_file_lang_ids(self):
        for template in self:
            template.file_lang_ids = template.file_ids.lang_id

    @api.depends("campaign_id")
    def _compute_campaign_flags(self):
        for template in self:
            campaign = bool(template.campaign_id)
            template.campaign_target = campaign and template.campaign_target
            template.campaign_response = campaign and template.campaign_response

    @api.constrains("default_lang_id", "file_ids")
    def _check_default_lang(self):
        for template in self:
            langs = template.file_ids.lang_id
            if langs and not template.default_lang_id:
                raise ValidationError(
                    self.env._(
                        "Choose the default language of the files of %(template)s.",
                        template=template.name,
                    )
                )
            if template.default_lang_id - langs:
                raise ValidationError(
                    self.env._(
                        "The template %(template)s has no file in its default "
                        "language %(language)s. Add one or choose another default "
                        "language.",
                        template=template.name,
                        language=template.default_lang_id.name,
                    )
                )

    @api.constrains("company_id", "currency_id")
    def _check_currency(self):
        for template in self:
            company, currency = template.company_id, template.currency_id
            if company and currency != company.currency_id:
                raise ValidationError(
                    self.env._(
                        "The unit cost of the template %(template)s is in "
                        "%(currency)s, but the currency of %(company)s is "
                        "%(expected)s. Use %(expected)s.",
                        template=template.name,
                        currency=currency.name,
                        company=company.name,
                        expected=company.currency_id.name,
                    )
                )
            if not currency.active:
                raise ValidationError(
                    self.env._(
                        "The currency %(currency)s of the template %(template)s is "
                        "archived. Choose an active currency or unarchive this one.",
                        template=template.name,
                        currency=currency.name,
                    )
                )

    def _check_shared(self):
        """Check that all companies may use the templates.

        For what is of no company itself, such as an activity type.

        :raises ValidationError: names the template
        """
        for template in self.filtered("company_id"):
            raise ValidationError(
                self.env._(
                    "The template %(template)s belongs to %(company)s, but this "
                    "applies to all companies. Choose a template without a company.",
                    template=template.name,
                    company=template.company_id.name,
                )
            )

    @api.constrains("company_id")
    def _check_shared_uses(self):
        for template in self.filtered("company_id"):
            users = template._get_shared_users()
            if users:
                raise ValidationError(
                    self.env._(
                        "The template %(template)s can't be restricted to %(company)s "
                        "because it is used in all companies: %(users)s. Choose "
                        "another template there first.",
                        template=template.name,
                        company=template.company_id.name,
                        users=", ".join(users),
                    )
                )

    def _get_shared_users(self) -> list[str]:
        """Return the names of what is of no company and uses the template.

        A hook: override to add more to them. While there are any, the template can't
        become that of one company (`_check_shared_uses`).
        """
        self.ensure_one()
        return []

    def _is_for_company(self, company):
        """Say whether interactions of `company` may be logged with the template.

        Of no company means of all.
        """
        self.ensure_one()
        return not self.company_id or self.company_id in company.sudo().parent_ids

    @api.model
    def _get_company_domain(self, company):
        """Return the domain of the templates for `company`; see `_is_for_company`."""
        return Domain("company_id", "in", [False, *company.sudo().parent_ids.ids])

    def _get_problem(self, company):
        """Say why the template can't be used for `company` (of no company: for all).

        :return: sentence (str), or False where it can
        """
        self.ensure_one()
        if not self.active:
            return self.env._(
                "The template %(template)s is archived.", template=self.name
            )
        if not self._is_for_company(company):
            return self.env._(
                "The template %(template)s belongs to another company.",
                template=self.name,
            )
        return False

    def _get_channel(self, partner: models.BaseModel, event: str = "manual") -> str:
        """Return the channel of an interaction with `partner`.

        A hook: override to choose otherwise. `_prepare_log_vals` of the log entry calls
        it; segments do the same in SQL.

        The order of precedence, for every source (that of Business Central's
        correspondence type, but for the second, which keeps facts from wishes):

        1. what is said when it is logged (`_prepare_log_vals` gives defaults only),
        2. the template's channel of what is recorded by itself: what was printed was
           printed, whatever the contact prefers,
        3. the template's channel where it ignores the contact's,
        4. the channel that the contact prefers,
        5. the template's channel.

        :param partner: `res.partner`
        :param event: how the interaction is recorded, of `EVENTS`
        :return: of `CHANNELS`
        """
        self.ensure_one()
        if self.ignore_contact_channel or event not in CHOSEN_EVENTS:
            return self.channel
        return partner.interaction_channel or self.channel

    def _get_subject(self, document_name: str | None = None) -> str:
        """Return what an interaction is about, in the language of the context.

        :param document_name: the name of the document it is about, if any
        """
        self.ensure_one()
        return " ".join(filter(None, (self.description or self.name, document_name)))

    def _get_files(self, lang: str | bool) -> models.BaseModel:
        """Return the files for a contact of that language.

        A hook: override to choose otherwise. Called when an interaction is logged,
        previewed or delivered.

        :param lang: the code of a language, such as fr_BE, or False
        :return: `interaction.template.file`
        """
        self.ensure_one()
        if not self.default_lang_id:  # spares the query where there are none
            return self.file_ids.browse()
        return self.file_ids._filter_lang(lang, self.default_lang_id.code)

    def _copy_files(self, files):
        """Copy files of other templates here.

        A file of the same language and name is replaced.

        :param files: `interaction.template.file`
        """
        self.ensure_one()
        replaced = {
            (file.lang_id, file.filename): file
            for file in self._get_replaced_files(files)
        }
        for file in files:
            own = replaced.get((file.lang_id, file.filename))
            if own:
                own.write({"file": file.file, "merge": file.merge})
            else:
                file.copy({"template_id": self.id})

    def _get_replaced_files(self, files):
        """Return the files that copying `files` here replaces."""
        keys = {(file.lang_id, file.filename) for file in files}
        return self.file_ids.filtered(
            lambda file: (file.lang_id, file.filename) in keys
        )

    def action_copy_files(self):
        """Open the dialog that copies files of another template."""
        return self._get_wizard_action("interaction_template_copy_files_action")

    def _get_wizard_action(self, name):
        self.ensure_one()
        return get_window_action(
            self.env, name, context={"default_template_id": self.id}
        )

    def write(self, vals):
        if vals.get("unit_cost") and "currency_id" not in vals:
            # a first cost is meant in the currency of the company where it is typed
            shared = self.filtered(lambda template: not template.company_id)
            shared.filtered(
                lambda template: not template.unit_cost
            ).currency_id = self.env.company.currency_id
        if "file_ids" not in vals or "default_lang_id" in vals:
            return super().write(vals)
        defaults = {template: template.default_lang_id for template in self}
        result = super().write(vals)
        # replacing the only file of the default language is no change of default
        for template, lang in defaults.items():
            if lang in template.file_ids.lang_id:
                template.default_lang_id = lang
        return result

    def unlink(self):
        # where the database deletes the rows of files, their contents stay
        self.file_ids.unlink()
        return super().unlink()
