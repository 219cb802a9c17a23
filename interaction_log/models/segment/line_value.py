"""What a line of a segment says of its entry, each value once.

In Python for one line, in SQL for many. Both ways the first that says something counts:
the line, its segment, its contact; else the template (`_prepare_log_vals` of the log).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from odoo import models
from odoo.tools import SQL


@dataclass(frozen=True)
class LineValue:
    """A value of an entry, as a line of a segment says it.

    The SQL reads `line`, its `segment`, its `partner`, and its `template`: that of the
    line, else of the segment.

    :ivar name: field of `interaction.log.entry`
    :ivar own: field of the line that says it of this contact alone
    :ivar has_own: field of the line that says whether `own` counts, where 0 does, too
    :ivar segment: field of the segment that says it of all its lines
    :ivar any_template: whether the segment says it also of a line that has another
        template of its own; else that template does
    :ivar may_be_empty: whether the segment says it also where its field is empty
    :ivar is_text: whether a text of no characters is none
    :ivar contact: returns what the contact says, where the log would not ask it by
        itself (`_prepare_log_vals`)
    :ivar contact_sql: what the contact says, also where the log asks it by itself
    """

    name: str
    own: str = ""
    has_own: str = ""
    segment: str = ""
    any_template: bool = False
    may_be_empty: bool = False
    is_text: bool = False
    contact: Callable[[models.BaseModel], Any] | None = None
    contact_sql: SQL | None = None

    @property
    def is_followed(self) -> bool:
        """Whether a line follows its segment in this, unless it says otherwise."""
        return bool(self.own and self.segment)

    @property
    def is_personal(self) -> bool:
        """Whether lines of the same template and language may differ in this."""
        return bool(self.own or self.contact_sql)

    def get(
        self, line: models.BaseModel, partner: models.BaseModel, with_own: bool = True
    ) -> Any:
        """Return what is said, or None where the log finds it by itself.

        :param line: `interaction.segment.line`
        :param partner: its contact, as far as the user may know it
        :param with_own: whether what the line says of its own counts
        """
        if with_own and self.own and line[self.has_own or self.own]:
            value = line[self.own]
        elif self._is_said_by_segment(line):
            value = line.segment_id[self.segment]
        else:
            value = self.contact(partner) if self.contact else None
        return value.id if isinstance(value, models.BaseModel) else value

    def _is_said_by_segment(self, line):
        if not self.segment or not (self.any_template or line._has_segment_template()):
            return False
        return self.may_be_empty or bool(line.segment_id[self.segment])

    def get_sql(self, *defaults: SQL) -> SQL:
        """Return the SQL of the value.

        :param defaults: what the template says
        """
        contact = [self.contact_sql] if self.contact_sql else []
        return _coalesce(*self._get_said(), *contact, *defaults)

    def get_said_sql(self) -> SQL:
        """Return the SQL of what line and segment say; NULL where they say nothing."""
        return _coalesce(*self._get_said())

    def _get_said(self):
        if self.own:
            own = self._get_column("line", self.own)
            if self.has_own:
                flag = self._get_column("line", self.has_own)
                own = SQL("CASE WHEN %s THEN %s END", flag, own)
            yield own
        if self.segment:
            said = self._get_column("segment", self.segment)
            if not self.any_template:
                said = SQL(
                    """CASE WHEN line.template_id IS NULL
                        OR line.template_id = segment.template_id THEN %s END""",
                    said,
                )
            yield said

    def _get_column(self, alias, name):
        column = SQL.identifier(alias, name)
        return SQL("NULLIF(%s, '')", column) if self.is_text else column


def _coalesce(*values):
    return SQL("COALESCE(%s)", SQL(", ").join(values))


@dataclass(frozen=True)
class CampaignValue(LineValue):
    """What a segment says of its campaign, also of no campaign while it is followed.

    The same for all lines of a template: it needs no SQL.
    """

    may_be_empty: bool = True

    def _is_said_by_segment(self, line):
        return bool(line.segment_id.campaign_id) or super()._is_said_by_segment(line)


class EstimateValue(LineValue):
    """Whether the duration is the template's, for each line with its own template."""

    @property
    def is_personal(self) -> bool:
        return True

    def get(self, line, partner, with_own=True):
        said = DURATION.get(line, partner, with_own)
        if said is None:
            return None
        template = line.template_id or line.segment_id.template_id
        return bool(said) and said == template.unit_duration

    def get_sql(self, *defaults):
        return SQL(
            """COALESCE(template.unit_duration > 0 AND template.unit_duration
            = COALESCE(%s, template.unit_duration), FALSE)""",
            DURATION.get_said_sql(),
        )


DURATION = LineValue(
    "duration",
    own="own_duration",
    has_own="has_own_duration",
    segment="duration",
    may_be_empty=True,
)

LINE_VALUES = (
    LineValue(
        "lang",
        own="lang",
        segment="lang",
        any_template=True,
        contact_sql=SQL("partner.lang"),
    ),
    LineValue(
        "user_id",
        own="user_id",
        segment="user_id",
        any_template=True,
        # contacts of nobody are those of the user who logs
        contact=lambda partner: partner.user_id.id or partner.env.uid,
        contact_sql=SQL("partner.user_id"),
    ),
    LineValue(
        "template_id", own="template_id", segment="template_id", any_template=True
    ),
    LineValue(
        "channel",
        own="channel",
        segment="channel",
        # `_get_channel` of the template
        contact_sql=SQL(
            """COALESCE(CASE WHEN template.ignore_contact_channel IS NOT TRUE
            THEN partner.interaction_channel END, template.channel)"""
        ),
    ),
    LineValue("name", own="name", segment="subject", is_text=True),
    LineValue(
        "cost",
        own="own_cost",
        has_own="has_own_cost",
        segment="cost",
        may_be_empty=True,
    ),
    DURATION,
    EstimateValue("is_duration_estimated"),
    LineValue("flow", segment="flow"),
    LineValue("initiated_by", segment="initiated_by"),
    CampaignValue("campaign_id", segment="campaign_id"),
    CampaignValue("campaign_target", segment="campaign_target"),
    CampaignValue("campaign_response", segment="campaign_response"),
    LineValue("company_id", segment="company_id", any_template=True),
    LineValue("partner_id", own="partner_id"),
    LineValue("partner_name", contact_sql=SQL("partner.complete_name")),
    LineValue(
        "commercial_partner_id", contact_sql=SQL("partner.commercial_partner_id")
    ),
)
