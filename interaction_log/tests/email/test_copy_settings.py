from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..common import InteractionHttpCommon
from .common import InteractionCopyCommon


@tagged("-at_install", "post_install")
class TestCopySettings(InteractionCopyCommon):
    """The address of the log, which a company has in its alias domain."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.user_admin
        cls.admin.group_ids |= cls.env.ref("base.group_system")
        cls.alias.unlink()

    def _set(self, name, company=None):
        settings = self.env["res.config.settings"].with_user(self.admin)
        if company:
            settings = settings.with_company(company)
        with Form(settings) as form:
            form.interaction_log_alias_name = name
        form.record.execute()

    def _find_aliases(self):
        return self.env["mail.alias"].search(
            [("alias_model_id.model", "=", "interaction.email.copy")]
        )

    def test_rule(self):
        """A rule for such e-mails shows nothing that only documents have."""
        rules = self.env["interaction.rule"].with_user(self.admin)
        for name in "email_copy", "email_forwarded":
            rule = self.env.ref(f"interaction_log.interaction_rule_{name}")
            form = Form(rules.browse(rule.id))
            for field in "report_ids", "number_required", "show_button":
                with self.subTest(name, field=field):
                    self.assertTrue(form._get_modifier(field, "invisible"))

    def test_set_change_and_remove(self):
        with self.assertRaisesRegex(ValueError, "No possible route"):
            self._arrive()
        self._set("Log")
        self.assertEqual(self._find_aliases().alias_full_name, self.log_address)
        self.assertTrue(self._arrive(2))
        self._set("history")
        self.assertEqual(len(self._find_aliases()), 1)
        with self.assertRaisesRegex(ValueError, "No possible route"):
            self._arrive(3)
        self.assertTrue(self._arrive(4, cc=f"history@{self.alias_domain}"))
        self._set("")
        self.assertFalse(self._find_aliases())
        with self.assertRaisesRegex(ValueError, "No possible route"):
            self._arrive(5, cc=f"history@{self.alias_domain}")

    def test_domain_that_is_renamed(self):
        self._set("log")
        self.mail_alias_domain.name = "renamed.example.com"
        self.assertTrue(self._arrive(cc="log@renamed.example.com"))

    def test_taken(self):
        self.env["mail.alias"].create(
            {
                "alias_name": "log",
                "alias_domain_id": self.mail_alias_domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        with self.assertRaisesRegex(UserError, "Choose another value"):
            self._set("log")

    def test_without_an_alias_domain(self):
        self.company_a.alias_domain_id = False
        settings = self.env["res.config.settings"].with_user(self.admin)
        settings.create({"interaction_log_alias_name": "log"}).execute()
        self.assertFalse(self._find_aliases())
        with Form(settings) as form:
            self.assertFalse(form.interaction_log_alias_domain)
            with self.assertRaisesRegex(AssertionError, "invisible"):
                form.interaction_log_alias_name = "log"

    def test_each_company(self):
        company_b = self._new_company()
        self.admin.company_ids |= company_b
        company_b.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "b.example.com", "company_ids": [Command.link(company_b.id)]}
        )
        self._set("log")
        self._set("diary", company_b)
        self.assertEqual(
            set(self._find_aliases().mapped("alias_full_name")),
            {self.log_address, "diary@b.example.com"},
        )
        settings = self.env["res.config.settings"].with_user(self.admin)
        self.assertEqual(settings.create({}).interaction_log_alias_name, "log")


@tagged("-at_install", "post_install")
class TestCopyUi(InteractionCopyCommon, InteractionHttpCommon):
    def test_set_the_address_and_read_the_log(self):
        self.alias.unlink()
        self.user_admin.group_ids |= self.env.ref("base.group_system")
        login = self.user_admin.login
        self.start_tour(
            "/odoo/settings#interaction_log", "interaction_log_copy_set", login=login
        )
        self._arrive(to="anna@acme.example.com, Dave Doe <dave@example.org>")
        self.start_tour("/odoo/interactions", "interaction_log_copy_read", login=login)
        dave = self.env["res.partner"].search([("name", "=", "Dave Doe")])
        self.assertEqual(
            self.Entry.search([("partner_id", "=", dave.id)]).name, "About Friday"
        )
