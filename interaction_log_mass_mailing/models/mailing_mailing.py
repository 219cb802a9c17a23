from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import NO_ACCESS, Domain
from odoo.tools.rendering_tools import parse_inline_template

from .interaction_log_entry import EVENT


class MailingMailing(models.Model):
    """A mailing, to the contacts of a segment maybe, and its interactions.

    It is their document: what was sent, with its text and its statistics, is there once
    for all recipients. The record that a recipient is, is known by the trace.
    """

    _name = "mailing.mailing"
    _inherit = ["mailing.mailing", "interaction.document.mixin"]

    interaction_segment_id = fields.Many2one(
        "interaction.segment",
        string="Segment",
        index="btree_not_null",
        # without it, the mailing would be for everybody
        ondelete="restrict",
        help="Only contacts of this segment receive the mailing: those who are in the "
        "segment when it is sent.",
    )
    interaction_batch_ids = fields.One2many(
        "interaction.batch", "mailing_id", groups="interaction_log.group_user_own"
    )
    # whether the job looks at it
    interaction_waiting = fields.Boolean(groups=NO_ACCESS, copy=False)

    def _check_interaction_segment(self):
        """Let nobody send to a segment who may not see its contacts.

        No constraint: those have all rights.

        :raises AccessError: where the user may not read the segment
        """
        if segments := self.interaction_segment_id:
            segments.check_access("read")

    def _get_recipients_domain(self):
        # EXTENDS mass_mailing
        domain = super()._get_recipients_domain()
        segment = self.sudo().interaction_segment_id
        if not segment or self.mailing_model_real != "res.partner":
            return domain
        # who may send the mailing reaches those whom it is for
        lines = self.env["interaction.segment.line"].sudo()
        lines = lines._search(
            [("segment_id", "=", segment.id), ("is_removed", "=", False)]
        )
        return domain & Domain("id", "in", lines.subselect("partner_id"))

    # ------------------------------------------------------------------
    # When there is something to log
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        mailings = super().create(vals_list)
        mailings._check_interaction_segment()
        # the composer creates one that is sent already
        mailings.filtered(lambda mailing: mailing.state == "done")._await_interactions()
        return mailings

    def write(self, vals):
        result = super().write(vals)
        if "interaction_segment_id" in vals:
            self._check_interaction_segment()
        if vals.get("state") in ("sending", "done"):
            self._await_interactions()
        return result

    def _await_interactions(self):
        """Let the job log what was sent and is sent from now on.

        Costs no query where no rule wants mailings.
        """
        if not self._may_be_logged():
            return
        mailings = self.sudo()  # who sends has no right on the log
        mailings = mailings.filtered(
            lambda mailing: (
                mailing.mailing_type == "mail" and not mailing.interaction_waiting
            )
        )
        mailings.interaction_waiting = True
        mailings._trigger_interactions()

    def _trigger_interactions(self):
        """Start the job that logs mailings, soon."""
        if self and self._may_be_logged():
            job = self.env.ref("interaction_log_mass_mailing.ir_cron_log_mailings")
            job.sudo()._trigger()

    @api.model
    def _may_be_logged(self):
        return self.env["interaction.rule"]._may_match(EVENT, self._name)

    # ------------------------------------------------------------------
    # What is logged
    # ------------------------------------------------------------------

    def _prepare_interaction_vals(self) -> dict:
        """Return what the mailing says of all its interactions; override to say more.

        Facts, whatever the template says.
        """
        self.ensure_one()
        vals = {
            "name": self._get_interaction_subject(),
            "channel": "email",
            "flow": "outbound",
            "initiated_by": "us",
            "mailing_id": self.id,
        }
        if self.campaign_id:
            vals["campaign_id"] = self.campaign_id.id
        return vals

    def _get_interaction_subject(self):
        """Return the subject, with dots where each recipient has another text."""
        parts = parse_inline_template(self.subject or "")
        text = "".join(
            f"{literal}…" if expression else literal
            for literal, expression, _default in parts
        )
        return " ".join(text.split()) or self.display_name

    def _get_interaction_batch(self, company):
        """Return the batch of the mailing in a company; create it the first time."""
        self.ensure_one()
        batches = self.env["interaction.batch"].sudo()  # nobody writes a batch
        batch = batches.search(
            [("mailing_id", "=", self.id), ("company_id", "=", company.id)]
        )
        return batch or batches.create(
            {
                "name": self._get_interaction_subject(),
                "event": EVENT,
                "company_id": company.id,
                "mailing_id": self.id,
                "segment_id": self.interaction_segment_id.id,
            }
        )

    def _get_interaction_partner(self):
        # EXTENDS: it has many contacts
        return self.env["res.partner"]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_interaction_follow_up(self, result="opened"):
        """Make a segment of the contacts of the mailing, and open it.

        :param str result: what they did, one of the results of a segment's step, such
            as "opened"
        :raises UserError: where nothing of the mailing is logged yet
        """
        self.ensure_one()
        if not self.interaction_batch_ids:
            raise UserError(
                self.env._(
                    "%(name)s has no interactions yet. They are logged in the "
                    "background after the mailing is sent.",
                    name=self.display_name,
                )
            )
        return self.interaction_batch_ids[:1].action_follow_up(result)
