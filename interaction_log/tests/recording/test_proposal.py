from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import InteractionCommon, InteractionHttpCommon

TICKET = "mail.test.ticket"


class ProposalCommon(InteractionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Proposal = cls.env["interaction.rule.proposal"]
        cls.ticket_report = cls._new_report("Ticket Slip", TICKET)

    @classmethod
    def _new_report(cls, name, model, **vals):
        return (
            cls.env["ir.actions.report"]
            .sudo()
            .create(
                {
                    "name": name,
                    "model": model,
                    "report_name": f"interaction_log.{name.lower().replace(' ', '_')}",
                    "binding_model_id": cls.env["ir.model"]._get_id(model),
                    **vals,
                }
            )
        )

    def _open(self, user=None):
        """Return what the page lists."""
        action = self.Proposal.with_user(user or self.user_manager).action_open()
        proposals = self.Proposal.with_user(user or self.user_manager)
        return proposals.search(action["domain"])

    def _propose(self, model=TICKET, event="print", user=None):
        return self._open(user).filtered(
            lambda proposal: (proposal.model_name, proposal.event) == (model, event)
        )


@tagged("-at_install", "post_install")
class TestProposal(ProposalCommon):
    """Documents of other apps, as who sets up automatic recording sees them."""

    def test_what_is_proposed(self):
        proposals = self._open().filtered(lambda line: line.model_name == TICKET)
        document = self.env["ir.model"]._get(TICKET)
        common = {
            "app": self.env.ref("base.module_test_mail").sudo().shortdesc,
            "partner_field": "customer_id",
            "show_button": True,
            "rule_id": False,
        }
        self.assertRecordValues(
            proposals.sorted("event"),
            [
                {
                    **common,
                    "name": document.name,
                    "event": "email_in",
                    "report_id": False,
                    "template_id": self._shipped("interaction_template_email_in").id,
                },
                {
                    **common,
                    "name": document.name,
                    "event": "email_out",
                    "report_id": False,
                    "template_id": self._shipped("interaction_template_email_out").id,
                },
                {
                    **common,
                    "name": "Ticket Slip",
                    "event": "print",
                    "report_id": self.ticket_report.id,
                    "template_id": self._shipped("interaction_template_document").id,
                },
            ],
        )

    def test_real_app(self):
        """Purchase orders, as long as nobody has made a rule."""
        rules = self.Rule.with_context(active_test=False)
        rules.search([("model_id.model", "=", "purchase.order")]).unlink()
        proposals = self._propose("purchase.order")
        self.assertEqual(set(proposals.mapped("partner_field")), {"partner_id"})
        self.assertIn(
            self.env.ref("purchase.action_report_purchase_order"), proposals.report_id
        )
        self.assertTrue(self._propose("purchase.order", "email_out"))
        self.assertTrue(self._propose("purchase.order", "email_in"))

    def test_not_proposed(self):
        """What has rules, is no document, or has no contact."""
        models = set(self._open().mapped("model_name"))
        self.assertIn(TICKET, models)
        for model in (
            "account.move",  # of the apps that the addon builds on
            "sale.order",
            "res.partner",
            "res.partner.bank",
            "interaction.log.entry",
            "mail.test.simple",  # without a contact
            "mail.compose.message",  # a dialog
            "account.invoice.report",  # an analysis
        ):
            with self.subTest(model=model):
                self.assertIn(model, self.env)
                self.assertNotIn(model, models)

    def test_reports_that_nobody_gives_away(self):
        self._new_report("Unbound", TICKET, binding_model_id=False)
        self._new_report("Label", TICKET, report_type="qweb-text")
        self.assertEqual(self._propose().mapped("name"), ["Ticket Slip"])

    def test_no_own_contact(self):
        """A field with our own people is not offered, whatever it is called."""
        Rule, ticket = self.env["interaction.rule"], self.env[TICKET]
        found = Rule._find_partner_fields(ticket)
        self.assertEqual(found, ["customer_id"])
        for model, path in (
            (ticket, "user_id.partner_id"),
            (ticket, "customer_id.company_id.partner_id"),
            # related to the contact of a user
            (self.env["calendar.event"], "partner_id"),
        ):
            with self.subTest(path=path):
                self.assertTrue(Rule._leads_to_own(model, path))
        self.assertFalse(Rule._leads_to_own(ticket, "customer_id.parent_id"))
        self.assertNotIn(
            "partner_id", Rule._find_partner_fields(self.env["calendar.event"])
        )

    def test_template_of_the_same_name(self):
        slip = self.template_call.copy({"name": "Ticket slip"})
        self.assertEqual(self._propose().template_id, slip)
        slip.company_id = self.company_a
        self.assertEqual(
            self._propose().template_id, self._shipped("interaction_template_document")
        )

    def test_one_click(self):
        proposal = self._propose()
        with Form(
            proposal, "interaction_log.interaction_rule_proposal_view_list"
        ) as row:
            row.template_id = self.template_call
        action = proposal.action_record()
        self.assertEqual(
            action["params"]["message"], "Recorded from now on: Ticket Slip: Printed."
        )
        rule = proposal.rule_id
        self.assertRecordValues(
            rule.sudo(),
            [
                {
                    "name": "Ticket Slip: Printed",
                    "active": True,
                    "event": "print",
                    "model_name": TICKET,
                    "report_ids": self.ticket_report.ids,
                    "template_id": self.template_call.id,
                    "partner_field": "customer_id",
                    "show_button": True,
                    "company_id": False,
                    "editor_id": self.user_manager.id,
                    "is_broken": False,
                }
            ],
        )
        ticket = self.env[TICKET].create({"name": "T1", "customer_id": self.anna.id})
        entry = self.Recorder._record_event("print", ticket, report=self.ticket_report)
        self.assertEqual(entry.partner_id, self.anna)
        self.assertEqual(entry.document_name, "T1")
        self.assertFalse(self._propose(), "what is recorded is not proposed again")
        self.assertEqual(proposal.action_open_rule()["res_id"], rule.id)

    def test_several_at_once(self):
        proposals = self._open().filtered(lambda line: line.model_name == TICKET)
        proposals.action_record()
        self.assertEqual(
            set(proposals.rule_id.mapped("event")), {"print", "email_in", "email_out"}
        )
        self.assertEqual(len(proposals.rule_id), 3)
        before = self.Rule.search_count([])
        proposals.action_record()
        self.assertEqual(self.Rule.search_count([]), before)

    def test_made_meanwhile(self):
        """Two who click make one rule."""
        mine, theirs = self._propose(), self._propose(user=self.user_admin)
        theirs.action_record()
        mine.action_record()
        self.assertEqual(mine.rule_id, theirs.rule_id)

    def test_switched_off(self):
        """What somebody has switched off is not proposed again."""
        proposal = self._propose()
        proposal.action_record()
        proposal.rule_id.active = False
        self.assertFalse(self._propose())

    def test_rule_of_another_company(self):
        proposal = self._propose()
        proposal.action_record()
        other = self._new_company()
        proposal.rule_id.sudo().company_id = other
        self.assertTrue(self._propose())

    def test_without_a_template(self):
        self._shipped("interaction_template_document").active = False
        proposal = self._propose()
        self.assertFalse(proposal.template_id)
        rules = self.Rule.search_count([])
        with self.assertRaisesRegex(UserError, "Choose a template for Ticket Slip"):
            self._open().filtered(
                lambda line: line.model_name == TICKET
            ).action_record()
        self.assertEqual(self.Rule.search_count([]), rules)

    def test_event_that_is_off(self):
        event = self.env["interaction.event"].with_user(self.user_manager)
        event = event.search([("event", "=", "print")])
        event.is_recorded = False
        action = self._propose().action_record()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("is disabled", action["params"]["message"])

    def test_for_managers_only(self):
        for user in (self.user_sales, self.user_assistant):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.Proposal.with_user(user).action_open()
        action = self.env.ref("interaction_log.interaction_rule_proposal_action")
        with self.assertRaises(AccessError):
            action.with_user(self.user_sales).run()

    def test_of_somebody_else(self):
        proposal = self._propose()
        with self.assertRaises(AccessError):
            proposal.with_user(self.user_admin).action_record()

    def test_number_of_queries(self):
        """It does not depend on what is installed."""

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = proposals._find_proposals()
            return len(found), self.env.cr.sql_log_count - before

        proposals = self.Proposal.with_user(self.user_manager)
        count()  # fills the caches
        rows, queries = count()
        for number in range(10):
            self._new_report(f"Slip {number}", TICKET)
        count()
        self.assertEqual(count(), (rows + 10, queries))


@tagged("-at_install", "post_install")
class TestProposalUi(InteractionHttpCommon, ProposalCommon):
    def test_record_and_find_the_button(self):
        """A manager records tickets, and their form has the button."""
        self.env["ir.ui.view"].sudo().create(
            {
                "name": "ticket",
                "model": TICKET,
                "arch": """<form><sheet><group>
                    <field name="name" /><field name="customer_id" />
                </group></sheet></form>""",
            }
        )
        self.env["ir.actions.act_window"].sudo().create(
            {
                "name": "Tickets",
                "res_model": TICKET,
                "path": "interaction-test-tickets",
                "view_mode": "list,form",
            }
        )
        ticket = self.env[TICKET].create(
            {"name": "Broken Door", "customer_id": self.anna.id}
        )
        self.start_tour(
            "/odoo/interaction-setup",
            "interaction_log_proposal",
            login=self.user_manager.login,
        )
        [rule] = self.Rule.search([("model_id.model", "=", TICKET)])
        self.assertEqual(rule.report_ids, self.ticket_report)
        self.start_tour(
            f"/odoo/interaction-test-tickets/{ticket.id}",
            "interaction_log_proposal_button",
            login=self.user_manager.login,
        )
        entry = self._find(ticket)
        self.assertEqual(
            (entry.partner_id, entry.document_name), (self.anna, "Broken Door")
        )
