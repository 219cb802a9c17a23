from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..common import InteractionCommon

# A model of another app, with a button box and a contact
ACCOUNT = "account.analytic.account"


@tagged("-at_install", "post_install")
class TestButton(InteractionCommon):
    """The button on forms of documents that know nothing of the log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_sales.group_ids |= cls.env.ref("analytic.group_analytic_accounting")
        plan = cls.env["account.analytic.plan"].sudo().create({"name": "Plan"})
        cls.document = (
            cls.env[ACCOUNT]
            .sudo()
            .create({"name": "Roof", "plan_id": plan.id, "partner_id": cls.anna.id})
        )
        cls.rule = cls._new_rule(ACCOUNT)

    @classmethod
    def _new_rule(cls, model, **vals):
        return cls.Rule.create(
            {
                "event": "email_out",
                "model_id": cls.env["ir.model"]._get_id(model),
                "template_id": cls.template_call.id,
                "show_button": True,
                **vals,
            }
        )

    def _get_form(self, model=ACCOUNT, user=None, view_type="form", view=None):
        Model = self.env[model].with_user(user or self.user_sales)
        arch = Model.get_view(view.id if view else None, view_type)["arch"]
        return etree.fromstring(arch)

    def _find_buttons(self, *args, **kwargs):
        return self._get_form(*args, **kwargs).xpath(
            "//div[@name='button_box']/button[widget[@name='interaction_count']]"
        )

    def _new_view(self, model, arch):
        return (
            self.env["ir.ui.view"]
            .sudo()
            .create({"name": model, "model": model, "arch": arch, "priority": 1})
        )

    def test_first_on_the_form(self):
        form = self._get_form()
        [button] = form.xpath("//button[widget[@name='interaction_count']]")
        self.assertEqual(button.getparent().get("name"), "button_box")
        self.assertEqual(button.getparent().index(button), 0)
        self.assertEqual(button.get("invisible"), "not id")
        self.assertFalse(self._get_form(view_type="list").xpath("//widget"))

    def test_comes_and_goes_with_the_rule(self):
        self.assertTrue(self._find_buttons())
        self.rule.show_button = False
        self.assertFalse(self._find_buttons())
        self.rule.show_button = True
        self.assertTrue(self._find_buttons())
        self.rule.active = False
        self.assertFalse(self._find_buttons())
        self.rule.active = True
        self.rule.unlink()
        self.assertFalse(self._find_buttons())

    def test_only_with_rights_on_the_log(self):
        group = self.env.ref("analytic.group_analytic_accounting")
        self.user_assistant.sudo().group_ids |= group
        self.assertFalse(self._find_buttons(user=self.user_assistant))

    def test_form_without_a_button_box(self):
        self._new_rule("mail.test.ticket")
        self._new_view(
            "mail.test.ticket",
            "<form><header /><sheet><field name='name' /></sheet></form>",
        )
        [button] = self._find_buttons("mail.test.ticket")
        self.assertEqual(button.getparent().getparent().tag, "sheet")

    def test_dialog_and_lines(self):
        """A form of a few fields gets none, nor does the form of a line."""
        self._new_rule("mail.test.ticket")
        small = self._new_view("mail.test.ticket", "<form><field name='name' /></form>")
        self.assertFalse(self._find_buttons("mail.test.ticket", view=small))
        self._new_rule("mail.test.container")
        lines = self._new_view(
            "mail.test.container",
            """<form><sheet><field name="message_ids"><form><sheet>
                <div name="button_box"><button name="unlink" type="object" /></div>
            </sheet></form></field></sheet></form>""",
        )
        [button] = self._find_buttons("mail.test.container", view=lines)
        self.assertFalse(button.xpath("ancestor::field"))

    def test_once(self):
        """A form that has the button by code keeps it, and gets no other."""
        self._new_rule("sale.order")
        form = self._get_form("sale.order")
        self.assertEqual(
            len(form.xpath("//div[@name='button_box']//button[@icon='fa-comments-o']")),
            1,
        )
        self.assertFalse(form.xpath("//widget[@name='interaction_count']"))
        rule = self._new_rule("sale.order", show_button=False)
        self.assertTrue(rule.has_own_button)
        self.assertFalse(self.rule.has_own_button)

    def test_forms_cost_nothing(self):
        Model = self.env[ACCOUNT].with_user(self.user_sales)
        Other = self.env["res.country"].with_user(self.user_sales)
        for model in (Model, Other):
            model.get_views([(None, "form")])
        with self.assertQueryCount(0):
            Other._get_view_cache_key(None, "form")
            Model._get_view_cache_key(None, "form")
            Other.get_view(None, "form")
            Model.get_view(None, "form")

    def test_number(self):
        for state in ("logged", "logged", "postponed"):
            self._log(res_model=ACCOUNT, res_id=self.document.id, state=state)
        self._log(res_model=ACCOUNT, res_id=self.document.copy().id)
        Entry = self.env["interaction.log.entry"].with_user(self.user_sales)
        Entry.get_document_count(ACCOUNT, self.document.id)
        with self.assertQueryCount(1):
            count = Entry.get_document_count(ACCOUNT, self.document.id)
        self.assertEqual(count, 2)

    def test_number_of_another_company(self):
        other = self._new_company()
        user = self._new_user("il_b", "interaction_log.group_user", company=other)
        self._log(res_model=ACCOUNT, res_id=self.document.id)
        Entry = self.env["interaction.log.entry"].with_user(user)
        self.assertEqual(Entry.get_document_count(ACCOUNT, self.document.id), 0)

    def test_bad_input(self):
        Entry = self.env["interaction.log.entry"].with_user(self.user_sales)
        for given in (
            ("no.model", 1),
            (ACCOUNT, False),
            (ACCOUNT, "1"),
            (ACCOUNT, 2**40),
            (["a"], 1),
            (None, None),
        ):
            with self.subTest(given=given):
                self.assertEqual(Entry.get_document_count(*given), 0)
                self.assertFalse(
                    Entry.search(Entry.get_document_action(*given)["domain"])
                )
        for method in (Entry.get_document_count, Entry.get_document_action):
            with self.assertRaises(AccessError):
                getattr(Entry.with_user(self.user_assistant), method.__name__)(
                    ACCOUNT, self.document.id
                )

    def _click(self, user=None):
        """Click the button, as the form does."""
        [button] = self._find_buttons(user=user)
        action = self.env["ir.actions.server"].browse(int(button.get("name")))
        return (
            action.with_user(user or self.user_sales)
            .with_context(
                active_model=ACCOUNT,
                active_id=self.document.id,
                active_ids=self.document.ids,
            )
            .run()
        )

    def test_click(self):
        entry = self._log(res_model=ACCOUNT, res_id=self.document.id)
        self._log(res_model="sale.order", res_id=self._new_order().id)
        action = self._click()
        Entry = self.env["interaction.log.entry"].with_user(self.user_sales)
        self.assertEqual(Entry.search(action["domain"]), entry)
        self.assertEqual(action["context"]["default_res_model"], ACCOUNT)
        self.assertEqual(action["context"]["default_res_id"], self.document.id)
        self.assertEqual(action["context"]["default_partner_ids"], self.anna.ids)

    def test_log_from_there(self):
        dialog = self.env["interaction.log.create"].with_user(self.user_sales)
        dialog = dialog.with_context(**self._click()["context"])
        with Form(dialog) as form:
            form.template_id = self.template_call
        form.record.action_log()
        entry = self._find(self.document)
        self.assertEqual(entry.partner_id, self.anna)
        self.assertEqual(entry.document_name, self.document.display_name)

    def test_contact_of_the_rule(self):
        """From there and from the pencil: with the contact that the rule names."""
        self._new_rule("mail.test.ticket")
        ticket = self.env["mail.test.ticket"].create(
            {"name": "T1", "customer_id": self.anna.id}
        )
        Entry = self.env["interaction.log.entry"].with_user(self.user_sales)
        context = Entry.get_log_action(ticket._name, ticket.id)["context"]
        self.assertEqual(context["default_partner_ids"], self.anna.ids)
        self.assertEqual(context["default_res_id"], ticket.id)
        ticket.customer_id = False
        context = Entry.get_log_action(ticket._name, ticket.id)["context"]
        self.assertEqual(context["default_partner_ids"], [])
        self.assertEqual(context["default_res_id"], ticket.id)
        ticket.customer_id = self.user_manager.partner_id
        context = Entry.get_log_action(ticket._name, ticket.id)["context"]
        self.assertEqual(context["default_partner_ids"], [], "one of us")

    def test_document_out_of_sight(self):
        self.document.company_id = self._new_company()
        Entry = self.env["interaction.log.entry"].with_user(self.user_sales)
        context = Entry.get_document_action(ACCOUNT, self.document.id)["context"]
        self.assertNotIn("default_res_id", context)
        self.assertFalse(context.get("default_partner_ids"))

    def test_path_that_is_gone(self):
        """An addon was removed, and its field with it: the button still works."""
        self.env.cr.execute(
            "UPDATE interaction_rule SET partner_field = 'gone_id' WHERE id = %s",
            [self.rule.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache("stable")
        context = self._click()["context"]
        self.assertEqual(context["default_partner_ids"], self.anna.ids)
