from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestDialogs(InteractionCommon):
    """What somebody is about to do is nobody else's."""

    def _get_dialogs(self):
        return [
            model
            for model in self.env.values()
            if model._transient and model._original_module == "interaction_log"
        ]

    def test_own_records_only(self):
        dialogs = self._get_dialogs()
        self.assertGreater(len(dialogs), 15)
        for dialog in dialogs:
            for operation in ("read", "write", "unlink"):
                with self.subTest(dialog=dialog._name, operation=operation):
                    domain = (
                        self.env["ir.rule"]
                        .with_user(self.user_manager)
                        ._compute_domain(dialog._name, operation)
                    )
                    self.assertIn(
                        ("create_uid", "in", [self.user_manager.id]),
                        [
                            (each.field_expr, each.operator, list(each.value))
                            for each in domain.optimize(dialog).iter_conditions()
                        ],
                    )

    def test_of_somebody_else(self):
        dialog = self.env["interaction.log.create"].with_user(self.user_manager)
        dialog = dialog.create({"note": "Secret"})
        other = dialog.with_user(self.user_sales)
        self.assertFalse(other.search([("id", "=", dialog.id)]))
        for act in (
            lambda: other.read(["note"]),
            lambda: other.write({"note": "Forged"}),
            other.unlink,
        ):
            with self.assertRaises(AccessError):
                act()
        self.assertIn("Secret", dialog.note)
