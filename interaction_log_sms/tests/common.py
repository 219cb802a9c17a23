from odoo.tests import tagged

from odoo.addons.interaction_log.tests.common import InteractionCommon
from odoo.addons.sms.tests.common import SMSCase

ANNA, BOB, UNKNOWN = "+32470123456", "+32470123457", "+32470123499"
TEXT = "Your order is ready for pickup"


@tagged("-at_install", "post_install")
class InteractionSmsCommon(InteractionCommon, SMSCase):
    """Contacts with numbers, and the ways in which text messages leave.

    What is sent goes through Odoo's whole stack, but for the connection to the service.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna.write({"phone": ANNA, "country_id": cls.env.ref("base.be").id})
        cls.bob, cls.nobody = cls.env["res.partner"].create(
            [
                {"name": "Bob", "parent_id": cls.acme.id, "phone": BOB},
                {"name": "Nobody"},
            ]
        )
        cls.order = cls._new_order()
        cls.template_sms = cls.env.ref(
            "interaction_log_sms.interaction_template_sms"
        ).sudo()

    @classmethod
    def _get_rule(cls, name):
        return cls.env.ref(f"interaction_log_sms.interaction_rule_sms_{name}").sudo()

    def _compose(self, records, mode="comment", user=None, body=TEXT, **vals):
        """Send from the composer, as from the form of a document or from a list."""
        key = "default_res_id" if len(records) == 1 else "default_res_ids"
        context = {
            "default_res_model": records._name,
            key: records.id if len(records) == 1 else records.ids,
            "default_composition_mode": mode,
        }
        composer = (
            self.env["sms.composer"]
            .with_user(user or self.user_sales)
            .with_context(**context)
            .create({"body": body, **vals})
        )
        return composer.action_send_sms()

    def _send(self, records, mode="comment", user=None, gateway=None, **vals):
        """Send from the composer; the service takes it.

        :param dict gateway: how the service answers, see `mockSMSGateway`
        """
        with self.mockSMSGateway(**(gateway or {})):
            self._compose(records, mode, user, **vals)

    def _find_sms(self, partners=None):
        """Return the entries of text messages to the contacts, or to all of them."""
        domain = [("event", "=", "sms")]
        if partners is not None:
            domain.append(("partner_id", "in", partners.ids))
        return self.Entry.search(domain, order="id")
