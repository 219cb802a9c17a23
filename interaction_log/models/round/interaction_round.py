from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime, html2plaintext

from ..base.constants import EVALUATIONS, OUTCOMES
from .interaction_segment_line import CLAIM

# What the user enters during a call
ENTERED = (
    "outcome",
    "evaluation",
    "note",
    "follow_up_type_id",
    "follow_up_summary",
    "follow_up_date",
    "follow_up_user_id",
)
# What else a client can say
CLIENT_FIELDS = frozenset((*ENTERED, "again_date", "with_phone"))
# When a contact is called back, unless the user says otherwise
AGAIN = timedelta(hours=1)


class InteractionRound(models.Model):
    """The page on which a user calls the contacts of a segment, one at a time.

    A user has one for each segment. It shows the contact that the user has claimed (see
    the line of the segment) and keeps what is entered: Odoo saves a form that is left
    or closed, so that it is there again.
    """

    _name = "interaction.round"
    _description = "Call Round"
    _inherit = [
        "interaction.value.mixin",
        "interaction.follow.up.mixin",
        "interaction.technical.mixin",
    ]
    _order = "id desc"
    _rec_name = "segment_id"

    segment_id = fields.Many2one(
        "interaction.segment", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="segment_id.company_id", store=True, precompute=True
    )
    user_id = fields.Many2one(
        "res.users", string="Caller", required=True, index=True, ondelete="cascade"
    )
    with_phone = fields.Boolean(
        string="Skip Contacts Without a Number",
        default=True,
        help="Only call contacts that have a phone number or whose company has one.",
    )
    # The contact on the page; merging contacts changes it, removing the line doesn't
    line_id = fields.Many2one(
        "interaction.segment.line",
        string="Contact of the Segment",
        index="btree_not_null",
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="set null",
        context={"active_test": False},
    )
    start_date = fields.Datetime(
        string="Since", help="When the contact was opened: the call is timed from here."
    )
    # the contact before, whose call can be undone
    last_line_id = fields.Many2one(
        "interaction.segment.line", index="btree_not_null", ondelete="set null"
    )
    # What the user enters
    outcome = fields.Selection(OUTCOMES)
    evaluation = fields.Selection(EVALUATIONS)
    note = fields.Text()
    again_date = fields.Datetime(string="Call Back At")
    # What is known of the contact
    partner_phone = fields.Char(related="partner_id.phone", string="Phone")
    company_phone = fields.Char(
        related="partner_id.commercial_partner_id.phone", string="Company Phone"
    )
    partner_email = fields.Char(related="partner_id.email", string="E-mail")
    partner_function = fields.Char(related="partner_id.function", string="Job Position")
    commercial_company_name = fields.Char(
        related="partner_id.commercial_company_name", string="Company Name"
    )
    commercial_partner_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Company of the Contact"
    )
    category_ids = fields.Many2many(related="partner_id.category_id", string="Tags")
    # What to say
    script = fields.Html(compute="_compute_script", sanitize=False)
    script_subject = fields.Char(string="Subject", compute="_compute_script")
    has_duration = fields.Boolean(compute="_compute_script", technical=True)
    # How far it is
    state = fields.Selection(
        [("calling", "Calling"), ("waiting", "Waiting"), ("done", "Done")],
        string="Status",
        compute="_compute_progress",
    )
    progress = fields.Float(compute="_compute_progress", help="Percentage called.")
    progress_text = fields.Char(string="Called", compute="_compute_progress")
    last_text = fields.Char(string="Last Call", compute="_compute_last_text")
    results = fields.Char(compute="_compute_summary")
    summary = fields.Char(string="Left", compute="_compute_summary")
    problem = fields.Char(compute="_compute_summary")
    rest_count = fields.Integer(string="Not Called", compute="_compute_progress")
    again_count = fields.Integer(string="To Call", compute="_compute_progress")
    can_log_rest = fields.Boolean(compute="_compute_progress")

    _segment_user_uniq = models.UniqueIndex(
        "(segment_id, user_id)", "You already have this page open. Reload it."
    )

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    @api.depends("line_id", "partner_id")
    @api.depends_context("uid", "lang")
    def _compute_script(self):
        for record in self:
            record.script = record.script_subject = record.has_duration = False
            # what the line says is no secret to who calls its contact
            line = record.sudo().line_id
            if not line.partner_id:
                continue
            vals = line._prepare_logged_vals()
            entry = record.env["interaction.log.entry"].new(
                {
                    **vals,
                    "channel": "phone",
                    "user_id": record.user_id.id,
                    "partner_id": line.partner_id.id,
                    "partner_name": line.partner_id.complete_name,
                    "company_id": line.company_id.id,
                }
            )
            record.has_duration = bool(vals.get("duration"))
            record.script_subject = entry.name
            mail_template = entry.template_id.mail_template_id
            if mail_template:
                try:
                    [(subject, body)] = entry._render_mail(mail_template, [entry])
                except UserError as error:
                    record.script = str(error)
                else:
                    record.script_subject = subject or entry.name
                    record.script = body

    @api.depends("line_id", "segment_id.state")
    @api.depends_context("uid", "lang", "tz")
    def _compute_progress(self):
        for record in self:
            segment = record.segment_id
            counts, date = segment._count_calls()
            done, later, skipped = (
                counts.get(state, 0) for state in ("done", "later", "skipped")
            )
            total = segment.line_count
            text = self.env._("%(done)s of %(total)s", done=done, total=total)
            if later:
                text = self.env._(
                    "%(progress)s, %(count)s to call back", progress=text, count=later
                )
            if skipped:
                text = self.env._(
                    "%(progress)s, %(count)s skipped", progress=text, count=skipped
                )
            if date and not record.line_id and segment.state == "draft":
                text = self.env._(
                    "%(progress)s, next call at %(date)s",
                    progress=text,
                    date=format_datetime(self.env, date, dt_format="short"),
                )
            record.progress_text = text
            record.progress = 100 * done / total if total else 0
            record.rest_count = total - done
            record.again_count = later + skipped
            is_open = segment.state == "draft"
            record.can_log_rest = is_open and segment.has_access("write")
            record.state = "done"
            if record.line_id:
                record.state = "calling"
            elif is_open and record.rest_count:
                record.state = "waiting"

    @api.depends("line_id", "segment_id.state")
    @api.depends_context("lang")
    def _compute_summary(self):
        for record in self:
            record.problem = record.segment_id._get_call_problem()
            record.results = record.summary = False
            if record.line_id:
                continue
            record.results = record._get_results()
            if record.segment_id.state != "draft":
                continue
            segment = record.segment_id
            reasons = segment._count_call_reasons()
            parts = [segment._get_reasons_text(reasons)] if any(reasons) else []
            if users := record._get_others().user_id:
                parts.append(
                    self.env._(
                        "being called by %(users)s",
                        users=", ".join(users.mapped("name")),
                    )
                )
            record.summary = ", ".join(parts)

    @api.depends("last_line_id")
    @api.depends_context("lang")
    def _compute_last_text(self):
        for record in self:
            entry = record._get_last_entry()
            record.last_text = False
            if entry:
                outcomes = dict(
                    entry._fields["outcome"]._description_selection(self.env)
                )
                record.last_text = self.env._(
                    "%(contact)s: %(outcome)s",
                    contact=entry.partner_name,
                    outcome=outcomes.get(entry.outcome) or entry.name,
                )

    def _get_results(self):
        """Return how many calls had which outcome, as one phrase."""
        Entry = self.env["interaction.log.entry"]
        labels = dict(Entry._fields["outcome"]._description_selection(self.env))
        counts = dict(
            Entry._read_group(
                Entry._get_counted_domain()
                & Domain("batch_id", "=", self.segment_id.sudo().call_batch_id.id)
                & Domain("batch_id", "!=", False),
                ["outcome"],
                ["__count"],
            )
        )
        return ", ".join(
            self.env._("%(outcome)s: %(count)s", outcome=label, count=counts[value])
            for value, label in labels.items()
            if value in counts
        )

    def _get_others(self):
        """Return the rounds of other users who have a contact on the page."""
        return (
            self.sudo()  # users see no rounds of others, but who is calling
            .search(
                [
                    ("segment_id", "=", self.segment_id.id),
                    ("id", "!=", self.id),
                    ("line_id", "!=", False),
                ]
            )
            .filtered(lambda other: other._has_claim())
        )

    def _get_last_entry(self):
        """Return what was logged of the contact before, while it can be undone."""
        Entry = self.env["interaction.log.entry"].sudo()  # the user's own
        line = self.last_line_id
        if not line or self.segment_id.state != "draft":
            return Entry
        key = f"{self.segment_id._get_key_prefix()}{line.id}"
        return Entry.search(
            [
                ("source_key", "=", key),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "logged"),
                ("create_uid", "=", self.env.uid),
            ]
        )

    # ------------------------------------------------------------------
    # What is entered
    # ------------------------------------------------------------------

    def write(self, vals):
        self._check_given([vals])
        if not self.env.su:
            if vals.keys() - CLIENT_FIELDS:
                raise AccessError(
                    self.env._("The system records the calls. They can't be changed.")
                )
            # who enters something is there
            self._renew_claims()
        return super().write(vals)

    def _renew_claims(self):
        now = fields.Datetime.now()
        for record in self.sudo().filtered(lambda each: each._holds_line()):
            end = record.line_id.call_claim_date + CLAIM
            if end < now:
                # the time since then is no call
                record.start_date += now - end
            record.line_id.call_claim_date = now

    @api.model
    def _get_max_length(self, field):
        return self.env["interaction.log.entry"]._get_max_length(field)

    def _get_entered(self):
        """Return what the user has entered, as JSON values; {} if that is nothing."""
        vals = {name: value for name, value in self._read_entered().items() if value}
        # the follow-up alone says nothing without its type
        return vals if self._has_entered() else {}

    def _has_entered(self):
        return bool(
            self.outcome or self.evaluation or self.note or self.follow_up_type_id
        )

    def _read_entered(self):
        vals = self._convert_to_write({name: self[name] for name in ENTERED})
        vals["follow_up_date"] = fields.Date.to_string(self.follow_up_date)
        return vals

    @api.model
    def _prepare_entered_vals(self, given):
        """Return the values of a new page: `given` as far as it still fits, else empty.

        Users and types of activities may be gone by now.

        :param dict given: as `_get_entered` returned it, or a false value
        """
        vals = dict.fromkeys(ENTERED, False)
        given = {name: value for name, value in (given or {}).items() if name in vals}
        known = self._browse_given([given])
        for name, value in given.items():
            if not self._find_fault(self._fields[name], value, known):
                vals[name] = value
        return vals

    @api.model
    def _get_logged_vals(self, entry):
        """Return what was entered of a call that was logged and is undone."""
        return {
            "outcome": entry.outcome,
            "evaluation": entry.evaluation,
            "note": html2plaintext(entry.note or ""),
        }
