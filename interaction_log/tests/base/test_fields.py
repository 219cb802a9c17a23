from collections import Counter

from lxml import etree

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

    def test_fields_that_not_all_may_read_are_not_copied(self):
        """Odoo duplicates a record with the rights of the user, and fails at others."""
        for model in self.env.values():
            if model._original_module == "interaction_log" or model._abstract:
                continue
            for field in model._fields.values():
                if "interaction_log" in field._modules and field.groups:
                    with self.subTest(field=str(field)):
                        self.assertFalse(field.copy)

    def test_filters_of_a_search_view_have_names_of_their_own(self):
        """By its name an action, or a link, chooses a filter."""
        for model in self.env.values():
            if model._original_module != "interaction_log" or model._abstract:
                continue
            arch = etree.fromstring(model.get_view(view_type="search")["arch"])
            numbers = Counter(arch.xpath("//filter/@name"))
            with self.subTest(model=model._name):
                self.assertFalse([name for name in numbers if numbers[name] > 1])
