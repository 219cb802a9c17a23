from psycopg2 import DataError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..base import contact_list
from ..base.ui import get_notification_action

# How the database refuses a value; what has a NUL does not even reach it
VALUE_ERRORS = (DataError, ValueError, OverflowError)


class InteractionSegmentStep(models.Model):
    """Contacts that came into a segment, or went, by some conditions.

    A step of a segment is applied when it is created, and undone by
    `interaction.segment.action_go_back`, the last one first. A step of saved criteria
    is what a step of a segment will be made of.

    Its conditions all have to be met; which contacts meet them is said in
    `interaction_segment_step_conditions.py` and the files beside it.
    """

    _name = "interaction.segment.step"
    _description = "Segment Step"
    _inherit = ["interaction.value.mixin", "interaction.former.user.mixin"]
    _order = "id"
    _former_user_fields = ("create_uid",)

    segment_id = fields.Many2one(
        "interaction.segment", index="btree_not_null", ondelete="cascade"
    )
    criteria_id = fields.Many2one(
        "interaction.segment.criteria",
        string="Saved Criteria",
        index="btree_not_null",
        ondelete="cascade",
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    currency_id = fields.Many2one("res.currency", compute="_compute_company_id")
    is_applied = fields.Boolean(compute="_compute_is_applied")
    operation = fields.Selection(
        [
            ("add", "Add"),
            ("reduce", "Reduce"),
            ("refine", "Refine"),
            ("refresh", "Refresh"),
        ],
        required=True,
        default="add",
        help="Add adds the matching contacts, Reduce removes them, Refine keeps only "
        "them, Refresh runs the previous steps again on current data.",
    )
    # How far it goes
    expand_companies = fields.Boolean(
        help="Also match the contacts of matching companies. Reduce and Refine remove "
        "or keep the entire company of each matching contact.",
    )
    add_companies = fields.Boolean(
        string="Add the Company of Each Person",
    )
    include_existing = fields.Boolean(
        string="Include Existing Contacts",
        help="Reset contacts already in the segment to its values. Undoing this step "
        "brings their own values back.",
    )
    ignore_exclusion = fields.Boolean(
        string="Include Excluded Contacts",
        help="Add contacts even if they are excluded from segments on their form.",
    )
    # How it went
    added_count = fields.Integer(string="Added", readonly=True, copy=False)
    renewed_count = fields.Integer(
        string="Reset",
        readonly=True,
        copy=False,
        help="Contacts already in the segment whose own values were reset.",
    )
    removed_count = fields.Integer(string="Removed", readonly=True, copy=False)
    excluded_count = fields.Integer(
        string="Excluded",
        readonly=True,
        copy=False,
        help="Matching contacts that are excluded from segments on their form.",
    )
    unknown_count = fields.Integer(
        string="Unknown",
        readonly=True,
        copy=False,
        help="Number of values in the list that match no contact.",
    )
    unknown_list = fields.Text(
        readonly=True, copy=False, help="Values in the list that match no contact."
    )
    # What it would do, while it is filled in
    match_count = fields.Integer(string="Matching", compute="_compute_match")
    match_message = fields.Char(string="Expected Result", compute="_compute_match")
    is_broken = fields.Boolean(compute="_compute_match")
    is_for_all = fields.Boolean(
        compute="_compute_match", help="The step has no conditions."
    )
    summary = fields.Char(compute="_compute_summary")

    @api.depends("segment_id", "criteria_id")
    def _compute_company_id(self):
        for step in self:
            owner = step.segment_id or step.criteria_id
            step.company_id = owner.company_id or self.env.company
            step.currency_id = step.company_id.currency_id

    @api.depends("segment_id")
    def _compute_is_applied(self):
        for step in self:
            step.is_applied = bool(step._origin and step.segment_id)

    @api.depends(lambda self: self._get_condition_fields())
    def _compute_match(self):
        for step in self:
            step.match_count, step.match_message, step.is_broken = 0, False, False
            step.is_for_all = False
            if step.is_applied:
                continue
            try:
                step._check_conditions()
                step._check_useful()
                step.is_for_all = step._is_for_all()
                # a value that the database refuses must not end the transaction
                with self.env.cr.savepoint(flush=False):
                    step.match_count, step.match_message = step._preview()
            except (UserError, *VALUE_ERRORS) as error:
                step.match_message = step._get_error_message(error)
                step.is_broken = True

    @api.depends(lambda self: self._get_condition_fields())
    def _compute_summary(self):
        for step in self:
            if step.operation == "refresh":
                step.summary = self.env._("The steps were run again")
            else:
                step.summary = " · ".join(step._describe()) or self.env._(
                    "All contacts"
                )

    @api.depends("operation", "summary")
    def _compute_display_name(self):
        labels = dict(self._fields["operation"]._description_selection(self.env))
        for step in self:
            step.display_name = self.env._(
                "%(operation)s: %(summary)s",
                operation=labels.get(step.operation),
                summary=step.summary or "",
            )

    @api.constrains("segment_id", "criteria_id", "operation")
    def _check_owner(self):
        for step in self:
            if bool(step.segment_id) == bool(step.criteria_id):
                raise ValidationError(
                    self.env._(
                        "A step must belong to either a segment or saved criteria."
                    )
                )
            if step.criteria_id and step.operation == "refresh":
                raise ValidationError(
                    self.env._("Saved criteria can't contain a refresh.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            contact_list.check_text(self.env, vals.get("list_text"))
        steps = super().create(vals_list)
        for step in steps:
            # a step can't be written by a user
            step.sudo().used_conditions = sorted(
                {*(step.used_conditions or ()), *step._get_given_conditions()}
            )
            if step.segment_id:
                step._apply()
        return steps

    def write(self, vals):
        if not self.env.su and (
            {"segment_id", "criteria_id"} & vals.keys() or self.segment_id
        ):
            raise UserError(
                self.env._(
                    "An applied step can't be changed. Undo it and add a new one."
                )
            )
        contact_list.check_text(self.env, vals.get("list_text"))
        result = super().write(vals)
        if set(vals) & set(self._get_condition_fields()):
            for step in self.sudo():
                step.used_conditions = step._get_given_conditions()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if not self.env.su and self.segment_id:
            raise UserError(
                self.env._("Use Undo Last Step on the segment to undo a step.")
            )

    # ------------------------------------------------------------------
    # Applying
    # ------------------------------------------------------------------

    def _apply(self):
        """Do what the step says to its segment, and keep how many came and went.

        :raises UserError: where its conditions are wrong, the segment is logged or
            somebody else is changing it; then nothing is written
        :raises AccessError: where the segment is somebody else's
        """
        self.ensure_one()
        self.segment_id._lock()
        self.segment_id._check_open()
        self._check_conditions()
        self._check_useful()
        try:
            vals = self.segment_id._apply_step(self)
        except VALUE_ERRORS as error:
            raise UserError(self._get_error_message(error)) from error
        # who may change the segment may apply a step, but not rewrite one
        self.sudo().write({**vals, **self._get_unknown_vals()})
        self.segment_id._update_line_count()

    def _get_error_message(self, error):
        """Return what an error says to who fills in the step."""
        if isinstance(error, VALUE_ERRORS):
            return self.env._(
                "The contact filter contains an invalid value: %(error)s.",
                error=str(error).splitlines()[0].rstrip("."),
            )
        return " ".join(str(error).split())

    def _preview(self):
        """Return how many contacts match, and a sentence on what the step will do.

        :return: tuple (int, str)
        """
        self.ensure_one()
        segment, line = self.segment_id._origin, self.env["interaction.segment.line"]
        self.env.flush_all()
        [(matching, present, lines, excluded)] = segment._execute_bulk_query(
            SQL(
                """SELECT COUNT(*), COUNT(live.partner_id),
                    COALESCE(SUM(live.count), 0),
                    COUNT(*) FILTER (WHERE partner.interaction_segment_excluded
                        AND live.partner_id IS NULL)
                FROM %(matching)s matching
                JOIN res_partner partner ON partner.id = matching.id
                LEFT JOIN (SELECT partner_id, COUNT(*) FROM %(line)s
                    WHERE segment_id = %(segment)s AND is_removed IS NOT TRUE
                    GROUP BY partner_id) live ON live.partner_id = partner.id""",
                matching=self._find_contacts_sql(),
                line=SQL.identifier(line._table),
                segment=segment.id or None,
            )
        )
        env = self.env
        if not segment:
            return matching, env._("Matching contacts: %(count)s", count=matching)
        if self.operation == "reduce":
            return matching, env._(
                "Contacts to remove: %(count)s",
                count=int(lines),
            )
        if self.operation == "refine":
            return matching, env._(
                "Contacts to keep: %(kept)s, contacts to remove: %(gone)s",
                kept=int(lines),
                gone=max(segment.line_count - int(lines), 0),
            )
        if self.ignore_exclusion:
            excluded = 0
        parts = [
            env._(
                "Contacts to add: %(count)s",
                count=matching - present - excluded,
            )
        ]
        if present:
            parts.append(env._("already in the segment: %(count)s", count=present))
        if excluded:
            parts.append(env._("excluded from segments: %(count)s", count=excluded))
        return matching, ", ".join(parts)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_done(self):
        """Say what the steps did, and close their dialog."""
        return get_notification_action(
            self._get_result_message(),
            "success" if self._has_result() else "warning",
            sticky=bool(sum(self.mapped("unknown_count"))),
            next={"type": "ir.actions.act_window_close"},
        )

    def _has_result(self):
        """Return whether anybody came or went by the steps."""
        return any(
            step[name]
            for step in self
            for name in ("added_count", "renewed_count", "removed_count")
        )

    def _get_result_message(self):
        """Return a sentence on who came and went by the steps."""
        labels = dict(self._fields["operation"]._description_selection(self.env))
        messages = [
            self.env._(
                "%(operation)s: %(result)s",
                operation=labels[step.operation],
                result=step._get_result(),
            )
            if len(self) > 1
            else step._get_result()
            for step in self
        ]
        return "\n".join(messages)

    def _get_result(self):
        self.ensure_one()
        env = self.env
        texts = {
            "added_count": env._("contacts added: %(count)s", count=self.added_count),
            "renewed_count": env._(
                "contacts reset: %(count)s", count=self.renewed_count
            ),
            "removed_count": env._(
                "contacts removed: %(count)s", count=self.removed_count
            ),
            "excluded_count": env._(
                "excluded from segments: %(count)s", count=self.excluded_count
            ),
            "unknown_count": env._(
                "unknown values in the list, see the step: %(count)s",
                count=self.unknown_count,
            ),
        }
        parts = [text for name, text in texts.items() if self[name]]
        if not self._has_result():
            parts.insert(0, env._("no contacts were added or removed"))
        text = ", ".join(parts)
        return text[:1].upper() + text[1:]

    def action_view(self):
        """Open the step."""
        self.ensure_one()
        return self._get_records_action(name=self.summary, target="new")

    def _copy_conditions(self):
        """Return the values of another step that does the same."""
        self.ensure_one()
        [vals] = self.copy_data({"segment_id": False, "criteria_id": False})
        return vals | {"used_conditions": self.used_conditions}
