from odoo.tests import TransactionCase, tagged


@tagged("-at_install", "post_install")
class TestActions(TransactionCase):
    def _get_ours(self, model):
        data = self.env["ir.model.data"].search(
            [("module", "=", "interaction_log"), ("model", "=", model)]
        )
        return self.env[model].browse(data.mapped("res_id"))

    def test_pages_have_an_address(self):
        """What is opened as a page, and not as a dialog, can be linked to by name."""
        actions = self._get_ours("ir.actions.act_window")
        pages = actions.filtered(lambda action: action.target == "current")
        self.assertGreater(len(pages), 15)
        menus = [menu.action for menu in self._get_ours("ir.ui.menu") if menu.action]
        for action in [*pages, *(set(menus) - set(actions))]:
            with self.subTest(action=action.xml_id):
                self.assertRegex(action.path or "", r"^[a-z]+(-[a-z]+)*$")
