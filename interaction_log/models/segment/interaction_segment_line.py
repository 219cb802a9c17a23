from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, float_compare

from ..base.constants import CHANNELS
from ..base.create_values import get_given_names
from ..base.ui import get_window_action

# What a client can't say
SERVER_FIELDS = frozenset(
    (
        "is_removed",
        "left_out",
        "left_out_detail",
        "partner_name",
        "removed_step_id",
        "step_id",
    )
)


class InteractionSegmentLine(models.Model):
    """A contact of a segment, and what is different about it.

    What is empty follows the segment. A line that a step or a hand takes out stays, so
    that going back brings it back as it was.
    """

    _name = "interaction.segment.line"
    _description = "Segment Line"
    _inherit = ["interaction.value.mixin", "interaction.technical.mixin"]
    _order = "id"
    _rec_name = "partner_name"
    _check_company_auto = True

    segment_id = fields.Many2one(
        "interaction.segment", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="segment_id.company_id", store=True, precompute=True
    )
    segment_state = fields.Selection(
        related="segment_id.state", string="Status of the Segment"
    )
    # no constraint may name the contact: merging contacts deletes rows that violate one
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index=True,
        ondelete="set null",
        # an archived one is shown, and left out
        context={"active_test": False},
    )
    partner_name = fields.Char(
        string="Contact Name", help="Name of the contact when it was added."
    )
    # How it came and went
    step_id = fields.Many2one(
        "interaction.segment.step",
        string="Added By",
        index="btree_not_null",
        ondelete="set null",
        help="Empty if the contact was added manually.",
    )
    is_removed = fields.Boolean(required=True, default=False, technical=True)
    # empty where the contact was taken out by hand
    removed_step_id = fields.Many2one(
        "interaction.segment.step",
        string="Removed By",
        index="btree_not_null",
        ondelete="set null",
    )
    # What is different from the segment
    template_id = fields.Many2one(
        "interaction.template",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    name = fields.Char(string="Subject")
    channel = fields.Selection(CHANNELS)
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(), string="Language"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        index="btree_not_null",
        ondelete="set null",
        domain=[("share", "=", False)],
    )
    currency_id = fields.Many2one(
        related="segment_id.currency_id", string="Currency of the Segment"
    )
    own_cost = fields.Monetary(technical=True)
    has_own_cost = fields.Boolean(technical=True)
    own_duration = fields.Float(technical=True)
    has_own_duration = fields.Boolean(technical=True)
    cost = fields.Monetary(
        compute="_compute_money_and_time", inverse="_inverse_cost", readonly=False
    )
    duration = fields.Float(
        compute="_compute_money_and_time",
        inverse="_inverse_duration",
        readonly=False,
        help="Duration in hours.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Files",
        bypass_search_access=True,
        help="Files for this contact only.",
    )
    # What becomes of it
    is_forced = fields.Boolean(
        string="Log Anyway",
        help="Log an interaction even if the contact would be left out.",
    )

    # the lines of a segment in their order, by page and by slice; with what the record
    # rule asks, so that the pages before need not be read
    _segment_idx = models.Index(
        "(segment_id, id) INCLUDE (company_id) WHERE is_removed IS NOT TRUE"
    )
    # whether a contact is in a segment; no UNIQUE may name a contact
    _contact_idx = models.Index(
        "(segment_id, partner_id, id) WHERE is_removed IS NOT TRUE"
    )

    @api.model
    def _get_copied_fields(self):
        """Return the names of the fields that a copy of a segment has of its lines."""
        own = {
            name
            for value in self._get_line_values()
            for name in (value.own, value.has_own)
        }
        return {"partner_name", "is_forced", *own}

    @api.model
    def _copy_lines(self, segment, new):
        """Give a new segment the lines of another one, with all that they say."""
        self.flush_model()
        names = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and name in self._get_copied_fields()
        ]
        columns = SQL(", ").join(map(SQL.identifier, names))
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(table)s (segment_id, company_id, is_removed,
                    create_uid, create_date, write_uid, write_date, %(columns)s)
                SELECT %(new)s, %(company)s, FALSE,
                    %(uid)s, %(now)s, %(uid)s, %(now)s, %(columns)s
                FROM %(table)s WHERE segment_id = %(old)s AND is_removed IS NOT TRUE
                ORDER BY id""",
                table=SQL.identifier(self._table),
                columns=columns,
                new=new.id,
                company=new.company_id.id,
                old=segment.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        files = self._fields["attachment_ids"]
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(rel)s (%(line)s, %(file)s)
                SELECT copy.id, rel.%(file)s FROM %(rel)s rel
                JOIN %(table)s line ON line.id = rel.%(line)s
                JOIN %(table)s copy ON copy.segment_id = %(new)s
                    AND copy.partner_id = line.partner_id
                WHERE line.segment_id = %(old)s AND line.is_removed IS NOT TRUE
                ON CONFLICT DO NOTHING""",
                rel=SQL.identifier(files.relation),
                line=SQL.identifier(files.column1),
                file=SQL.identifier(files.column2),
                table=SQL.identifier(self._table),
                new=new.id,
                old=segment.id,
            )
        )

    @api.depends(
        "has_own_cost",
        "own_cost",
        "has_own_duration",
        "own_duration",
        "template_id",
        "segment_id.template_id",
        "segment_id.cost",
        "segment_id.duration",
    )
    def _compute_money_and_time(self):
        for line in self:
            for name in ("cost", "duration"):
                has_own = line[f"has_own_{name}"]
                line[name] = line[f"own_{name}"] if has_own else line._get_default(name)

    def _inverse_cost(self):
        for line in self:
            default = line._get_default("cost")
            line.own_cost = line.cost
            line.has_own_cost = bool(
                (line.currency_id or self.env.company.currency_id).compare_amounts(
                    line.cost, default
                )
            )

    def _inverse_duration(self):
        for line in self:
            default = line._get_default("duration")
            line.own_duration = line.duration
            line.has_own_duration = bool(
                float_compare(line.duration, default, precision_digits=4)
            )

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        if not offset:
            return super().search_fetch(domain, field_names, offset, limit, order)
        # A late page: only what is on it is read, the index has the rest. The last one
        # of 200,000 lines takes 80 ms so, else 190 ms.
        lines = super().search_fetch(domain, [], offset, limit, order)
        lines.fetch(field_names)
        return lines

    @api.model_create_multi
    def create(self, vals_list):
        self._check_given(vals_list)
        self._check_server_fields(get_given_names(self, vals_list))
        partners = self.env["res.partner"].browse(
            {vals["partner_id"] for vals in vals_list if vals.get("partner_id")}
        )
        partners.check_access("read")
        names = {partner.id: partner.complete_name for partner in partners}
        lines = super().create(
            [
                {"partner_name": names.get(vals.get("partner_id")), **vals}
                for vals in vals_list
            ]
        )
        lines._check_open()
        lines._check_duplicates()
        return lines

    def write(self, vals):
        self._check_given([vals])
        self._check_open()
        self._check_server_fields(vals.keys())
        if "segment_id" in vals and not self.env.su:
            raise UserError(
                self.env._(
                    "A contact can't be moved to another segment. Add it to the other "
                    "segment instead."
                )
            )
        if vals.get("partner_id"):
            self.env["res.partner"].browse(vals["partner_id"]).check_access("read")
        result = super().write(vals)
        if {"partner_id", "is_removed"} & vals.keys():
            self._check_duplicates()
        return result

    def _check_server_fields(self, given):
        """Raise an AccessError where a client says what only the system records.

        :param given: names of fields
        """
        if self._get_server_fields() & set(given) and not self.env.su:
            raise AccessError(
                self.env._(
                    "The system records how a contact is added, removed or left out. "
                    "These values can't be changed."
                )
            )

    @api.model
    def _get_server_fields(self) -> frozenset[str]:
        """Return the names of what no client says; override to add your own."""
        return SERVER_FIELDS

    @api.constrains("own_cost", "own_duration", "name")
    def _check_values(self):
        Entry = self.env["interaction.log.entry"]
        for line in self:
            for name, value in (
                ("cost", line.own_cost),
                ("duration", line.own_duration),
                ("name", line.name or line.partner_name or "-"),
            ):
                if errors := Entry._get_value_errors(name, value, {}):
                    raise ValidationError(errors[0])

    @api.ondelete(at_uninstall=False)
    def _unlink_except_logged(self):
        self._check_open()

    def _check_open(self):
        """Raise an error where the segment of a line can't be changed any more."""
        if not self.env.su:
            self.segment_id._check_open()

    def _check_duplicates(self):
        """Raise an error where a contact is in a segment already."""
        self.flush_model(["segment_id", "partner_id", "is_removed"])
        rows = self.env.execute_query(
            SQL(
                """SELECT line.id FROM %(table)s line JOIN %(table)s other
                ON other.segment_id = line.segment_id
                    AND other.partner_id = line.partner_id AND other.id != line.id
                    AND other.is_removed IS NOT TRUE
                WHERE line.id = ANY(%(ids)s) AND line.is_removed IS NOT TRUE LIMIT 1""",
                table=SQL.identifier(self._table),
                ids=self.ids,
            )
        )
        if rows:
            line = self.browse(rows[0])
            raise UserError(
                self.env._(
                    "%(contact)s is already in %(segment)s.",
                    contact=line.partner_id.display_name,
                    segment=line.segment_id.name,
                )
            )

    def action_remove(self):
        """Take the contacts out of the segment by hand; *Put Back* undoes it."""
        self._check_open()
        self.sudo().write({"is_removed": True, "removed_step_id": False})
        self.segment_id._update_line_count()

    def action_put_back(self):
        """Put contacts back that were taken out.

        :raises UserError: where one was added again since
        """
        self._check_open()
        # what is put back by hand stays when the steps run again
        self.sudo().write(
            {"is_removed": False, "removed_step_id": False, "step_id": False}
        )
        self.segment_id._update_line_count()

    def action_preview(self):
        """Show what the contact gets.

        :raises UserError: where no template is chosen
        """
        self.ensure_one()
        template_id = self._prepare_vals().get("template_id")
        if not template_id:
            raise UserError(
                self.env._("Choose a template for %(name)s.", name=self.segment_id.name)
            )
        return get_window_action(
            self.env,
            "interaction_template_preview_action",
            context={
                "default_line_id": self.id,
                "default_template_id": template_id,
            },
        )
