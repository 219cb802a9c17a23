from typing import Any, NamedTuple

from odoo import models

# What arrives is an answer to a mailing where the value of this key of the context is a
# `Reply`: a Python object, which no client can forge
REPLY = "interaction_log_mailing_reply"


class Reply(NamedTuple):
    """An e-mail that arrives answers a mailing."""

    mailing: Any  # `mailing.mailing`


class MailMessage(models.Model):
    """A reply to a mailing is an e-mail from the contact: it counts as such."""

    _inherit = "mail.message"

    def _get_received_mail(self, sender, with_content=True):
        # EXTENDS: which mailing it answers
        mail = super()._get_received_mail(sender, with_content=with_content)
        reply = self.env.context.get(REPLY)
        if not isinstance(reply, Reply):
            return mail
        campaign = reply.mailing.sudo().campaign_id
        vals = {**mail.vals, "mailing_id": reply.mailing.id}
        if campaign:
            vals |= {
                "campaign_id": campaign.id,
                "campaign_response": not vals.get("is_automatic"),
            }
        return mail._replace(vals=vals)
