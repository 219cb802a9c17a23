from collections.abc import Collection

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Why a contact is left out when its segment is logged
LEFT_OUT = [
    ("deleted", "The contact was deleted"),
    ("twice", "Duplicate in the segment"),
    ("archived", "The contact is archived"),
    ("internal", "Internal contact"),
    ("excluded", "Excluded from segments"),
    ("blacklisted", "Blacklisted"),
    ("no_address", "No address for the channel"),
    ("template", "The template can't be used"),
    ("content", "The content can't be generated"),
    ("stopped", "Logging was stopped"),
]
# Those that the user may choose to log all the same
CHOOSABLE = ("archived", "internal", "excluded", "blacklisted", "no_address")


class InteractionSegmentLine(models.Model):
    """Why nothing is logged with a contact: known before, and what it was then."""

    _inherit = "interaction.segment.line"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    left_out = fields.Selection(
        LEFT_OUT, string="Left Out Reason", readonly=True, copy=False
    )
    left_out_detail = fields.Text(readonly=True, copy=False)
    warning = fields.Selection(
        LEFT_OUT,
        string="Will Be Left Out",
        compute="_compute_warning",
        search="_search_warning",
        help="Why no interaction will be logged with the contact. An address is only "
        "required when e-mails or letters are delivered.",
    )

    @api.model
    def _get_reason_sql(
        self, chosen: Collection[str] = (), deliver: bool = True
    ) -> SQL:
        """Return the SQL of why a line is left out, NULL where it is logged.

        Extend to leave out more, by a reason that is added to the selections `left_out`
        and `warning`: `COALESCE(<super>, CASE WHEN ... THEN 'reason' END)`. It may read
        `line`, `segment`, and by a LEFT JOIN `partner` and `template`.

        :param chosen: which of `CHOOSABLE` are logged all the same
        :param deliver: whether e-mails and letters are made, which need an address
        :return: an expression whose value is one of the selection `left_out`, or NULL
        """
        channel = self._get_line_value("channel").get_sql()
        cases = {
            "deleted": SQL("partner.id IS NULL"),
            "twice": SQL(
                """EXISTS (SELECT FROM %s other
                    WHERE other.partner_id = line.partner_id
                    AND other.segment_id = line.segment_id
                    AND other.is_removed IS NOT TRUE AND other.id < line.id)""",
                SQL.identifier(self._table),
            ),
            "template": SQL("template.active IS FALSE"),
            "archived": SQL("partner.active IS NOT TRUE"),
            "internal": self.env["res.partner"]._get_interaction_internal_sql(
                "partner"
            ),
            "excluded": SQL("partner.interaction_segment_excluded"),
            "blacklisted": SQL(
                """(%s = 'email' AND EXISTS (
                    SELECT FROM mail_blacklist WHERE active
                    AND email = partner.email_normalized))""",
                channel,
            ),
            "no_address": SQL(
                """%(deliver)s AND CASE %(channel)s
                    WHEN 'email' THEN partner.email_normalized IS NULL
                    WHEN 'letter' THEN CONCAT(partner.street, partner.zip,
                        partner.city) = ''
                END""",
                channel=channel,
                deliver=bool(deliver),
            ),
        }
        return SQL(
            "CASE %s END",
            SQL(" ").join(
                SQL(
                    "WHEN %s THEN %s",
                    condition
                    if name not in CHOOSABLE
                    else SQL("line.is_forced IS NOT TRUE AND %s", condition),
                    name,
                )
                for name, condition in cases.items()
                if name not in chosen
            ),
        )

    @api.model
    def _get_reason_query(self, condition, chosen=(), columns=None, deliver=True):
        """Return the SQL that says of lines why they are left out.

        :param SQL condition: on `line`, `partner`, `segment` and `template`
        :param chosen: which of `CHOOSABLE` are logged all the same
        :param bool deliver: see `_get_reason_sql`
        :param SQL columns: what to select beside `reason`; the id of the line if not
            given
        :return: SQL of a SELECT
        """
        return SQL(
            """SELECT %(columns)s, %(reason)s AS reason
            FROM %(table)s line
            JOIN interaction_segment segment ON segment.id = line.segment_id
            LEFT JOIN interaction_template template ON template.id = %(template)s
            LEFT JOIN res_partner partner ON partner.id = line.partner_id
            WHERE %(condition)s""",
            columns=columns or SQL("line.id"),
            reason=self._get_reason_sql(chosen, deliver),
            table=SQL.identifier(self._table),
            template=self._get_line_value("template_id").get_sql(),
            condition=condition,
        )

    def _flush_for_reasons(self):
        self.env.flush_all()

    @api.depends("partner_id", "channel", "template_id", "is_forced")
    def _compute_warning(self):
        reasons = {}
        if self.ids:
            self._flush_for_reasons()
            query = self._get_reason_query(SQL("line.id = ANY(%s)", self.ids))
            reasons = dict(self.env.execute_query(query))
        for line in self:
            line.warning = reasons.get(line._origin.id, False)

    def _search_warning(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_for_reasons()
        reasons = list(value)

        def get_condition(_model, alias, _query):
            # of the lines that are asked for only: it is never read of all segments
            query = self._get_reason_query(
                SQL("line.id = %s", SQL.identifier(alias, "id")), columns=SQL("1")
            )
            return SQL(
                "(SELECT COALESCE(reason, '') FROM (%s) line) = ANY(%s)",
                query,
                [r or "" for r in reasons],
            )

        return Domain.custom(to_sql=get_condition)
