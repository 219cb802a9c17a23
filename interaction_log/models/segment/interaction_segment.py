from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.constants import CHANNELS, FLOWS, INITIATORS
from ..base.create_values import get_given_names
from ..base.ui import get_window_action

# How many contacts the form shows; a button opens all of them
SHOWN_LINES = 40


class InteractionSegment(models.Model):
    """Contacts that are worked on together, and what will be logged with each of them.

    It is built in steps (`interaction.segment.step`) and logged once. It may have
    100,000 contacts: what concerns all lines is done by the database, in sets.
    """

    _name = "interaction.segment"
    _description = "Segment"
    _inherit = [
        "interaction.former.user.mixin",
        "interaction.value.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "interaction.copy.mixin",
        "interaction.state.mixin",
        "interaction.technical.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True
    _former_user_fields = ("user_id", "log_uid", "create_uid")

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        [("draft", "Open"), ("logging", "Being Logged"), ("logged", "Logged")],
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    # What will be logged
    template_id = fields.Many2one(
        "interaction.template",
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Template used to log the interactions. It can be changed for individual "
        "contacts.",
    )
    subject = fields.Char(
        help="Leave empty to use the subject of the template, in the language of each "
        "contact."
    )
    channel = fields.Selection(
        CHANNELS,
        help="Leave empty to use the preferred channel of each contact or, if not "
        "set, the channel of the template.",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        help="Leave empty to use the language of each contact.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index=True,
        ondelete="set null",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Leave empty to use the salesperson of each contact.",
    )
    flow = fields.Selection(
        FLOWS,
        string="Information Flow",
        compute="_compute_flow",
        store=True,
        readonly=False,
    )
    initiated_by = fields.Selection(
        INITIATORS, compute="_compute_initiated_by", store=True, readonly=False
    )
    duration = fields.Float(
        compute="_compute_duration",
        store=True,
        readonly=False,
        help="Duration of each interaction, in hours.",
    )
    currency_id = fields.Many2one("res.currency", related="company_id.currency_id")
    cost = fields.Monetary(
        compute="_compute_cost",
        store=True,
        readonly=False,
        help="Cost of each interaction.",
    )
    campaign_id = fields.Many2one(
        "utm.campaign",
        compute="_compute_campaign_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="set null",
    )
    campaign_target = fields.Boolean(
        compute="_compute_campaign_target", store=True, readonly=False
    )
    campaign_response = fields.Boolean(
        compute="_compute_campaign_response", store=True, readonly=False
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        bypass_search_access=True,
        help="Files added to each interaction, in addition to the files of the "
        "template.",
    )
    # With whom
    line_ids = fields.One2many(
        "interaction.segment.line",
        "segment_id",
        domain=[("is_removed", "=", False)],
        copy=False,
    )
    line_count = fields.Integer(
        string="Contacts", compute="_compute_line_count", store=True, readonly=True
    )
    shown_line_ids = fields.Many2many(
        "interaction.segment.line",
        string="First Contacts",
        compute="_compute_shown_line_ids",
    )
    step_ids = fields.One2many("interaction.segment.step", "segment_id", copy=False)
    batch_ids = fields.One2many("interaction.batch", "segment_id")
    interaction_count = fields.Integer(
        string="Interactions",
        compute="_compute_interaction_count",
        help="Canceled interactions and drafts are not counted.",
    )

    @api.depends("line_ids", "line_ids.is_removed")
    def _compute_line_count(self):
        Line = self.env["interaction.segment.line"].sudo()  # all count, whoever asks
        counts = dict(
            Line._read_group(
                [("segment_id", "in", self.ids), ("is_removed", "=", False)],
                ["segment_id"],
                ["__count"],
            )
        )
        for segment in self:
            segment.line_count = counts.get(segment._origin, 0)

    @api.depends("line_ids", "line_ids.is_removed")
    def _compute_shown_line_ids(self):
        for segment in self:
            segment.shown_line_ids = self.env["interaction.segment.line"].search(
                [("segment_id", "=", segment._origin.id), ("is_removed", "=", False)],
                limit=SHOWN_LINES,
            )

    def _get_template_vals(self):
        """Return what the template says of an interaction of the segment."""
        self.ensure_one()
        if not self.template_id:
            return {}
        return self.env["interaction.log.entry"]._prepare_log_vals(
            {"date": fields.Datetime.now(), "event": "segment"},
            self.template_id,
            self.env["res.partner"],
            self.company_id or self.env.company,
        )

    def _get_templates(self):
        """Return the templates of the segment and of its lines."""
        self.env["interaction.segment.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT template_id FROM interaction_segment_line
                WHERE segment_id = %s AND template_id IS NOT NULL""",
                self.id,
            )
        )
        return self.template_id | self.template_id.browse(id_ for (id_,) in rows)

    # One method for each field: the ORM computes none of a method's fields when a
    # new record says one of them.

    @api.depends("template_id")
    def _compute_flow(self):
        self._compute_from_template("flow")

    @api.depends("template_id")
    def _compute_initiated_by(self):
        self._compute_from_template("initiated_by")

    @api.depends("template_id")
    def _compute_duration(self):
        self._compute_from_template("duration")

    @api.depends("template_id")
    def _compute_cost(self):
        self._compute_from_template("cost")

    @api.depends("template_id")
    def _compute_campaign_id(self):
        self._compute_from_template("campaign_id")

    @api.depends("template_id")
    def _compute_campaign_target(self):
        self._compute_from_template("campaign_target")

    @api.depends("template_id")
    def _compute_campaign_response(self):
        self._compute_from_template("campaign_response")

    def _compute_from_template(self, name):
        for segment in self:
            segment[name] = segment._get_template_vals().get(name, False)

    def _check_open(self):
        """Raise an error unless the user may change the segments.

        :raises UserError: where one is logged, or being logged
        :raises AccessError: where one is somebody else's
        """
        self.check_access("write")
        for segment in self:
            if segment.state != "draft":
                raise UserError(
                    self.env._(
                        "%(name)s is already logged and can't be changed. Create a "
                        "follow-up segment or duplicate it.",
                        name=segment.name,
                    )
                )

    def _lock(self):
        """Let nobody else change the segment until this transaction ends.

        :raises UserError: where somebody else is changing it at this moment
        """
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "Another user is working on %(name)s. Try again in a minute.",
                    name=self.name,
                )
            )
        self.invalidate_recordset(["state"])

    def _update_line_count(self):
        """Count the lines anew after SQL changed them past the ORM."""
        self.env["interaction.segment.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])
        self.env.add_to_compute(self._fields["line_count"], self)
        self.flush_recordset(["line_count"])

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        # EXTENDS base: the form asks before it changes what lines follow
        result = super().fields_get(allfields, attributes)
        for value in self.env["interaction.segment.line"]._get_line_values():
            if value.is_followed and value.segment in result:
                result[value.segment]["is_followed"] = True
        return result

    def keep_lines(self, names):
        """Let lines that follow the segment keep what it says now, and follow no more.

        Called before the segment is changed, where the user wants to change it for
        contacts to come only.

        :param list names: the fields of the segment that will change
        """
        self._check_open()
        Line = self.env["interaction.segment.line"]
        names = names if isinstance(names, list) else []
        columns, values = [], []
        for value in Line._get_line_values():
            # a change of the template changes all of them
            if value.is_followed and (value.segment in names or "template_id" in names):
                said = value.get_said_sql()
                columns.append(value.own)
                values.append(said)
                if value.has_own:
                    columns.append(value.has_own)
                    values.append(SQL("%s IS NOT NULL", said))
        if not columns:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE %s line SET (%s) = ROW(%s) FROM interaction_segment segment
                WHERE segment.id = line.segment_id AND segment.id = ANY(%s)""",
                SQL.identifier(Line._table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(values),
                self.ids,
            )
        )
        self._update_line_count()

    @api.model_create_multi
    def create(self, vals_list):
        self._check_server_fields(get_given_names(self, vals_list))
        return super().create(vals_list)

    def write(self, vals):
        self._check_server_fields(set(vals))
        said = self.env["interaction.segment.line"]._get_line_values()
        facts = {"attachment_ids", "line_ids", *(value.segment for value in said)}
        if facts & vals.keys() and not self.env.su:
            self._check_open()
        return super().write(vals)

    def _check_server_fields(self, given):
        """Raise an AccessError where a client says what only logging may say.

        :param set given: names of fields
        """
        names = sorted(
            name
            for name in given
            if name == "state" or name.startswith(("log_", "left_out", "is_paused"))
        )
        if names and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(fields)s can't be set directly. Log the segment instead.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in names
                        if name in self._fields
                    ),
                )
            )

    @api.constrains("cost", "duration")
    def _check_numbers(self):
        for segment in self:
            segment._check_number("cost", segment.cost)
            segment._check_number("duration", segment.duration)

    def _check_number(self, name, value):
        """Raise a ValidationError where the log would refuse a number."""
        errors = self.env["interaction.log.entry"]._get_value_errors(name, value, {})
        if errors:
            raise ValidationError(errors[0])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_logged(self):
        for segment in self:
            if segment.state == "logging":
                raise UserError(
                    self.env._(
                        "%(name)s is being logged. Stop logging first.",
                        name=segment.name,
                    )
                )
            if segment.sudo().batch_ids:  # of whichever company
                raise UserError(
                    self.env._(
                        "%(name)s can't be deleted because interactions were logged "
                        "for it. Archive it instead.",
                        name=segment.name,
                    )
                )

    def copy(self, default=None):
        # EXTENDS: the contacts come along, by the database, and with them the steps
        copies = super().copy(default)
        for segment, new in zip(self, copies, strict=True):
            self.env["interaction.segment.line"]._copy_lines(segment, new)
            new._update_line_count()
        return copies

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_preview(self):
        """Show what the first contact of the segment gets.

        :raises UserError: where there is none, or no template
        """
        self.ensure_one()
        line = self.env["interaction.segment.line"].search(
            [("segment_id", "=", self.id), ("is_removed", "=", False)],
            order="id",
            limit=1,
        )
        if not line:
            raise UserError(
                self.env._(
                    "%(name)s has no contacts. Add contacts first.", name=self.name
                )
            )
        return line.action_preview()

    def action_view_lines(self):
        """Open the contacts of the segment."""
        return self._get_lines_action([("is_removed", "=", False)])

    def action_view_removed(self):
        """Open the contacts that were taken out of the segment."""
        return self._get_lines_action([("is_removed", "=", True)])

    def action_view_left_out(self):
        """Open the contacts with which nothing was logged, and why."""
        return self._get_lines_action(
            [("is_removed", "=", False), ("left_out", "!=", False)]
        )

    def _get_lines_action(self, domain):
        self.ensure_one()
        return get_window_action(
            self.env,
            "interaction_segment_line_action",
            domain=[("segment_id", "=", self.id), *domain],
            context={
                "default_segment_id": self.id,
                # which columns a list has, the web client finds by nothing else
                "interaction_log_is_logged": self.state != "draft",
            },
            display_name=self.name,
        )

    @api.depends("batch_ids.entry_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_interaction_count(self):
        Entry = self.env["interaction.log.entry"]
        counts = defaultdict(int)
        for batch, count in Entry._read_group(
            Entry._get_counted_domain() & Domain("batch_id", "in", self.batch_ids.ids),
            ["batch_id"],
            ["__count"],
        ):
            counts[batch.segment_id.id] += count
        for segment in self:
            segment.interaction_count = counts[segment._origin.id]

    def action_view_interactions(self):
        """Open the interactions that were logged with the segment."""
        return self.env["interaction.log.entry"]._get_action(
            [("batch_id.segment_id", "in", self.ids)]
        )

    def action_view_batch(self):
        """Open what was logged with the segment, to cancel it or to follow it up.

        :raises UserError: where nothing was logged
        """
        self.ensure_one()
        if not self.batch_ids:
            raise UserError(self.env._("%(name)s is not logged yet.", name=self.name))
        return self.batch_ids._get_records_action(name=self.name)
