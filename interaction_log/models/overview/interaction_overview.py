from typing import NamedTuple

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_datetime, formatLang

from ..base.constants import UNDELIVERED
from ..base.ui import get_window_action

ENTRY = "interaction.log.entry"
MANAGER = "interaction_log.group_manager"
# Which period the breakdowns count, and failed deliveries
RECENT = "today -30d"
# How many rows a breakdown has; the rest is one more
BREAKDOWN_ROWS = 8
# The value of the row of a breakdown that has the rest
OTHERS = "others"
# What a list says where it is empty
EMPTY = Markup('<p class="o_view_nocontent_smiling_face">%s</p>')
# What the page shows of a tile
SHOWN = ("key", "section", "label", "icon", "hint", "empty", "is_alert")


class Tile(NamedTuple):
    """A number of the overview, and the list that it counts.

    Who may not read the model sees no tile.
    """

    key: str
    section: str  # "mine" or "team"
    label: str
    model: str
    domain: Domain
    action: str  # the XML id of a window action on the model
    icon: str  # of Font Awesome
    hint: str  # what is counted, where the label doesn't say all
    empty: str  # what to do where there is none
    is_alert: bool = False  # is something wrong where there is one?
    groups: str = ""  # who sees it, as of `has_groups`; all if ""


class Breakdown(NamedTuple):
    """Interactions of the last 30 days by the values of a field of theirs."""

    key: str
    label: str
    field: str
    domain: Domain
    groups: str = ""


