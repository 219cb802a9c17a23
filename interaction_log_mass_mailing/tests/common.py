from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from odoo import Command
from odoo.tests import HttpCase

from odoo.addons.interaction_log.tests.email.common import InteractionEmailCommon

from ..models import mailing_mailing_log


class MailingCommon(InteractionEmailCommon):
    """A marketing user without rights on the log, contacts, and mailings to them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_marketing = cls._new_user(
            "il_marketing",
            "base.group_partner_manager",
            "mass_mailing.group_mass_mailing_user",
        )
        cls.rule = cls.env.ref(
            "interaction_log_mass_mailing.interaction_rule_mailing"
        ).sudo()
        cls.template = cls.rule.template_id
        cls.bea, cls.carl, cls.dora = cls.partners = cls.env["res.partner"].create(
            [
                {"name": name, "email": f"{name.lower()}@example.com"}
                for name in ("Bea", "Carl", "Dora")
            ]
        )
        cls.campaign = cls.env["utm.campaign"].sudo().create({"name": "Spring"})
        cls.Trace = cls.env["mailing.trace"].sudo()

    @classmethod
    def _new_mailing(cls, records=None, user=None, model="res.partner", **vals):
        records = cls.partners if records is None else records
        return (
            cls.env["mailing.mailing"]
            .with_user(user or cls.user_marketing)
            .create(
                {
                    "subject": "Spring offer",
                    "body_html": "<p>Hello <a href='https://example.com/x'>x</a></p>",
                    "mailing_model_id": cls.env["ir.model"]._get_id(model),
                    "mailing_domain": repr([("id", "in", records.ids)]),
                    "campaign_id": cls.campaign.id,
                    **vals,
                }
            )
        )

    @classmethod
    def _new_list(cls, *addresses):
        """Create a mailing list of (name, address); return it."""
        return (
            cls.env["mailing.list"]
            .with_user(cls.user_marketing)
            .create(
                {
                    "name": "Newsletter",
                    "contact_ids": [
                        Command.create({"name": name, "email": email})
                        for name, email in addresses
                    ],
                }
            )
        )

    def _send(self, mailing, log=True):
        """Send the mailing as Odoo's jobs do, and log what left."""
        with self.mock_mail_gateway():
            mailing.action_launch()
            self._run_queue()
        if log:
            self._log_mailings()

    def _run_queue(self):
        self._run_cron("mass_mailing.ir_cron_mass_mailing_queue")

    def _log_mailings(self):
        self._run_cron("interaction_log_mass_mailing.ir_cron_log_mailings")

    def _run_cron(self, xml_id):
        """Run a job as the scheduler does, in transactions of its own."""
        self.env.flush_all()
        # the tests with a browser are in this mode
        is_http = isinstance(self, HttpCase)
        with nullcontext() if is_http else self.enter_registry_test_mode():
            self.env.ref(xml_id).sudo().method_direct_trigger()
        self.env.invalidate_all()

    @classmethod
    def _get_entries(cls, mailing):
        return cls.Entry.search([("mailing_id", "=", mailing.id)], order="id")

    @classmethod
    def _get_traces(cls, mailing, partner=None):
        domain = [("mass_mailing_id", "=", mailing.id)]
        if partner:
            domain.append(("res_id", "=", partner.id))
        return cls.Trace.search(domain, order="id")

    def _log_anew(self, mailing):
        """Let the job look at the mailing again."""
        mailing._await_interactions()
        self._log_mailings()

    @contextmanager
    def _slices_of(self, size):
        with patch.object(mailing_mailing_log, "SLICE", size):
            yield
