from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.base.savepoint import read_only_savepoint
from ..common import InteractionAccountCommon

RENDER_LOGGER = "odoo.addons.mail.models.mail_render_mixin"
# All read a field that is the administrators' (`signup_type`), or write
WAYS_AROUND = (
    "{{ [object.partner_id][0].signup_type }}",
    "{{ (object.partner_id or object.partner_id).signup_type }}",
    "{{ object.partner_id['signup_type'] }}",
    "{{ object.mapped('partner_id.signup_type') }}",
    "{{ max([{'password': 'stolen'}], key=object.invoice_user_id.write) }}",
)
# What nobody may write, whose subject it is
WRITES = (
    "{{ max([{'password': 'stolen'}], key=object.invoice_user_id.sudo().write) }}",
    "{{ object.sudo().write({'ref': 'stolen'}) }}",
    "{{ env.cr.execute('UPDATE account_move SET ref = 1') }}",
    "{{ env.cr.precommit.add(object.sudo().unlink) }}",
)


class RuleEditorCommon(InteractionAccountCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].sudo().set_param(
            "mail.restrict.template.rendering", True
        )
        # may write such subjects, and not read every field
        cls.editor = cls._new_user(
            "il_ada",
            "sales_team.group_sale_salesman",
            "account.group_account_invoice",
            "interaction_log.group_manager",
            "mail.group_mail_template_editor",
        )
        cls.rule = cls._shipped("interaction_rule_print_invoice")

    def _call(self, user, records, method, *args, **kwargs):
        """Call a method as a client does."""
        model = self.env[records._name].with_user(user)
        return call_kw(model, method, [records.ids, *args], kwargs)

    def _write_subject(self, subject, editor=None):
        """Let the rule have a subject that would be refused."""
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE interaction_rule
                SET subject = jsonb_build_object('en_US', %s), editor_id = %s
                WHERE id = %s""",
            [subject, (editor or self.editor).id, self.rule.id],
        )
        self.env.invalidate_all()

    def _record(self, document):
        """Print as the assistant, who may not read what is logged."""
        entries = self.Recorder.with_user(self.user_assistant)._record_event(
            "print", document.with_user(self.user_assistant)
        )
        return entries.sudo()

    def _skipped(self, document):
        return self.Skipped.search([("res_id", "=", document.id)]).reason or ""

    def _admins_only(self, model, name):
        """Let a field be the administrators'."""
        field = self.env[model]._fields[name]
        return patch.object(field, "groups", "base.group_system")


