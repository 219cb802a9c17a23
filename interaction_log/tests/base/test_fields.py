from collections import Counter

from lxml import etree

from odoo.tests import TransactionCase, new_test_user, tagged


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

    def test_files_are_checked_alone(self):
        """A field that doesn't leave out the search for files that one has access to
        reads all files of the database."""
        found = [
            field
            for model in self.env.values()
            for field in model._fields.values()
            if model._name.startswith("interaction.")
            and field.type == "many2many"
            and field.store
            and field.comodel_name == "ir.attachment"
        ]
        self.assertGreater(len(found), 3)
        for field in found:
            with self.subTest(field=str(field)):
                self.assertTrue(field.bypass_search_access)

    def test_technical_fields_are_offered_to_nobody(self):
        """Neither in custom filters nor in custom groups; they are read as before."""
        user = new_test_user(self.env, "fields_user", "interaction_log.group_user")
        Entry = self.env["interaction.log.entry"].with_user(user)
        names = ("source_key", "content_sha256", "content_fingerprint", "res_model")
        offered = ("searchable", "groupable")
        for name in names:
            with self.subTest(field=name):
                description = Entry.fields_get([name])[name]
                self.assertEqual([description[key] for key in offered], [False, False])
                self.assertTrue(description["exportable"])
                Entry.search_read([(name, "=", "x")], [name])
        shown = Entry.get_views([(False, "search")])
        self.assertFalse(
            shown["models"][Entry._name]["fields"]["source_key"]["groupable"]
        )
        self.assertTrue(all(Entry.fields_get(["name"], offered)["name"].values()))
        self.assertEqual(
            Entry.fields_get(["source_key"], ["string"]),
            {"source_key": {"string": "Source Key"}},
        )
        with self.debug_mode():
            self.assertTrue(
                all(Entry.fields_get(names, offered)["source_key"].values())
            )

    def test_technical_fields_are_known_as_such(self):
        """An attribute that its model does not know would only be a warning."""
        technical = [
            field
            for model in self.env.values()
            for field in model._fields.values()
            if getattr(field, "technical", False) and not model._abstract
        ]
        self.assertGreater(len(technical), 15)
        for field in technical:
            with self.subTest(field=str(field)):
                self.assertTrue(
                    self.env[field.model_name]._valid_field_parameter(
                        field, "technical"
                    )
                )

    def test_a_record_chosen_in_the_search_box_is_that_one(self):
        """With its name for its id, others that have the name in theirs are found."""
        checked = 0
        for model in self.env.values():
            if model._original_module != "interaction_log" or model._abstract:
                continue
            arch = etree.fromstring(model.get_view(view_type="search")["arch"])
            for node in arch.xpath("//field[@filter_domain]"):
                if model._fields[node.get("name")].type == "many2one":
                    checked += 1
                    with self.subTest(model=model._name, field=node.get("name")):
                        self.assertIn("raw_value", node.get("filter_domain"))
                        self.assertNotIn("self", node.get("filter_domain"))
        self.assertTrue(checked)

    def test_filters_of_a_search_view_have_names_of_their_own(self):
        """By its name an action, or a link, chooses a filter."""
        for model in self.env.values():
            if model._original_module != "interaction_log" or model._abstract:
                continue
            arch = etree.fromstring(model.get_view(view_type="search")["arch"])
            numbers = Counter(arch.xpath("//filter/@name"))
            with self.subTest(model=model._name):
                self.assertFalse([name for name in numbers if numbers[name] > 1])
