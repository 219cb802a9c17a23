from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class DigestDigest(models.Model):
    """Interactions, response time and unanswered ones in the digest e-mails."""

    _inherit = "digest.digest"

    kpi_interaction = fields.Boolean("Interactions")
    kpi_interaction_value = fields.Integer(compute="_compute_kpi_interaction_value")
    kpi_interaction_answer_hours = fields.Boolean("Hours to Answer")
    kpi_interaction_answer_hours_value = fields.Float(
        compute="_compute_kpi_interaction_answer_hours_value"
    )
    kpi_interaction_unanswered = fields.Boolean("Unanswered Interactions")
    kpi_interaction_unanswered_value = fields.Integer(
        compute="_compute_kpi_interaction_unanswered_value"
    )

    @api.depends_context("uid", "start_datetime", "end_datetime")
    def _compute_kpi_interaction_value(self):
        self._check_interaction_access()
        self._calculate_company_based_kpi(
            "interaction.log.entry",
            "kpi_interaction_value",
            date_field="date",
            additional_domain=self.env["interaction.log.entry"]._get_counted_domain(),
        )

    @api.depends_context("uid", "start_datetime", "end_datetime")
    def _compute_kpi_interaction_answer_hours_value(self):
        hours = self._read_interaction_answers("hours:avg")
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_interaction_answer_hours_value = hours.get(company) or 0

    @api.depends_context("uid", "start_datetime", "end_datetime")
    def _compute_kpi_interaction_unanswered_value(self):
        waiting = self._read_interaction_answers("waiting_count:sum")
        for digest in self:
            company = digest.company_id or self.env.company
            digest.kpi_interaction_unanswered_value = waiting.get(company) or 0

    def _read_interaction_answers(self, aggregate):
        """Return {company: aggregate} of what came in in the period of the context."""
        self._check_interaction_access()
        start, end, companies = self._get_kpi_compute_parameters()
        return dict(
            self.env["interaction.answer.report"]._read_group(
                Domain("company_id", "in", companies.ids)
                & Domain("date", ">=", start)
                & Domain("date", "<", end),
                ["company_id"],
                [aggregate],
            )
        )

    def _check_interaction_access(self):
        # a digest leaves out what its reader may not read
        if not self.env.user.has_group("interaction_log.group_user_own"):
            raise AccessError(self.env._("You don't have access to interactions."))

    def _compute_kpis_actions(self, company, user):
        # EXTENDS digest
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("interaction_log.interaction_log_menu_root").id
        for name, action in (
            ("kpi_interaction", "interaction_log_entry_action"),
            ("kpi_interaction_answer_hours", "interaction_answer_report_action"),
            (
                "kpi_interaction_unanswered",
                "interaction_log_entry_action_unanswered",
            ),
        ):
            actions[name] = f"interaction_log.{action}?menu_id={menu}"
        return actions
