from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class InteractionLogEntry(models.Model):
    """What is planned after an interaction: on the record where one works.

    That is the document which it is about, or else the contact. What an earlier version
    planned on the interaction itself stays there.
    """

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    follow_up_ids = fields.One2many(
        "mail.activity",
        "interaction_entry_id",
        string="Follow-Ups",
        bypass_search_access=True,
        readonly=True,
        # those that are done, too
        context={"active_test": False},
        help="What was planned after the interaction.",
    )

    # ------------------------------------------------------------------
    # Planning
    # ------------------------------------------------------------------

    def _schedule_follow_up(self, vals: api.ValuesType) -> models.BaseModel:
        """Plan what follows the interactions, once on each record.

        :param vals: values of the activity, less where it is and its note
        :return: `mail.activity`
        """
        activity_type = self.env["mail.activity.type"].browse(vals["activity_type_id"])
        entries = {}
        for entry, record in self._get_follow_up_records(activity_type).items():
            entries.setdefault(record, entry)
        activities = self.env["mail.activity"].create(
            [
                {
                    **vals,
                    "note": entry._get_follow_up_note(record, activity_type),
                    "res_model_id": self.env["ir.model"]._get_id(record._name),
                    "res_id": record.id,
                }
                for record, entry in entries.items()
            ]
        )
        # no client may link them: who may plan them was asked above
        for activity, entry in zip(activities.sudo(), entries.values(), strict=True):
            activity.interaction_entry_id = entry
        return activities

    def _get_follow_up_records(self, activity_type=None):
        """Return {entry: the record where what follows it is planned}.

        The document, or else the contact, or else the entry itself: the first one on
        which the user may plan an activity of that type.
        """
        # what it is about, whatever the user may see of it
        found = {
            entry.sudo(self.env.su): entry._get_follow_up_places()
            for entry in self.sudo()
        }
        ids_of = defaultdict(set)
        for model, id_ in (place for places in found.values() for place in places):
            if id_ and self._can_follow_up(model, activity_type):
                ids_of[model].add(id_)
        # as `mail.activity` asks when it is created
        Message = self.env["mail.message"]
        allowed = {
            (model, id_)
            for model, ids in ids_of.items()
            for id_ in Message._filter_records_for_message_operation(
                model, list(ids), "create"
            ).ids
        }
        records = {}
        for entry, places in found.items():
            model, id_ = next(
                (place for place in places if place in allowed), (self._name, entry.id)
            )
            records[entry] = self.env[model].browse(id_)
        return records

    def _get_follow_up_places(self) -> list[tuple[str, int]]:
        """Return (model, id) of the records where what follows belongs, the first one
        first; override to add others.

        Called on each entry with all rights: what the user may do there is asked later.
        """
        return [
            (self.res_model, self.res_id),
            ("res.partner", self.partner_id.id),
        ]

    @api.model
    def _can_follow_up(self, model, activity_type):
        """Say whether records of `model` have activities, and of that type."""
        type_model = activity_type and activity_type.res_model
        return (
            model in self.env
            and "activity_ids" in self.env[model]._fields
            and (not type_model or type_model == model)
        )

    def _get_follow_up_note(self, record, activity_type):
        """Return the note of an activity: that of its type, and what it follows."""
        note = activity_type.default_note or ""
        if record == self:
            return note
        entry = self.sudo()
        is_elsewhere = entry.res_id and (entry.res_model, entry.res_id) != (
            record._name,
            record.id,
        )
        # who reads the contact need not know the document, which is in the name
        name = entry.template_id.name if is_elsewhere else entry.name
        return Markup("%s<p>%s</p>") % (
            note,
            self.env._("Follow-up of %(name)s", name=self._get_html_link(name)),
        )

    def _get_follow_up_sentence(self):
        """Return what tells of the activities that were just planned, or ""."""
        # the user planned them, also where that user sees no more of the record
        activity = self.sudo().follow_up_ids.filtered("active")[:1]
        if not activity:
            return ""
        return self.env._(
            "%(activity)s planned for %(date)s.",
            activity=activity.activity_type_id.name or activity.summary,
            date=format_date(self.env, activity.date_deadline, date_format="medium"),
        )

    # ------------------------------------------------------------------
    # What becomes of it
    # ------------------------------------------------------------------

    @api.model
    def _get_activity_domain(self, entries):
        """Return the domain of the activities on entries, or planned after them.

        :param entries: ids, or a query
        """
        return Domain("interaction_entry_id", "in", entries) | (
            Domain("res_model", "=", self._name) & Domain("res_id", "in", entries)
        )

    def _get_open_activities(self):
        """Return the activities planned after the interactions, not done yet."""
        return self.env["mail.activity"].search(self._get_activity_domain(self.ids))

    def _unlink_new_follow_ups(self):
        """Delete what was planned in one go with the entries, unless it is done."""
        # by the user who takes all of it back
        follow_ups = self.sudo().follow_up_ids.filtered(
            lambda activity: (
                activity.active
                and activity.create_date == activity.interaction_entry_id.create_date
            )
        )
        follow_ups.unlink()

    # ------------------------------------------------------------------
    # Searching: by what is on the entry, and what was planned after it elsewhere
    # ------------------------------------------------------------------

    @api.model
    def _search_activity_user_id(self, operator, operand):
        # EXTENDS mail
        if operator != "in" or any(isinstance(value, bool) for value in operand):
            return super()._search_activity_user_id(operator, operand)
        return self._get_planned_domain(Domain("user_id", operator, operand))

    @api.model
    def _search_my_activity_date_deadline(self, operator, operand):
        # EXTENDS mail
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        return self._get_planned_domain(
            Domain("active", "=", True)  # never late once it is done
            & Domain("user_id", "=", self.env.uid)
            & Domain("date_deadline", operator, operand)
        )

    @api.model
    def _get_planned_domain(self, domain):
        """Return the domain of the entries with activities of `domain`.

        They are looked up by the activities, which are few: two conditions on a large
        log would be asked of each entry.
        """
        Activity = self.env["mail.activity"].sudo().with_context(active_test=False)
        query = Activity._search(
            Domain(domain)
            & (
                Domain("interaction_entry_id", "!=", False)
                | Domain("res_model", "=", self._name)
            )
        )
        return Domain(
            "id",
            "in",
            query.subselect(
                SQL(
                    "COALESCE(%s, %s)",
                    SQL.identifier(query.table, "interaction_entry_id"),
                    SQL.identifier(query.table, "res_id"),
                )
            ),
        )
