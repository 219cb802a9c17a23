from odoo.tests import Form

from odoo.addons.interaction_log.tests.common import InteractionCommon


class InteractionCrmCommon(InteractionCommon):
    """An opportunity of Anna's with a campaign."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls.env["utm.campaign"].sudo().create({"title": "Spring fair"})
        cls.opportunity = cls._new_lead(
            name="Twelve desks",
            type="opportunity",
            partner_id=cls.anna.id,
            campaign_id=cls.campaign.id,
        )
        # who sees no more than the own leads
        cls.user_own_leads = cls._new_user(
            "il_own_leads",
            "sales_team.group_sale_salesman",
            "interaction_log.group_user",
        )

    @classmethod
    def _new_lead(cls, **vals):
        vals = {"type": "lead", "user_id": cls.user_sales.id, **vals}
        return cls.env["crm.lead"].sudo().create(vals).sudo(False)

    def _as(self, record, user=None):
        return record.sudo(False).with_user(user or self.user_sales)

    def _log_about(self, document, **vals):
        return self._log(res_model=document._name, res_id=document.id, **vals)

    def _open_dialog(self, document, user=None):
        """Press *Log an Interaction* on the document."""
        document = self._as(document, user)
        action = document.action_log_interaction()
        return self._open_action(action, document.env)

    def _open_action(self, action, env):
        return Form(env["interaction.log.create"].with_context(**action["context"]))

    def _press_log(self, form):
        """Press *Log*; return the entry and the action that follows."""
        action = form.save().action_log()
        return self.Entry.browse(action["params"]["entry_ids"]), action
