from odoo import Command
from odoo.tests import tagged

from odoo.addons.interaction_log.tests.common import InteractionHttpCommon

from .common import MailingCommon


@tagged("-at_install", "post_install")
class TestMailingUi(MailingCommon, InteractionHttpCommon):
    def test_segment_to_batch(self):
        """A mailing from a segment is sent, logged, looked at and followed up."""
        self.user_sales.sudo().group_ids += self.env.ref(
            "mass_mailing.group_mass_mailing_user"
        )
        segment = self.env["interaction.segment"].with_user(self.user_sales)
        segment = segment.create(
            {
                "name": "Tour Fair",
                "line_ids": [
                    Command.create({"partner_id": partner.id})
                    for partner in self.bea | self.carl
                ],
            }
        )
        self.start_tour(
            f"/odoo/interaction-segments/{segment.id}",
            "interaction_log_mailing",
            login=self.user_sales.login,
        )
        mailing = self.env["mailing.mailing"].search([("subject", "=", "Tour offer")])
        self.assertEqual(mailing.state, "in_queue")
        with self.mock_mail_gateway():
            self._run_queue()
        self._log_mailings()
        self._get_traces(mailing, self.bea).set_opened()

        self.start_tour(
            f"/odoo/mailing.mailing/{mailing.id}",
            "interaction_log_mailing_batch",
            login=self.user_sales.login,
        )