@tagged("-at_install", "post_install")
class TestWaysAround(RuleEditorCommon):
    """What syntax can't tell, rights do."""

    def _ways_to_write(self, user, subject):
        """Yield functions that write the subject, each as a client does."""
        rule = self.rule
        yield lambda: self._call(user, rule, "write", {"subject": subject})
        yield lambda: self._call(
            user, rule, "web_save", {"subject": subject}, specification={}
        )
        yield lambda: self._call(
            user, rule, "update_field_translations", "subject", {"en_US": subject}
        )
        yield lambda: call_kw(
            self.Rule.with_user(user).sudo(False),
            "create",
            [
                {
                    "model_id": rule.model_id.id,
                    "template_id": rule.template_id.id,
                    "subject": subject,
                }
            ],
            {},
        )

    def _assert_refused(self, user, subjects, sentence):
        self._new_move()
        self.rule.subject = "Invoice {{ object.name }}"
        for subject in subjects:
            for number, write in enumerate(self._ways_to_write(user, subject)):
                with (
                    self.subTest(subject=subject, number=number),
                    self.assertRaisesRegex(ValidationError, sentence),
                    mute_logger("odoo.sql_db", RENDER_LOGGER),
                    self.env.cr.savepoint(),
                ):
                    write()
        self.assertEqual(self.rule.subject, "Invoice {{ object.name }}")

    def test_no_member_of_the_group(self):
        group = self.env.ref("mail.group_mail_template_editor")
        self.assertNotIn(group, self.user_manager.all_group_ids)
        self._assert_refused(self.user_manager, WAYS_AROUND, "Only members of")

    def test_no_access_to_the_field(self):
        self._assert_refused(
            self.editor,
            WAYS_AROUND,
            "Ada is not allowed to read what the field Subject",
        )

    def test_nobody_writes(self):
        self._assert_refused(self.editor, WRITES, "it changes data")

    def _try(self, invoice):
        """Open *Test* as a client does, and save the dialog."""
        Wizard = self.env["interaction.rule.explain"].with_user(self.editor)
        vals = {
            "document": f"account.move,{invoice.id}",
            "event": "print",
            "rule_id": self.rule.id,
        }
        names = {"verdict": {}, "line_ids": {"fields": {"reason": {}, "subject": {}}}}
        shown = call_kw(Wizard, "onchange", [[], vals, [*vals], names], {})["value"]
        saved = call_kw(
            Wizard, "web_save", [[], vals], {"specification": {"verdict": {}}}
        )
        self.assertEqual(saved[0]["verdict"], shown["verdict"])
        return shown["line_ids"][-1][2]

    def test_try_it_leaves_nothing(self):
        invoice = self._new_move(ref="ours")
        cr = self.env.cr

        def read():
            self.env.flush_all()
            cr.execute(
                """SELECT password, ref, move.write_date FROM res_users
                    JOIN account_move move ON move.invoice_user_id = res_users.id
                    WHERE move.id = %s""",
                [invoice.id],
            )
            waiting = [
                len(getattr(cr, name)._funcs)
                for name in ("precommit", "postcommit", "prerollback", "postrollback")
            ]
            return cr.fetchall(), waiting

        for subject in WRITES:
            with self.subTest(subject=subject):
                self._write_subject(subject)
                before = read()
                with mute_logger("odoo.sql_db", RENDER_LOGGER):
                    line = self._try(invoice)
                self.assertIn("can't be generated for this document", line["reason"])
                self.assertEqual(read(), before)
                self.assertEqual(invoice.ref, "ours", "the cache")

    def test_try_it_keeps_what_waits(self):
        """What the caller has not written yet is written, and no part of it."""
        invoice = self._new_move(ref="ours")
        self._write_subject("{{ object.ref }}")
        invoice.ref = "new"
        done = []
        self.env.cr.precommit.add(lambda: done.append(True))
        self.assertEqual(self._try(invoice)["subject"], "new")
        self.assertFalse(done)
        self.env.cr.precommit.run()
        self.assertTrue(done)
        # the transaction writes again
        invoice.ref = "newer"
        self.env.flush_all()

    def test_what_waits_is_seen(self):
        invoice = self._new_move(ref="ours")
        invoice.ref = "new"
        with read_only_savepoint(self.env) as env:
            self.assertEqual(invoice.with_env(env).ref, "new")

    def test_recording_leaves_nothing(self):
        invoice = self._new_move(ref="ours")
        self._write_subject(WRITES[1])
        with mute_logger("odoo.sql_db", RENDER_LOGGER):
            self.assertFalse(self._record(invoice))
        self.assertIn("can't be generated for this document", self._skipped(invoice))
        self.env.invalidate_all()
        self.assertEqual(invoice.ref, "ours")