class InteractionOverview(models.AbstractModel):
    """The first page: what there is to do, and what the log misses.

    Each tile counts with one query, as the user, exactly what it opens. Override
    `_get_tiles` for another one.
    """

    _name = "interaction.overview"
    _description = "Overview of Interactions"

    @api.model
    def get_overview(self):
        """Return what the page shows to the user.

        :return: dict of `tiles` (dicts of `key`, `section`, `label`, `icon`, `hint`,
            `empty`, `is_alert`, `count` and `text`, the number as it is shown),
            `breakdowns` (dicts of `key`, `label` and `rows`: dicts of `value`, `label`,
            `count` and `text`), `checklist` (as of `_get_checklist`) and `can_log`
        """
        return {
            "tiles": [self._show_tile(tile) for tile in self._get_visible_tiles()],
            "breakdowns": [
                {
                    "key": breakdown.key,
                    "label": breakdown.label,
                    "rows": [
                        {key: row[key] for key in ("value", "label", "count", "text")}
                        for row in self._get_breakdown_rows(breakdown)
                    ],
                }
                for breakdown in self._get_visible_breakdowns()
            ],
            "checklist": self._get_checklist(),
            "can_log": self.env[ENTRY].has_access("create"),
        }

    @api.model
    def open_tile(self, key):
        """Return the action with the list that a tile counts.

        :param str key: of the tile
        :raises AccessError: where the user has no such tile
        """
        for tile in self._get_visible_tiles():
            if tile.key == key:
                action = self._get_list_action(tile.action, tile.label, tile.domain)
                return action | {"help": EMPTY % tile.empty}
        raise AccessError(self._get_missing_sentence())

    @api.model
    def open_breakdown(self, key, value):
        """Return the action with the interactions that a row of a breakdown counts.

        :param str key: of the breakdown
        :param value: of the row: an id, a value of the field, False or "others"
        :raises AccessError: where the user has no such row
        """
        for breakdown in self._get_visible_breakdowns():
            if breakdown.key != key:
                continue
            for row in self._get_breakdown_rows(breakdown):
                if row["value"] == value:
                    return self._get_list_action(
                        "interaction_log_entry_action", row["label"], row["domain"]
                    )
        raise AccessError(self._get_missing_sentence())

    @api.model
    def _get_missing_sentence(self):
        return self.env._("You can't open this list. Reload the page.")

    @api.model
    def _get_list_action(self, xml_id, name, domain):
        """Return a window action that shows `domain` and nothing else."""
        return get_window_action(
            self.env,
            xml_id,
            name=name,
            display_name=name,
            domain=list(domain),
            context={"force_search_count": 1},
        )

    # ------------------------------------------------------------------
    # Tiles
    # ------------------------------------------------------------------

    @api.model
    def _get_visible_tiles(self):
        return [tile for tile in self._get_tiles() if self._can_see(tile.model, tile)]

    @api.model
    def _can_see(self, model, shown):
        # all of it is about interactions
        return (
            self.env[ENTRY].has_access("read")
            and self.env[model].has_access("read")
            and (not shown.groups or self.env.user.has_groups(shown.groups))
        )

    @api.model
    def _get_tiles(self) -> list[Tile]:
        """Return the tiles in their order, whoever may see them; override to add some.

        Costs no query: what a tile counts is counted for who sees it.
        """
        return [*self._get_own_tiles(), *self._get_team_tiles()]

    @api.model
    def _get_own_tiles(self):
        mine = Domain("user_id", "=", self.env.uid)
        counted = mine & self.env[ENTRY]._get_counted_domain()
        days = self.env.company.interaction_silent_days
        return [
            Tile(
                key="today",
                section="mine",
                label=self.env._("My Interactions Today"),
                model=ENTRY,
                domain=counted
                & Domain("date", ">=", "today")
                & Domain("date", "<", "today +1d"),
                action="interaction_log_entry_action",
                icon="fa-comments-o",
                hint="",
                empty=self.env._("Log your first interaction of today."),
            ),
            Tile(
                key="week",
                section="mine",
                label=self.env._("My Interactions This Week"),
                model=ENTRY,
                domain=counted
                & Domain("date", ">=", "today =week_start")
                & Domain("date", "<", "today =week_start +7d"),
                action="interaction_log_entry_action",
                icon="fa-calendar-check-o",
                hint="",
                empty=self.env._("Nothing is logged for you this week yet."),
            ),
            Tile(
                key="follow_ups",
                section="mine",
                label=self.env._("Follow-Ups Due"),
                model="mail.activity",
                domain=mine
                & Domain("date_deadline", "<=", "today")
                & (
                    Domain("interaction_entry_id", "!=", False)
                    | Domain("res_model", "=", ENTRY)
                ),
                action="mail.mail_activity_action_my",
                icon="fa-clock-o",
                hint=self.env._(
                    "Activities planned after an interaction, until today."
                ),
                empty=self.env._("Plan a follow-up when you log an interaction."),
                is_alert=True,
            ),
            Tile(
                key="drafts",
                section="mine",
                label=self.env._("My Drafts"),
                model=ENTRY,
                domain=mine & Domain("state", "=", "postponed"),
                action="interaction_log_entry_action_postponed",
                icon="fa-pencil",
                hint="",
                empty=self.env._("Save an interaction as a draft to finish it later."),
            ),
            Tile(
                key="meetings",
                section="mine",
                label=self.env._("Meetings to Log"),
                model="calendar.event",
                domain=Domain("interaction_to_log", "=", True)
                & (mine | Domain("partner_ids.user_ids", "in", self.env.uid))
                & Domain("start", ">=", RECENT),
                action="calendar_event_action_to_log",
                icon="fa-users",
                hint=self.env._("My meetings with contacts, last 30 days."),
                empty=self.env._("All your meetings with contacts are logged."),
            ),
            Tile(
                key="waiting",
                section="mine",
                label=self.env._("Answers Waiting"),
                model=ENTRY,
                domain=mine
                & Domain("is_unanswered", "=", True)
                & Domain("date", ">=", f"-{days}d"),
                action="interaction_log_entry_action",
                icon="fa-reply",
                hint=self.env._(
                    "Inbound in the last %(count)s days, nothing outbound since.",
                    count=days,
                ),
                empty=self.env._("You have answered everything."),
                is_alert=True,
            ),
            Tile(
                key="silent",
                section="mine",
                label=self.env._("My Silent Contacts"),
                model="res.partner",
                # people of a company are told by their company
                domain=mine
                & (Domain("parent_id", "=", False) | Domain("is_company", "=", True))
                & self.env["res.partner"]._get_interaction_external_domain()
                & Domain("interaction_is_silent", "=", True),
                action="contacts.action_contacts",
                icon="fa-moon-o",
                hint=self.env._(
                    "Companies and individuals without an interaction for %(count)s "
                    "days.",
                    count=days,
                ),
                empty=self.env._("You are in touch with all your contacts."),
            ),
        ]

    @api.model
    def _get_team_tiles(self):
        return [
            Tile(
                key="undelivered",
                section="team",
                label=self.env._("Not Delivered"),
                model=ENTRY,
                domain=Domain("delivery_status", "in", UNDELIVERED)
                & Domain("state", "=", "logged")
                & Domain("date", ">=", RECENT),
                action="interaction_log_entry_action",
                icon="fa-exclamation-triangle",
                hint=self.env._("Last 30 days."),
                empty=self.env._("Everything was delivered."),
                is_alert=True,
                groups=MANAGER,
            ),
            Tile(
                key="skipped",
                section="team",
                label=self.env._("Skipped Events"),
                model="interaction.skipped.event",
                domain=Domain("state", "=", "todo"),
                action="interaction_skipped_event_action",
                icon="fa-ban",
                hint=self.env._("Fix the cause, then log them."),
                empty=self.env._("Everything could be recorded."),
                is_alert=True,
                groups=MANAGER,
            ),
            Tile(
                key="share",
                section="team",
                label=self.env._("Share Recorded"),
                model="interaction.completeness.share",
                domain=Domain("trace_count", ">", 0),
                action="interaction_completeness_share_action",
                icon="fa-pie-chart",
                hint="",
                empty=self.env._("Compared with documents and messages every day."),
                groups=MANAGER,
            ),
        ]

    @api.model
    def _show_tile(self, tile):
        """Return what the page shows of a tile; see `get_overview`."""
        shown = {name: getattr(tile, name) for name in SHOWN} | self._measure_tile(tile)
        shown.setdefault("text", formatLang(self.env, shown["count"], digits=0))
        return shown

    @api.model
    def _measure_tile(self, tile):
        """Return what a tile tells: `count`, and maybe `text` in its place, and `hint`.

        A hook: override where it is not how many there are.
        """
        if tile.key == "share":
            return self._measure_share(tile)
        return {"count": self.env[tile.model].search_count(list(tile.domain))}

    @api.model
    def _measure_share(self, tile):
        [(count, traces, logged, date)] = self.env[tile.model]._read_group(
            list(tile.domain),
            aggregates=["__count", "trace_count:sum", "logged_count:sum", "date:min"],
        )
        if not count:
            return {"count": 0, "text": "-"}
        share = 100 * logged // traces  # 100 only where nothing is missing
        return {
            "count": count,
            "text": self.env._("%(share)s%%", share=share),
            "hint": self.env._(
                "%(logged)s of %(traces)s in the last 30 days, checked on %(date)s.",
                logged=formatLang(self.env, logged, digits=0),
                traces=formatLang(self.env, traces, digits=0),
                date=format_datetime(self.env, date, dt_format="short"),
            ),
        }

    # ------------------------------------------------------------------
    # Breakdowns
    # ------------------------------------------------------------------

    @api.model
    def _get_visible_breakdowns(self):
        return [
            breakdown
            for breakdown in self._get_breakdowns()
            if self._can_see(ENTRY, breakdown)
        ]

    @api.model
    def _get_breakdowns(self) -> list[Breakdown]:
        """Return the breakdowns in their order, whoever may see them.

        A hook: override to add some.
        """
        recent = self.env[ENTRY]._get_counted_domain() & Domain("date", ">=", RECENT)
        return [
            Breakdown(
                "users", self.env._("By Salesperson"), "user_id", recent, MANAGER
            ),
            Breakdown("channels", self.env._("By Channel"), "channel", recent, MANAGER),
        ]

    @api.model
    def _get_breakdown_rows(self, breakdown):
        """Return the rows of a breakdown, the largest first; one grouped query.

        :return: list of dicts of `value`, `label`, `count`, `text` and `domain`
        """
        name = breakdown.field
        groups = self.env[ENTRY]._read_group(
            list(breakdown.domain), [name], ["__count"]
        )
        groups.sort(key=lambda group: -group[1])
        shown, rest = groups[:BREAKDOWN_ROWS], groups[BREAKDOWN_ROWS:]
        field = self.env[ENTRY]._fields[name]
        if field.type == "many2one":
            # who reads an interaction may know whose it is
            labels = {group.id: group.sudo().display_name for group, _count in shown}
            shown = [(group.id, count) for group, count in shown]
        else:
            labels = dict(field._description_selection(self.env))
        none = self.env._("None")
        rows = [
            (value, labels.get(value) or none, count, Domain(name, "=", value))
            for value, count in shown
        ]
        if rest:
            values = [value for value, _count in shown]
            count = sum(count for _group, count in rest)
            others = Domain(name, "not in", values)
            rows.append((OTHERS, self.env._("Others"), count, others))
        return [
            {
                "value": value,
                "label": label,
                "count": count,
                "text": formatLang(self.env, count, digits=0),
                "domain": breakdown.domain & domain,
            }
            for value, label, count, domain in rows
        ]
