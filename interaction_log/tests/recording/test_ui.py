from odoo.tests import tagged

from ..common import InteractionChartCommon, InteractionHttpCommon
from ..template.word_files import read_word_file


@tagged("-at_install", "post_install")
class TestUi(InteractionHttpCommon, InteractionChartCommon):
    def test_print_and_find(self):
        """A salesperson prints a real quotation and a real invoice, and finds both."""
        invoicing = self.env.ref("account.group_account_invoice")
        self.user_sales.sudo().group_ids |= invoicing
        order, invoice = self._new_order(), self._new_move()
        with self._real_pdfs() as rendered:
            self.start_tour(
                f"/odoo/action-sale.action_quotations/{order.id}",
                "interaction_log_print_quotation",
                login=self.user_sales.login,
            )
            self.start_tour(
                f"/odoo/action-account.action_move_out_invoice_type/{invoice.id}",
                "interaction_log_print_invoice",
                login=self.user_sales.login,
            )
        self.assertEqual(rendered, ["pdf", "pdf"])
        self.assertEqual(len(self._find(order)), 1)
        self.assertEqual(len(self._find(invoice)), 1)
        self.start_tour(
            f"/odoo/contacts/{self.acme.id}",
            "interaction_log_find",
            login=self.user_sales.login,
        )

    def test_template_with_files(self):
        """An administrator sets up a letter in two languages, and logs with it."""
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        chloe = self.env["res.partner"].create(
            {"name": "Tour Contact", "lang": "fr_FR", "street": "Rue Haute 1"}
        )
        self.start_tour(
            "/odoo/interaction-templates",
            "interaction_log_template",
            login=self.user_admin.login,
        )
        template = self.env["interaction.template"].sudo()
        template = template.search([("code", "=", "WELCOME-LETTER")])
        self.env.ref("interaction_log.interaction_rule_print_quotation").sudo().write(
            {"template_id": template.id}
        )
        order = self._new_order(partner=chloe)
        self._print("sale.report_saleorder", order, user=self.user_admin)
        self.start_tour(
            f"/odoo/action-sale.action_quotations/{order.id}",
            "interaction_log_template_used",
            login=self.user_admin.login,
        )
        attachment = self._find(order).attachment_ids
        text = read_word_file(attachment.raw)
        self.assertIn("Tour Contact", text)
        self.assertIn("Rue Haute 1", text)

    def test_cancel_restore_and_purge(self):
        entry = self._log(name="Call about the tour", user=self.user_admin)
        other = self._log(name="Call that stays", user=self.user_admin)
        self.start_tour(
            "/odoo/interactions", "interaction_log_cancel", login=self.user_admin.login
        )
        self.assertFalse(entry.exists())
        self.assertTrue(other.exists())
