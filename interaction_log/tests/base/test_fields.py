from odoo.tests import TransactionCase, tagged


@tagged("-at_install", "post_install")
class TestFields(TransactionCase):
    def test_computed_fields_say_what_they_depend_on(self):
        for model in self.registry.values():
            for field in model._fields.values():
                if (
                    "interaction_log" not in field._modules
                    or not isinstance(field.compute, str)
                    or field.related
                ):
                    continue
                computes = [
                    cls.__dict__[field.compute]
                    for cls in model.__mro__
                    if field.compute in cls.__dict__
                ]
                with self.subTest(field=str(field)):
                    self.assertTrue(
                        any(
                            hasattr(compute, "_depends")
                            or hasattr(compute, "_depends_context")
                            for compute in computes
                        )
                    )
