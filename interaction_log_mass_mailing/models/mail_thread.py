from odoo import api, models
from odoo.tools.mail import mail_header_msgid_re

from .mail_message import REPLY, Reply


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        # EXTENDS mail: which mailing the e-mail answers
        thread = self
        references = message_dict.get("references") or message_dict.get("in_reply_to")
        found = mail_header_msgid_re.findall(references or "") if routes else []
        if found:
            traces = self.env["mailing.trace"].sudo()  # whoever takes the e-mail in
            trace = traces.search([("message_id", "in", found)], limit=1)
            if trace.mass_mailing_id:
                thread = self.with_context(**{REPLY: Reply(trace.mass_mailing_id)})
        return super(MailThread, thread)._message_route_process(
            message, message_dict, routes
        )
