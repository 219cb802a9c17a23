import base64

from odoo import SUPERUSER_ID, Command, http
from odoo.tests import tagged

from odoo.addons.http_routing.tests.common import MockRequest

from ..common import InteractionAccountCommon, InteractionHttpCommon

# What a person draws, however small
SIGNATURE = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmM"
        "IQAAAABJRU5ErkJggg=="
    )
).decode()


@tagged("-at_install", "post_install", "mail")
class TestPortalComment(InteractionAccountCommon, InteractionHttpCommon):
    """What customers write and sign in the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.user_portal.partner_id
        cls.order = cls._new_order(
            partner=cls.customer,
            state="sent",
            require_signature=True,
            require_payment=False,
        )
        cls.order._portal_ensure_token()
        cls.invoice = cls._new_move(partner=cls.customer)
        cls.env.cr.execute("UPDATE mail_message SET date = '2020-01-01'")

    def _find_comments(self, document):
        return self._find(document).filtered(
            lambda entry: entry.event == "portal_comment"
        )

    def _write(self, document, user=None, body="When does it arrive?", **params):
        """Write on the page of the document: as `user`, or by its link."""
        if user:
            self._login(user)
        else:
            self.authenticate(None, None)
        # the page gives it to both
        params["token"] = document.sudo()._portal_ensure_token()
        return self._call(
            "/mail/message/post",
            thread_model=document._name,
            thread_id=document.id,
            post_data={
                "body": body,
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
            },
            **params,
        )

    def _call(self, path, **params):
        answer = self.opener.post(
            f"{self.base_url()}{path}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
        ).json()
        self.assertIn("result", answer, answer)
        return answer["result"]

    def test_comment_of_a_portal_user(self):
        for document in (self.order, self.invoice):
            with self.subTest(document=document._name):
                self._write(document, self.user_portal)
                entry = self._find_comments(document)
                self.assertRecordValues(
                    entry,
                    [
                        {
                            "partner_id": self.customer.id,
                            "channel": "web",
                            "flow": "inbound",
                            "initiated_by": "them",
                            "user_id": self.user_sales.id,
                            "company_id": self.company_a.id,
                            "state": "logged",
                        }
                    ],
                )
                self.assertIn("When does it arrive?", entry.note)
        customer = self.customer.with_user(self.user_sales)
        self.assertEqual(customer.interaction_last_inbound_date, entry.date)

    def test_comment_by_a_link(self):
        self._write(self.order)
        self.assertEqual(self._find_comments(self.order).partner_id, self.customer)

    def test_comment_by_a_link_made_for_a_person(self):
        self._write(
            self.order, pid=self.anna.id, hash=self.order._sign_token(self.anna.id)
        )
        self.assertEqual(self._find_comments(self.order).partner_id, self.anna)

    def test_signature(self):
        self.authenticate(None, None)
        answer = self._call(
            f"/my/orders/{self.order.id}/accept",
            access_token=self.order.access_token,
            name="Portal",
            signature=SIGNATURE,
        )
        self.assertTrue(answer["redirect_url"])
        self.assertEqual(self.order.state, "sale")
        entry = self._find_comments(self.order)
        self.assertEqual(entry.partner_id, self.customer)
        self.assertIn("signed by Portal", entry.note)
        self.assertIn("signed by Portal", entry.name)
        self.assertEqual((entry.flow, entry.document_state), ("inbound", "Sales Order"))

    def test_declined(self):
        self._login(self.user_portal)
        self.url_open(
            f"/my/orders/{self.order.id}/decline",
            data={
                "decline_message": "Too dear",
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        self.assertEqual(self.order.state, "cancel")
        self.assertIn("Too dear", self._find_comments(self.order).note)

    def _pay(self, user, *args, operation="online_direct", outcome="done"):
        """Pay the order: as `user`, on the page of the provider or at its notice."""
        everything = self.env(su=True, context={"active_test": False})
        transaction = everything["payment.transaction"]
        transaction = transaction.create(
            {
                "provider_id": everything["payment.provider"].search([])[0].id,
                "payment_method_id": everything["payment.method"].search([])[0].id,
                "reference": f"TX{transaction.search_count([])}",
                "amount": 10,
                "currency_id": self.order.currency_id.id,
                "partner_id": self.customer.id,
                "operation": operation,
                "sale_order_ids": [Command.link(self.order.id)],
            }
        )
        getattr(transaction.with_user(user).sudo(), f"_set_{outcome}")(*args)
        return self._find_comments(self.order)

    def test_payment(self):
        public = self.env.ref("base.public_user")
        entry = self._pay(public)
        self.assertEqual(entry.partner_id, self.customer)
        self.assertIn("has been confirmed", entry.note)
        self.assertEqual((entry.flow, entry.channel), ("inbound", "web"))
        self.assertEqual(len(self._pay(self.user_portal)), 2)

    def test_what_is_no_payment_of_a_customer(self):
        public = self.env.ref("base.public_user")
        self._pay(public, outcome="canceled")
        self._pay(public, "No money", outcome="error")
        self._pay(public, operation="refund")
        # a user has noted it
        self.assertFalse(self._pay(self.user_sales))

    def test_nobody_of_us(self):
        """Whoever is named as the author: who is logged in counts."""
        self._login(self.user_sales)
        self._write(self.order, self.user_sales)
        order = self.order.with_user(self.user_sales)
        order.message_post(  # pylint: disable=translation-required # a test's own text
            body="Forged",
            author_id=self.customer.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.env["mail.message"].with_user(self.user_sales).create(
            {
                "model": order._name,
                "res_id": order.id,
                "author_id": self.customer.id,
                "message_type": "comment",
                "body": "Forged",
            }
        )
        self.assertFalse(self._find_comments(self.order))
        self.assertFalse(self._get_missing())

    def test_what_odoo_writes_itself(self):
        order = self.order.with_user(SUPERUSER_ID)
        for author in (order.env.user.partner_id, self.user_sales.partner_id):
            order.message_post(  # pylint: disable=translation-required # a test's own text
                body="By a job",
                author_id=author.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        # nor a note of ours that names the customer
        order.message_post(  # pylint: disable=translation-required # a test's own text
            body="Has called",
            author_id=self.customer.id,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        self.assertFalse(self._find_comments(self.order))
        self.assertFalse(self.Skipped.search([("res_id", "=", self.order.id)]))

    def test_one_of_us_by_server_code(self):
        """What posts as the superuser posts what the user does who is logged in."""
        for user, number in ((self.user_sales, 0), (self.user_portal, 1)):
            with self.subTest(user=user.login), MockRequest(self.env(user=user)):
                self.order.with_user(SUPERUSER_ID).message_post(  # pylint: disable=translation-required # a test's own text
                    body="Accepted",
                    author_id=self.customer.id,
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
                self.assertEqual(len(self._find_comments(self.order)), number)

    def test_switched_off(self):
        self._shipped("interaction_rule_portal_comment_order").active = False
        self._write(self.order, self.user_portal)
        self.assertFalse(self._find_comments(self.order))

    def _get_missing(self):
        check = self.env["interaction.completeness.check"]
        check = check.with_user(self.user_manager).create({})
        check.action_check()
        self._run_slices(check)
        lines = check.sudo().line_ids
        return lines.filtered(lambda line: line.event == "portal_comment").missing_ids

    def test_completeness(self):
        self._write(self.order, self.user_portal)
        logged = self._find_comments(self.order)
        self.assertFalse(self._get_missing())
        rule = self._shipped("interaction_rule_portal_comment_order")
        rule.active = False
        self._write(self.order)
        self._pay(self.user_portal)
        rule.active = True
        missing = self._get_missing()
        self.assertRecordValues(
            missing, [{"kind": "comment", "partner_id": self.customer.id}] * 2
        )
        missing.with_user(self.user_manager).action_fill_in()
        paid, filled = (self._find_comments(self.order) - logged).sorted(
            lambda entry: "has been confirmed" not in entry.note
        )
        self.assertEqual(paid.partner_id, self.customer)
        for name in ("channel", "flow", "initiated_by", "name", "note", "user_id"):
            self.assertEqual(filled[name], logged[name])
        self.assertFalse(self._get_missing())

    def test_skipped(self):
        """It is logged with its contact, once its cause is fixed."""
        template = self._shipped("interaction_template_portal_comment")
        self.env.cr.execute(
            "UPDATE interaction_template SET active = FALSE WHERE id = %s",
            [template.id],
        )
        self.env.invalidate_all()
        self._write(self.order)
        event = self.Skipped.search([("res_id", "=", self.order.id)])
        self.assertEqual(event.event, "portal_comment")
        template.active = True
        event.with_user(self.user_manager).action_log_now()
        self.assertEqual(self._find_comments(self.order).partner_id, self.customer)