@tagged("-at_install", "post_install")
class TestRuleEditor(RuleEditorCommon):
    """Whose rights a rule has."""

    def test_who_wrote_it(self):
        rule = self.rule
        self.assertFalse(rule.editor_id, "the system")
        self._call(self.user_manager, rule, "write", {"active": True, "sequence": 3})
        self.assertFalse(rule.editor_id, "nothing of what it reads")
        for vals in (
            {"subject": "Invoice"},
            {"domain": "[('move_type', '=', 'out_invoice')]"},
            {"partner_field": "partner_shipping_id"},
            {"user_field": "user_id"},
            {"model_id": rule.model_id.id},
            {"event": "download"},
        ):
            with self.subTest(vals=vals):
                rule.domain = rule.domain
                self.assertFalse(rule.editor_id)
                self._call(self.user_manager, rule, "write", vals)
                self.assertEqual(rule.editor_id, self.user_manager)
        self._call(
            self.editor, rule, "update_field_translations", "subject", {"en_US": "New"}
        )
        self.assertEqual(rule.editor_id, self.editor)
        copy = rule.with_user(self.user_manager).sudo(False).copy()
        self.assertEqual(copy.editor_id, self.user_manager)

    def test_a_client_does_not_say_who(self):
        for vals in ({"editor_id": self.env.uid}, {"is_broken": False}):
            with self.assertRaises(AccessError):
                self._call(self.user_manager, self.rule, "write", vals)
        rule = (
            self.Rule.with_user(self.user_manager)
            .sudo(False)
            .with_context(default_editor_id=self.env.uid)
        )
        vals = {
            "model_id": self.rule.model_id.id,
            "template_id": self.template_call.id,
        }
        with self.assertRaises(AccessError):
            rule.create(vals)
        rule = rule.with_context(default_editor_id=False)
        with self.assertRaises(AccessError):
            rule.create({**vals, "editor_id": self.env.uid})

    def test_who_stands_in(self):
        """The first administrator of the company who may read the documents."""
        self.user_manager.sudo().group_ids |= self.env.ref("base.group_system")
        self.assertEqual(self.rule._get_editor(), self.env.user, "the system wrote it")
        self.rule.sudo().editor_id = self.user_sales
        self.assertEqual(self.rule._get_editor(), self.user_sales)
        self.user_sales.sudo().active = False
        self.assertEqual(self.rule._get_editor(), self.env.user)
        self.env.user.sudo().group_ids -= self.env.ref("account.group_account_manager")
        self.assertEqual(self.rule._get_editor(), self.user_manager)
        self.rule.company_id = self._new_company()
        self.env.ref("base.user_admin").sudo().company_ids |= self.rule.company_id
        self.assertEqual(self.rule._get_editor(), self.env.ref("base.user_admin"))

    def test_author_who_is_deleted(self):
        """The rule is not taken for one that Odoo has brought."""
        author = self._new_user("il_cy", "interaction_log.group_manager")
        self.rule.sudo().editor_id = author
        self.rule.active = False
        with mute_logger("odoo.models.unlink"):
            author.sudo().unlink()
        self.assertEqual(self.rule.editor_id, self.rule._get_editor())
        self.assertTrue(self.rule.editor_id.has_group("base.group_system"))

    def test_conditions_and_paths(self):
        user = self._new_user("il_bo", "interaction_log.group_manager")
        self.rule.domain = "[]"
        for vals, label, model, name in (
            (
                {"domain": "[('partner_id.signup_type', '=', 'reset')]"},
                "Documents",
                "res.partner",
                "signup_type",
            ),
            (
                {"domain": "[('partner_id', 'any', [('signup_type', '=', 'x')])]"},
                "Documents",
                "res.partner",
                "signup_type",
            ),
            (
                {"domain": "[('ref', '!=', 'x')]"},
                "Documents",
                "account.move",
                "ref",
            ),
            (
                {"partner_field": "partner_shipping_id"},
                "Contact Field",
                "account.move",
                "partner_shipping_id",
            ),
            (
                {"user_field": "partner_id.user_id"},
                "Salesperson Field",
                "res.partner",
                "user_id",
            ),
        ):
            with (
                self.subTest(vals=vals),
                self._admins_only(model, name),
                self.assertRaisesRegex(
                    ValidationError,
                    f"Ada is not allowed to read what the field {label}.*{name}",
                ),
                self.env.cr.savepoint(),
            ):
                self._call(self.editor, self.rule, "write", vals)
            with (
                self.subTest(vals=vals, user=user.name),
                self.assertRaisesRegex(ValidationError, "Bo is not allowed to read"),
                self.env.cr.savepoint(),
            ):
                self._call(user, self.rule, "write", vals)
        # nobody has written the paths that a rule has by itself
        self._call(user, self.rule, "write", {"domain": "[]"})
        self.assertEqual(self.rule.editor_id, user)

    def test_conditions_that_can_not_be_searched(self):
        """They count for recording, and as others do for who wrote them."""
        vals = {
            "domain": "[('access_url', '!=', 'x')]",
            "subject": "For {{ object.ref }}",
        }
        self._call(self.editor, self.rule, "write", vals)
        self.assertEqual(self._record(self._new_move(ref="you")).name, "For you")
        with self._admins_only("account.move", "access_url"):
            with (
                self.assertRaisesRegex(
                    ValidationError, "Ada is not allowed to read .*Documents"
                ),
                self.env.cr.savepoint(),
            ):
                self._call(self.editor, self.rule, "write", vals)
            self.Rule._check_rights()
            self.assertTrue(self.rule.is_broken)
        self.assertTrue(self.rule.with_user(self.editor).action_explain())

    def test_shipped_rules_ask_for_what_they_like(self):
        rules = self.Rule.with_context(active_test=False).search([])
        self.env.ref("base.group_system").sudo().all_user_ids.group_ids -= self.env.ref(
            "account.group_account_invoice"
        ) | self.env.ref("account.group_account_manager")
        with self._admins_only("account.move", "partner_id"):
            self.Rule._check_rights()
            self.assertFalse(rules.filtered("is_broken"))
            self.assertTrue(self._record(self._new_move()))

    @mute_logger(RENDER_LOGGER)
    def test_what_the_system_writes_is_listed(self):
        """An update would fail otherwise."""
        self.rule.sudo().subject = "{{ object.nme }}"
        self.assertIn("no field nme", self.rule.access_warning)
        self.rule.sudo().subject = "{{ object.ref }}"
        self.assertFalse(self.rule.is_broken)

    # -- rights that change -----------------------------------------------

    def test_conditions_that_may_not_be_read_any_more(self):
        vals = {"domain": "[('move_type', '=', 'out_invoice'), ('ref', '!=', 'x')]"}
        self._call(self.editor, self.rule, "write", vals)
        self.assertFalse(self.rule.is_broken)
        with self._admins_only("account.move", "ref"):
            self.Rule._check_rights()
            self.assertEqual(self.Rule.search([("is_broken", "=", True)]), self.rule)
            warning = self.rule.with_user(self.user_manager).access_warning
            self.assertIn(
                "Ada is not allowed to read what the field Documents", warning
            )
            invoice = self._new_move()
            self.assertFalse(self._record(invoice))
            self.assertEqual(self._skipped(invoice), warning)
        # at once
        self.env.invalidate_all()
        self.assertFalse(self.rule.access_warning)
        self.assertTrue(self._record(self._new_move()))
        self.Rule._check_rights()
        self.assertFalse(self.rule.is_broken)

    def test_rules_that_are_switched_off(self):
        """They are listed before somebody switches them on."""
        vals = {"domain": "[('ref', '!=', 'x')]", "active": False}
        self._call(self.editor, self.rule, "write", vals)
        with self._admins_only("account.move", "ref"):
            self.Rule._check_rights()
            self.assertTrue(self.rule.is_broken)

    def test_conditions_of_a_field_that_is_gone(self):
        self.rule._write({"domain": "[('gone', '=', True)]"})
        self.rule.invalidate_recordset()
        self.Rule._check_rights()
        self.assertTrue(self.rule.is_broken)
        self.assertIn("are not valid for Journal Entry", self.rule.access_warning)

    def test_subject_that_may_not_be_read_any_more(self):
        self._call(self.editor, self.rule, "write", {"subject": "For {{ object.ref }}"})
        invoice = self._new_move(ref="you")
        self.assertEqual(self._record(invoice).name, "For you")
        with self._admins_only("account.move", "ref"), mute_logger(RENDER_LOGGER):
            self.assertEqual(
                self._record(invoice).name, f"Invoice {invoice.display_name}"
            )
            self.Rule._check_rights()
            self.assertIn(
                "Ada is not allowed to read what the field Subject",
                self.rule.access_warning,
            )
            self.assertEqual(
                self._record(invoice).name, f"Invoice {invoice.display_name}"
            )

    def test_editor_who_leaves_the_group(self):
        self._call(self.editor, self.rule, "write", {"subject": "For {{ object.ref }}"})
        self.editor.sudo().group_ids -= self.env.ref("mail.group_mail_template_editor")
        self.Rule._check_rights()
        self.assertIn("Only members of", self.rule.access_warning)
        invoice = self._new_move(ref="you")
        self.assertEqual(self._record(invoice).name, f"Invoice {invoice.display_name}")

    def test_editor_who_is_archived(self):
        self._call(self.editor, self.rule, "write", {"subject": "For {{ object.ref }}"})
        self.editor.sudo().active = False
        self.Rule._check_rights()
        self.assertFalse(self.rule.is_broken)
        self.assertEqual(self._record(self._new_move(ref="you")).name, "For you")

    def test_check_is_daily(self):
        self.assertIn(
            "_check_rights",
            {
                name
                for name in dir(type(self.Rule))
                if getattr(getattr(type(self.Rule), name), "_autovacuum", False)
            },
        )

    # -- documents that the editor does not see ---------------------------

    def _hide(self, model, name):
        """Hide what has this name from the editor."""
        group = self.env["res.groups"].sudo().create({"name": "Hidden"})
        self.editor.sudo().group_ids |= group
        self.env["ir.rule"].sudo().create(
            {
                "name": "Hidden",
                "model_id": self.env["ir.model"]._get_id(model),
                "domain_force": f"[({name!r}, '!=', 'hidden')]",
                "groups": [],
            }
        )

    def test_document_out_of_sight(self):
        self._call(self.editor, self.rule, "write", {"subject": "For {{ object.ref }}"})
        seen, hidden = self._new_move(ref="you"), self._new_move(ref="hidden")
        others = hidden | self._new_move(ref="hidden") | self._new_move(ref="hidden")
        self._hide("account.move", "ref")
        names = {"For you", f"Invoice {hidden.display_name}"}
        self.assertEqual(self._names(seen | hidden), names)
        counts = []
        for documents in (seen | hidden, seen | others):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertLessEqual(names, self._names(documents))
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1], "all at once")

    def test_contact_out_of_sight(self):
        """The superuser has read the contact before; it stays out of sight."""
        subject = "For {{ object.partner_id.function }}"
        self._call(self.editor, self.rule, "write", {"subject": subject})
        self.acme.function, self.anna.function = "friend", "hidden"
        seen, hidden = self._new_move(partner=self.acme), self._new_move()
        self._hide("res.partner", "function")
        with mute_logger(RENDER_LOGGER):
            self.assertEqual(
                self._names(seen | hidden),
                {"For friend", f"Invoice {hidden.display_name}"},
            )

    def _names(self, documents):
        matches = (
            self.Rule.with_user(self.user_assistant).sudo()._match("print", documents)
        )
        self.assertFalse([match for match in matches if match.reason])
        template = self.rule.template_id
        return {
            match.vals.get("name") or template._get_subject(match.vals["document_name"])
            for match in matches
        }

    def test_conditions_on_what_is_out_of_sight(self):
        """Nobody learns by a rule what an order of another company says."""
        rule = self._shipped("interaction_rule_print_quotation")
        order = self._new_order(note="<p>plain</p>")
        other = self._new_company()
        self._new_order(company_id=other.id, note="<p>secret of B</p>")
        conditions = (
            "[('partner_id.sale_order_ids.note', 'ilike', {!r})]",
            "[('partner_id.sale_order_ids', 'any', [('note', 'ilike', {!r})])]",
            "[('partner_id', 'any', [('sale_order_ids.note', 'ilike', {!r})])]",
            # can't be searched
            "['|', ('access_url', '=', 'x'), "
            "('partner_id.sale_order_ids.note', 'ilike', {!r})]",
        )
        for condition in conditions:
            for text, is_logged in (("secret", False), ("plain", True)):
                with self.subTest(condition=condition, text=text):
                    domain = condition.format(text)
                    self._call(self.user_manager, rule, "write", {"domain": domain})
                    order.partner_id.sale_order_ids.mapped("note")  # with all rights
                    asked = order.with_user(self.user_manager)
                    answer = rule.with_user(self.user_manager).explain(asked, "print")
                    self.assertEqual(answer[0]["logged"], is_logged)
                    self.assertEqual(self._is_wanted(rule, order), is_logged)
        # what the system wrote asks for what it likes
        rule.domain = conditions[0].format("secret")
        self.assertTrue(self._is_wanted(rule, order))

    def test_conditions_on_names_out_of_sight(self):
        rule = self._shipped("interaction_rule_print_quotation")
        domain = "[('partner_id', 'ilike', 'Ann')]"
        self._call(self.user_manager, rule, "write", {"domain": domain})
        order = self._new_order()
        self.assertTrue(self._is_wanted(rule, order))
        self._hide("res.partner", "name")
        self.anna.sudo().name = "hidden"
        domain = "[('partner_id', 'ilike', 'hid')]"
        self._call(self.user_manager, rule, "write", {"domain": domain})
        self.assertFalse(self._is_wanted(rule, order))

    def _is_wanted(self, rule, document):
        return bool(
            rule.with_user(self.user_assistant).sudo()._match("print", document)
        )

    def test_company_of_the_editor(self):
        """The companies of who acts are not those of who wrote it."""
        other = self._new_company()
        self.user_assistant.sudo().company_ids |= other
        self._call(self.editor, self.rule, "write", {"subject": "For {{ object.ref }}"})
        rules = self.Rule.with_user(self.user_assistant).sudo()
        rules = rules.with_context(allowed_company_ids=[other.id, self.company_a.id])
        match = rules._match("print", self._new_move(ref="you"))[0]
        self.assertEqual(match.vals["name"], "For you")

    def test_company_of_the_rule(self):
        """Its subject is rendered there, where the editor works in several."""
        other = self._new_company()
        self.editor.sudo().company_ids |= other
        self._call(self.editor, self.rule, "write", {"subject": "For {{ object.ref }}"})
        self.assertEqual(self.rule._get_editor_env().company, self.company_a)
        self.rule.sudo().company_id = other
        self.assertEqual(self.rule._get_editor_env().company, other)

    # -- migration --------------------------------------------------------

    def _migrate_from(self, write_uid, create_uid):
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE interaction_rule SET editor_id = NULL, is_broken = NULL,
                write_uid = %s, create_uid = %s WHERE id = %s""",
            [write_uid.id, create_uid.id, self.rule.id],
        )
        self.env.invalidate_all()
        before = self.rule.write_date
        for _time in range(2):
            self._migrate("19.0.1.6.0", "post", "rule-editor")
        self.assertEqual(self.rule.write_uid, write_uid)
        self.assertEqual(self.rule.write_date, before)
        return self.rule.editor_id

    @mute_logger(RENDER_LOGGER)
    def test_migration(self):
        root, migrate = self.env.ref("base.user_root"), self._migrate_from
        self.assertFalse(migrate(root, root), "the system")
        # the manager may not write such subjects
        self._write_subject("{{ object.partner_id.city }}")
        self.assertEqual(migrate(self.editor, root), self.editor)
        self.assertEqual(migrate(self.user_manager, self.editor), self.editor)
        self.assertFalse(migrate(self.user_manager, root))
        self.assertFalse(self.rule.is_broken)
        self.assertEqual(
            migrate(self.user_manager, self.user_manager),
            self.env.ref("base.user_admin"),
        )

    @mute_logger(RENDER_LOGGER)
    def test_migration_of_what_nobody_may(self):
        """It is listed, also where it is switched off."""
        self._write_subject("{{ object.nme }}")
        self.rule.active = False
        self._migrate_from(self.user_manager, self.user_manager)
        self.assertTrue(self.rule.is_broken)
        self.assertIn("no field nme", self.rule.access_warning)
