from ast import literal_eval

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .. import uninstall_hook
from .common import MailingCommon


@tagged("-at_install", "post_install")
class TestMailingSegment(MailingCommon):
    """A mailing from a segment, and segments from what became of a mailing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_sales.sudo().group_ids += cls.env.ref(
            "mass_mailing.group_mass_mailing_user"
        )
        cls.segment = cls._new_segment(cls.bea | cls.carl)

    @classmethod
    def _new_segment(cls, partners, **vals):
        return (
            cls.env["interaction.segment"]
            .with_user(cls.user_sales)
            .create(
                {
                    "name": "Fair",
                    "campaign_id": cls.campaign.id,
                    "line_ids": [
                        Command.create({"partner_id": partner.id})
                        for partner in partners
                    ],
                    **vals,
                }
            )
        )

    def _create_mailing(self):
        action = self.segment.action_create_mailing()
        mailing = self.env["mailing.mailing"].with_user(self.user_sales)
        mailing = mailing.browse(action["res_id"])
        mailing.body_html = "<p>Hello</p>"
        return mailing

    def test_send(self):
        """Who is in the segment when the mailing is sent gets it."""
        mailing = self._create_mailing()
        self.assertEqual(mailing.subject, "Fair")
        self.assertEqual(mailing.campaign_id, self.campaign)
        self.assertEqual(mailing.total, 2)
        self.segment.line_ids.filtered(
            lambda line: line.partner_id == self.carl
        ).unlink()
        self.segment.line_ids = [Command.create({"partner_id": self.dora.id})]

        self._send(mailing)

        entries = self._get_entries(mailing)
        self.assertEqual(entries.partner_id, self.bea | self.dora)
        self.assertEqual(entries.segment_id, self.segment)

    def test_empty(self):
        """A segment without contacts can't be mailed."""
        self.segment = self._new_segment(self.env["res.partner"])
        with self.assertRaisesRegex(UserError, "has no contacts"):
            self._create_mailing()

    def test_no_right_on_the_segment(self):
        """Nobody sends to a segment out of sight; the owner's mailing can be sent."""
        mailing = self._create_mailing().with_user(self.user_marketing)
        self.assertEqual(mailing.total, 2)
        with self.assertRaises(AccessError):
            self._new_mailing(interaction_segment_id=self.segment.id)
        with self.assertRaises(AccessError):
            mailing.copy()
        copy = mailing.with_user(self.user_sales).copy()
        self.assertEqual(copy.interaction_segment_id, self.segment)
        self._send(mailing)
        self.assertEqual(self._get_entries(mailing).partner_id, self.bea | self.carl)

    def test_delete(self):
        """A segment is not deleted while a mailing is for its contacts alone."""
        mailing = self._create_mailing()
        with self.assertRaisesRegex(UserError, "there is a mailing"):
            self.segment.unlink()
        mailing.unlink()
        self.segment.unlink()

    def test_other_model(self):
        """The segment limits nothing where the mailing is for other records."""
        mailing = self._create_mailing()
        model = self.env["ir.model"].sudo()._get("mailing.contact")
        mailing.write({"mailing_model_id": model.id, "mailing_domain": "[]"})
        self.assertEqual(
            mailing.total, self.env["mailing.contact"].sudo().search_count([])
        )

    def test_follow_up(self):
        """Segments of those who opened, clicked and did not open."""
        mailing = self._new_mailing()
        with self.assertRaisesRegex(UserError, "no interactions yet"):
            mailing.with_user(self.user_sales).action_interaction_follow_up("opened")
        self._send(mailing)
        self._get_traces(mailing, self.bea).set_opened()
        self._get_traces(mailing, self.carl).set_opened()
        self._get_traces(mailing, self.carl).set_clicked()
        mailing = mailing.with_user(self.user_sales)

        for result, partners in (
            ("opened", self.bea | self.carl),
            ("clicked", self.carl),
            ("not_opened", self.dora),
        ):
            action = mailing.action_interaction_follow_up(result)
            segment = self.env["interaction.segment"].browse(action["res_id"]).sudo()
            self.assertEqual(segment.line_ids.partner_id, partners, result)
        with self.assertRaisesRegex(UserError, "not a possible result"):
            mailing.action_interaction_follow_up("eaten")

    def test_follow_up_without_mailings(self):
        """Who builds segments need not see mailings."""
        mailing = self._new_mailing()
        self._send(mailing)
        self._get_traces(mailing, self.bea).set_clicked()
        batch = self._get_entries(mailing).batch_id.with_user(self.user_other_sales)
        action = batch.action_follow_up("clicked")
        segment = self.env["interaction.segment"].browse(action["res_id"]).sudo()
        self.assertEqual(segment.line_ids.partner_id, self.bea)

    def test_no_contact(self):
        """A contact who only got a mailing had none, unless mailings are asked for."""
        self._send(self._new_mailing(self.bea))
        self._log(partner_id=self.carl.id)
        segment = self._new_segment(self.partners)
        step = {"segment_id": segment.id, "operation": "refine"}
        Step = self.env["interaction.segment.step"].with_user(self.user_sales)
        Step.create({**step, "interaction_match": "none"})
        self.assertEqual(segment.sudo().line_ids.partner_id, self.bea | self.dora)
        Step.create(
            {
                **step,
                "interaction_match": "none",
                "interaction_template_ids": self.template.ids,
            }
        )
        self.assertEqual(segment.sudo().line_ids.partner_id, self.dora)

    def test_uninstall(self):
        """Without the addon, a mailing to a segment does not reach everybody."""
        mailing = self._create_mailing().sudo()
        uninstall_hook(self.env(su=True))
        self.assertEqual(
            literal_eval(mailing.mailing_domain),
            [("id", "in", (self.bea | self.carl).ids)],
        )
