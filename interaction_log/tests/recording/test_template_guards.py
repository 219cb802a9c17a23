import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestTemplateGuards(InteractionCommon):
    """Templates and groups that others use: what is refused, and what is asked."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Template = cls.env["interaction.template"].with_user(cls.user_manager)
        cls.Group = cls.env["interaction.group"].with_user(cls.user_manager)
        cls.group = cls.Group.create({"name": "Fairs"})
        cls.template = cls._new_template("Fair")
        cls.letter = cls._shipped("interaction_template_letter")
        cls.company_b = cls._new_company()
        cls.user_manager_b = cls._new_user(
            "il_manager_b", "interaction_log.group_manager", company=cls.company_b
        )

    @classmethod
    def _new_template(cls, name, **vals):
        return cls.Template.create({"name": name, "group_id": cls.group.id, **vals})

    def _new_rule(self, user=None, **vals):
        return (
            self.env["interaction.rule"]
            .with_user(user or self.user_manager)
            .create(
                {
                    "name": "Fair order",
                    "model_id": self.env["ir.model"]._get_id("sale.order"),
                    "template_id": self.template.id,
                    "sequence": 1,
                    **vals,
                }
            )
        )

    def _archive(self, templates=None, user=None):
        """Archive as the web client does, up to the dialog."""
        templates = (templates or self.template).with_user(user or self.user_manager)
        action = templates.action_archive()
        self.assertEqual(action["res_model"], "interaction.template.archive")
        self.assertEqual(
            action["name"],
            "Archive Template" if len(templates) == 1 else "Archive Templates",
        )
        self.assertTrue(all(templates.mapped("active")))
        Wizard = self.env["interaction.template.archive"].with_user(
            user or self.user_manager
        )
        Wizard = Wizard.with_context(**action["context"])
        # what the dialog shows before it is saved
        form, wizard = Form(Wizard), Wizard.create({})
        self.assertEqual(form.rule_ids.ids, wizard.rule_ids.ids)
        self.assertEqual(form.foreign_rules, wizard.foreign_rules)
        return wizard

    def _assert_refused(self, error, *sentences):
        message = str(error.exception)
        for sentence in sentences:
            self.assertIn(sentence, message)

    # -- deleting -------------------------------------------------------

    def test_template_in_use_says_where(self):
        self._log(template_id=self.template.id)
        self._log(template_id=self.template.id)._cancel(self.reason)
        self._log(
            template_id=self.template.id,
            user=self.user_manager_b,
            company_id=self.company_b.id,
        )
        self._new_rule()
        self._new_rule(
            user=self.user_manager_b,
            name="Order of B",
            company_id=self.company_b.id,
            active=False,
        )
        with self.assertRaises(UserError) as error:
            self.template.unlink()
        self._assert_refused(
            error,
            "Fair can't be deleted",
            "interactions, including canceled ones (3)",
            "automatic recording (2): Fair order, Order of B",
            "Archive it instead.",
        )

    def test_rule_alone_keeps_the_template(self):
        self._new_rule()
        with self.assertRaises(UserError) as error:
            (self.template | self._new_template("Unused")).unlink()
        self._assert_refused(error, "Fair can't", "automatic recording (1): Fair order")
        self.assertNotIn("Unused", str(error.exception))
        self.assertNotIn("interactions, including canceled", str(error.exception))

    def test_each_one_in_use_is_named(self):
        other = self._new_template("Show")
        self._log(template_id=self.template.id)
        self._log(template_id=other.id)
        with self.assertRaises(UserError) as error:
            (self.template | other).unlink()
        self._assert_refused(error, "Fair can't be deleted", "Show can't be deleted")

    def test_group_in_use_says_where(self):
        self._log(template_id=self.template.id)
        self._new_template("Show", active=False)
        self._new_template("Stand of B").sudo().company_id = self.company_b
        with self.assertRaises(UserError) as error:
            self.group.unlink()
        self._assert_refused(
            error,
            "Fairs can't be deleted",
            "interactions, including canceled ones (1)",
            "templates (3): Fair, Show, Stand of B",
            "Archive it instead.",
        )

    def test_addon_that_brought_them_is_uninstalled(self):
        """What was logged with them stays, and so do they; Odoo goes on."""
        unused = self._new_template("Show").with_context(
            **{MODULE_UNINSTALL_FLAG: True}
        )
        self._log(template_id=self.template.id)
        for record in (self.template, self.group):
            with self.assertRaises(UserError):
                record.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        unused.unlink()
        self.assertFalse(unused.exists())

    def test_many_names_are_cut(self):
        for number in range(6):
            self._new_template(f"T{number}")
        with self.assertRaises(UserError) as error:
            self.group.unlink()
        self._assert_refused(error, "templates (7): Fair, T0, T1, T2, T3, …")

    def test_salesperson_deletes_nothing(self):
        with self.assertRaises(AccessError):
            self.template.with_user(self.user_sales).unlink()
        with self.assertRaises(AccessError):
            self.group.with_user(self.user_sales).unlink()

    # -- archiving ------------------------------------------------------

    def test_archiving_asks_only_where_it_must(self):
        """Where the dialog asks, the web client does not ask before."""
        other = self._new_template("Show")
        rule = self._new_rule()
        templates = (self.template | other).with_user(self.user_manager)
        self.assertEqual(templates.mapped("is_recorded_automatically"), [True, False])
        rule.active = False
        templates.invalidate_recordset()
        self.assertFalse(any(templates.mapped("is_recorded_automatically")))

    def test_unused_one_is_archived_at_once(self):
        self._new_rule(active=False)
        self._log(template_id=self.template.id)
        self.assertFalse(self.template.action_archive())
        self.assertFalse(self.template.active)

    def test_what_stays_switched_off_is_said(self):
        rule = self._new_rule(active=False)
        self.template.action_archive()
        told = self.template.action_unarchive()
        self.assertTrue(self.template.active)
        self.assertFalse(rule.active)
        self.assertIn(f"still disabled: {rule.name}.", told["params"]["message"])
        rule.active = True
        self.template.write({"active": False})
        self.assertFalse(self.template.action_unarchive(), "nothing is to be said")

    def test_record_with_another_template(self):
        rule, other = self._new_rule(), self._new_template("Show")
        wizard = self._archive(self.template | other)
        self.assertEqual(wizard.rule_ids, rule)
        self.assertEqual(wizard.template_names, "Fair, Show")
        self.assertFalse(wizard.foreign_rules)
        with self.assertRaisesRegex(UserError, "Choose the template"):
            wizard.action_apply()
        self.assertTrue(self.template.active)
        wizard.replacement_id = self.letter
        wizard.action_apply()
        self.assertFalse(any((self.template | other).mapped("active")))
        self.assertRecordValues(rule, [{"template_id": self.letter.id, "active": True}])

    def test_stop_recording(self):
        rule = self._new_rule()
        wizard = self._archive()
        wizard.choice = "stop"
        wizard.action_apply()
        self.assertRecordValues(
            rule, [{"template_id": self.template.id, "active": False}]
        )
        self.assertFalse(self.template.active)
        with self.assertRaisesRegex(ValidationError, "is archived"):
            rule.action_unarchive()

    def test_activities_and_meetings_are_asked_about(self):
        """By a manager who may not change types of activities."""
        activity_type = self.env["mail.activity.type"].create({"name": "Show it"})
        tag = self.env["calendar.event.type"].create({"name": "Fair tag"})
        self.assertFalse(activity_type.with_user(self.user_manager).has_access("write"))
        for choice, template in (("replace", self.letter), ("stop", False)):
            with self.subTest(choice=choice):
                self.template.active = True
                activity_type.interaction_template_id = self.template
                tag.interaction_template_id = self.template
                wizard = self._archive()
                self.assertEqual(wizard.activity_type_ids, activity_type)
                self.assertEqual(wizard.meeting_tag_ids, tag)
                with self.assertRaisesRegex(UserError, "Choose the template"):
                    wizard.action_apply()
                wizard.write({"choice": choice, "replacement_id": self.letter.id})
                wizard.action_apply()
                self.assertFalse(self.template.active)
                for user in (activity_type, tag):
                    self.assertEqual(
                        user.interaction_template_id,
                        template or self.letter.browse(),
                    )

    def test_rules_that_the_manager_can_not_change(self):
        own = self._new_rule()
        foreign = self._new_rule(
            user=self.user_manager_b, name="Order of B", company_id=self.company_b.id
        )
        wizard = self._archive()
        self.assertEqual(wizard.rule_ids, own)
        self.assertEqual(wizard.foreign_rules, f"Order of B ({self.company_b.name})")
        wizard.replacement_id = self.letter
        wizard.action_apply()
        self.assertFalse(self.template.active)
        self.assertEqual(own.template_id.id, self.letter.id)
        # their documents are listed as skipped
        self.assertRecordValues(
            foreign, [{"template_id": self.template.id, "active": True}]
        )
        self.assertIn("is archived", foreign.template_warning)

    def test_only_rules_that_the_manager_can_not_change(self):
        self._new_rule(
            user=self.user_manager_b, name="Order of B", company_id=self.company_b.id
        )
        wizard = self._archive()
        self.assertFalse(wizard.rule_ids)
        wizard.action_apply()
        self.assertFalse(self.template.active)

    def test_manager_of_both_companies_changes_all(self):
        self.user_manager.sudo().company_ids |= self.company_b
        rule = self._new_rule(user=self.user_manager_b, company_id=self.company_b.id)
        both = (self.company_a | self.company_b).ids
        template = self.template.with_context(allowed_company_ids=both)
        wizard = self._archive(template).with_context(allowed_company_ids=both)
        self.assertEqual(wizard.rule_ids.ids, rule.ids)
        self.assertEqual(wizard.company_id, self.company_b)
        self.assertFalse(wizard.foreign_rules)
        wizard.choice = "stop"
        wizard.action_apply()
        self.assertFalse(rule.active)

    def test_replacement_of_another_company_is_refused(self):
        self._new_rule()
        wizard = self._archive()
        wizard.replacement_id = self._new_template("A", company_id=self.company_a.id)
        with self.assertRaises(UserError):
            wizard.action_apply()

    def test_salesperson_archives_nothing(self):
        self._new_rule()
        with self.assertRaises(AccessError):
            self.template.with_user(self.user_sales).action_archive()
        with self.assertRaises(AccessError):
            self.env["interaction.template.archive"].with_user(self.user_sales).create(
                {"template_ids": [Command.set(self.template.ids)]}
            )

    def test_plain_write_archives_and_events_are_skipped(self):
        rule = self._new_rule()
        self.template.write({"active": False})
        self.assertTrue(rule.active)
        match = self.Rule._match("print", self._new_order())[0]
        self.assertEqual(match.rule, rule.sudo())
        self.assertIn("is archived", match.reason)

    def test_templates_of_an_archived_group_go_on(self):
        self.group.action_archive()
        self.assertFalse(self.group.active)
        entry = self._log(template_id=self.template.id)
        self.assertEqual(entry.group_id.id, self.group.id)

    # -- companies ------------------------------------------------------

    def test_company_where_a_rule_of_another_one_records(self):
        rule = self._new_rule(
            user=self.user_manager_b, name="Order of B", company_id=self.company_b.id
        )
        for active in (True, False):
            rule.active = active
            with (
                self.subTest(active=active),
                self.assertRaisesRegex(ValidationError, "Order of B"),
                self.env.cr.savepoint(),
            ):
                self.template.company_id = self.company_a
        self.template.with_user(self.user_manager_b).company_id = self.company_b
        self.assertEqual(self.template.sudo().company_id, self.company_b)

    def test_company_where_a_rule_records_everywhere(self):
        rule = self._new_rule()
        with (
            self.assertRaisesRegex(ValidationError, "Fair order .* in all companies"),
            self.env.cr.savepoint(),
        ):
            self.template.company_id = self.company_a
        rule.company_id = self.company_a
        self.template.company_id = self.company_a
        self.assertEqual(self.template.company_id, self.company_a)
        # and the rule's side
        with self.assertRaises(UserError):
            rule.company_id = False

    def test_branch_uses_the_template_of_its_company(self):
        branch = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Branch", "parent_id": self.company_a.id})
        )
        self.user_manager.sudo().company_ids |= branch
        rule = self._new_rule(company_id=branch.id)
        self.template.company_id = self.company_a
        self.assertFalse(rule.template_warning)
        rule.template_id = self._new_template("Show", company_id=self.company_a.id)
        self.assertEqual(rule.template_id.name, "Show")

    # -- currency -------------------------------------------------------

    def test_currency_of_the_company(self):
        other = self.setup_other_currency("EUR", rates=[])
        template = self._new_template("A", company_id=self.company_a.id)
        for vals in (
            {"currency_id": other.id},
            {"currency_id": other.id, "unit_cost": 3},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(ValidationError, "unit cost .* EUR"),
                self.env.cr.savepoint(),
            ):
                template.write(vals)
        with self.assertRaisesRegex(ValidationError, "unit cost"):
            self._new_template("B", company_id=self.company_a.id, currency_id=other.id)

    def test_currency_of_a_shared_template(self):
        other = self.setup_other_currency("EUR", rates=[])
        self.template.currency_id = other
        self.assertEqual(self.template.currency_id, other)
        unused = self.setup_other_currency("CHF", rates=[])
        unused.active = False
        with self.assertRaisesRegex(ValidationError, "CHF .* is archived"):
            self.template.currency_id = unused

    # -- code -----------------------------------------------------------

    @mute_logger("odoo.sql_db")
    def _get_refusal(self, model, vals):
        with (
            self.assertRaises(psycopg2.IntegrityError) as error,
            self.env.cr.savepoint(),
        ):
            model.create(vals)
        return model._sql_error_to_message(error.exception)

    def test_code_in_use(self):
        self.template.active = False
        self._new_template("Of A", code="FAIR", company_id=self.company_a.id)
        vals = {"name": "New", "code": "FAIR", "group_id": self.group.id}
        self.assertIn("already in use", self._get_refusal(self.Template, vals))
        vals["company_id"] = self.company_a.id
        self.assertIn("already in use", self._get_refusal(self.Template, vals))

    def test_code_of_a_group(self):
        vals = {"name": "New", "code": "FAIRS"}
        self.assertIn("already in use", self._get_refusal(self.Group, vals))
        for code in ("A B", " AB", "", "A\tB"):
            with (
                self.subTest(code=code),
                self.assertRaisesRegex(ValidationError, "without spaces"),
                self.env.cr.savepoint(),
            ):
                self.group.code = code

    # -- what is logged -------------------------------------------------

    def test_changing_a_template_changes_no_entry(self):
        entry = self._log(template_id=self.template.id).sudo()
        facts = [
            name
            for name, field in entry._fields.items()
            if field.store or name == "display_name"
        ]
        before = entry.read(facts, load=None)
        other_group = self.Group.create({"name": "Shows"})
        vals = {
            "group_id": other_group.id,
            "company_id": self.company_a.id,
            "active": False,
            "mail_template_id": self._shipped("mail_template_interaction").id,
            "default_lang_id": False,  # that of its files: see test_template_files
        }
        changed = set()
        template = self.template.sudo()
        for name, field in template._fields.items():
            if (
                name in ("id", *self.env["base"]._fields)
                or not field.store
                or field.readonly
                or field.type == "one2many"
            ):
                continue
            value = vals[name] if name in vals else self._get_other(template, field)
            template[name] = value
            changed.add(name)
        self.assertLessEqual(
            {"name", "code", "channel", "flow", "unit_cost", "group_id", "company_id"},
            changed,
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(entry.read(facts, load=None), before)

    def _get_other(self, template, field):
        """Return a value that the field does not have."""
        value = template[field.name]
        if field.type in ("char", "text", "html"):
            return "OTHER"
        if field.type in ("integer", "float", "monetary"):
            return value + 7
        if field.type == "boolean":
            return not value
        if field.type == "selection":
            return next(key for key in field.get_values(self.env) if key != value)
        comodel = self.env[field.comodel_name].sudo()
        if field.name == "currency_id":
            return comodel.browse(value.id)  # that of the company, and no other
        other = comodel.search([("id", "not in", value.ids)], limit=1)
        return other or comodel.create({"name": "Other"})
