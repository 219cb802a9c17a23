from odoo import models

from .mail_types import REPORTS, Reports


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def send_mail_batch(self, res_ids, *args, **kwargs):
        # EXTENDS mail: the e-mails get their reports after they are made
        template = self._with_reports(self, self.model, are_made_later=True)
        return super(MailTemplate, template).send_mail_batch(res_ids, *args, **kwargs)

    def _with_reports(self, records, model_name, are_made_later=False):
        """Return `records` with word of the reports that the template adds to e-mails.

        Costs no query where no rule names the document.

        :param str model_name: of the documents
        :param bool are_made_later: whether their files are made after the e-mails
        """
        names = self.env["interaction.rule"]._get_email_models()["email_out"]
        if model_name not in names:
            return records
        reports = self.sudo().report_template_ids  # who sends may not read reports
        if not reports:
            return records
        ids = Reports(frozenset(reports.ids), are_made_later)
        return records.with_context(**{REPORTS: ids})
