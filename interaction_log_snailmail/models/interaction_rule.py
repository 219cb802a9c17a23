from odoo import fields, models


class InteractionRule(models.Model):
    _inherit = "interaction.rule"

    event = fields.Selection(
        selection_add=[("post", "Sent by Post")], ondelete={"post": "cascade"}
    )

    def _get_email_flow(self):
        # EXTENDS: whatever the template says, it is a letter
        flow = super()._get_email_flow()
        return {**flow, "channel": "letter"} if self.event == "post" else flow

    def _is_document_mail(self, mail):
        # EXTENDS: a letter is the document, unless it is about a contact
        if self.event == "post":
            return self.model_id.model != "res.partner"
        return super()._is_document_mail(mail)
