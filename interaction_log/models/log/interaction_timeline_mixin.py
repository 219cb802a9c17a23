from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..base.constants import CHANNELS, EVENTS, RULE_EVENTS

# How many interactions a timeline shows at once, and at most: the list has them all
TIMELINE_LIMIT = 10
TIMELINE_MAX = 100
# How many drafts it names
TIMELINE_DRAFTS = 5

NOTE_TEMPLATE = "interaction_log.interaction_template_note"


class InteractionTimelineMixin(models.AbstractModel):
    """A record whose form shows the last interactions: a contact or a document.

    An inheriting model says which ones they are: see `_get_interaction_domain`,
    `_get_timeline_domain`, `_get_timeline_columns` and `_get_interaction_partner`; and
    how another one is logged: `action_log_interaction`.
    """

    _name = "interaction.timeline.mixin"
    _description = "Record with a Timeline of Interactions"

    def get_interaction_timeline(self, channel=False, limit=TIMELINE_LIMIT):
        """Return what the timeline of one record shows.

        :param str channel: show only the interactions of this channel; what is no
            channel shows all
        :param int limit: how many interactions at most, up to 100
        :return: dict: `entries`, newest first (see `_get_timeline_entry`), `has_more`,
            `channels` (value, label and number of those that are there), `drafts` (the
            user's own), `has_notes` (whether a note can be added) and `summary` (what
            is known of all interactions; empty for a document)
        :raises AccessError: where the user may not read the record, or the log
        """
        self.ensure_one()
        self.check_access("read")
        if not isinstance(channel, str) or channel not in dict(CHANNELS):
            channel = False
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
            limit = TIMELINE_LIMIT
        limit = min(limit, TIMELINE_MAX)
        Entry = self.env["interaction.log.entry"]
        counted = Entry._get_counted_domain()
        shown = counted & Domain("channel", "=", channel) if channel else counted
        entries = self._get_timeline_latest(shown, limit + 1)
        labels = Entry._get_timeline_labels()
        return {
            "entries": [
                self._get_timeline_entry(entry, labels) for entry in entries[:limit]
            ],
            "has_more": len(entries) > limit,
            "limit_max": TIMELINE_MAX,
            "channels": self._get_timeline_channels(counted, labels["channel"]),
            "drafts": self._get_timeline_drafts(),
            "has_notes": bool(self._get_note_template()),
            "summary": self._get_timeline_summary(),
        }

    def log_interaction_note(self, note):
        """Log a note about the record, with its contact.

        :param str note: what it says, as plain text
        :return: the action that announces it, with *Undo*
        :raises UserError: where it can't be logged; says why
        """
        self.ensure_one()
        self.check_access("read")
        Entry = self.env["interaction.log.entry"]
        Entry.check_access("create")
        if not isinstance(note, str) or not note.strip():
            raise UserError(self.env._("Enter the note."))
        template = self._get_note_template()
        if not template:
            raise UserError(
                self.env._("The interaction template of notes is archived or deleted.")
            )
        partner = self._get_interaction_partner()
        if not partner:
            raise UserError(self.env._("Choose the contact of the document first."))
        if len(note) > Entry._get_max_length(Entry._fields["note"]):
            # before it is made HTML, which takes long
            raise UserError(
                self.env._(
                    "The note is too long. Attach a file to the contact instead."
                )
            )
        entries = Entry.log_interactions(
            [
                {
                    **self._prepare_note_vals(),
                    "template_id": template.id,
                    "partner_id": partner[:1].id,
                    "note": plaintext2html(note.strip()),
                }
            ]
        )
        return entries._get_announcement()

    def action_log_interaction(self):
        """Open the dialog that logs an interaction from the record."""
        raise NotImplementedError

    def action_log_call(self, number):
        """Open the dialog that logs a call from the record, its time running.

        :param str number: the phone number that is called
        """
        action = self.action_log_interaction()
        action["context"] |= {
            "default_template_id": self.env["interaction.template"]
            ._get_call_template()
            .id,
            "default_contact_via": number,
            "default_is_call": True,
        }
        return action

    # ------------------------------------------------------------------
    # Whose interactions
    # ------------------------------------------------------------------

    def _get_interaction_domain(self):
        """Return the domain of the interactions of the records."""
        raise NotImplementedError

    def _get_timeline_domain(self):
        """Return the domain of all interactions of the records' model."""
        return Domain.TRUE

    def _get_timeline_columns(self):
        """Return the names of the fields of an entry any of which names the record."""
        raise NotImplementedError

    def _get_interaction_partner(self):
        """Return the contact with whom an interaction from here is.

        :return: `res.partner`
        """
        raise NotImplementedError

    def _prepare_note_vals(self):
        """Return what a note that is added here has besides its contact."""
        return {}

    def _get_timeline_latest(self, domain, limit):
        """Return the newest interactions of the record in `domain`."""
        return self.env["interaction.log.entry"]._get_latest(
            Domain(domain) & self._get_timeline_domain(),
            self._get_timeline_columns(),
            self.ids,
            limit,
        )[self.id]

    # ------------------------------------------------------------------
    # What is shown
    # ------------------------------------------------------------------

    def _get_timeline_entry(self, entry, labels):
        """Return what a row shows of an entry; override to show more.

        :param dict labels: what `_get_timeline_labels` of the entry returns
        :return: dict of JSON values
        """
        is_other = entry.partner_id not in self._get_interaction_partner()
        # rules decide on what an addon brings
        is_ruled = entry.event in dict(RULE_EVENTS) or entry.event not in dict(EVENTS)
        is_by_them = is_ruled and entry.initiated_by == "them"
        # who reads the entry may know its kind, also if that is another company's now
        template = entry.sudo().template_id
        is_note = template.id == self._get_note_template_id()
        has_status = entry.outcome or entry.delivery_status != "none"
        return {
            "id": entry.id,
            "name": entry.name or template.name,
            "channel": entry.channel,
            "kind": (
                template.name
                if is_note
                else labels["event"].get(entry.event)
                if is_ruled
                else labels["channel"].get(entry.channel)
            ),
            # a note goes neither way
            "flow": not is_note and entry.flow,
            "flow_label": labels["flow"].get(entry.flow),
            "date": entry.date,
            "count": entry.occurrence_count,
            "actor": not is_by_them and entry._get_actor_name(),
            "contact": is_other and entry.partner_name,
            "correction": entry.correction,
            "note": entry.note_preview,
            "document": (
                bool(entry.res_id)
                and (entry.res_model, entry.res_id) != (self._name, self.id)
                and (entry.document_name or self.env._("Document"))
            ),
            # who may read the entry may know that there are files
            "file_count": len(entry.sudo().attachment_ids),
            "evaluation": labels["evaluation"].get(entry.evaluation),
            "evaluation_color": entry.evaluation_color,
            "status": has_status and entry.status,
            "status_color": entry.status_color,
        }

    def _get_timeline_channels(self, counted, labels):
        """Return which channels the interactions have, in the order of the choices."""
        numbers = dict(
            self.env["interaction.log.entry"]._read_group(
                counted & self._get_interaction_domain(),
                ["channel"],
                ["__count"],
            )
        )
        return [
            {"value": channel, "label": label, "count": numbers[channel]}
            for channel, label in labels.items()
            if channel in numbers
        ]

    def _get_timeline_drafts(self):
        """Return the user's own drafts; one with several contacts is told once."""
        drafts = self._get_timeline_latest(
            Domain("state", "=", "postponed")
            & (
                Domain("user_id", "=", self.env.uid)
                | Domain("create_uid", "=", self.env.uid)
            ),
            TIMELINE_DRAFTS,
        )
        batches = set()
        told = []
        for draft in drafts:
            if draft.batch_id not in batches:
                told.append(
                    {
                        "id": draft.id,
                        "name": draft.name or draft.sudo().template_id.name,
                        "date": draft.date,
                    }
                )
            if draft.batch_id:
                batches.add(draft.batch_id)
        return told

    def _get_timeline_summary(self):
        return {}

    def _get_note_template(self):
        """Return the template of notes, if it is there and the user may use it."""
        template = self.env["interaction.template"].browse(
            self._get_note_template_id() or []
        )
        return template._filtered_access("read").filtered("active")

    def _get_note_template_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(NOTE_TEMPLATE)
