import base64

from odoo.tests import tagged
from odoo.tools import SQL

from ..common import InteractionCommon

OLD_NAMES = r"interaction.template.languag|language_ids\M"
# Where a name is written in a database, and what makes it what it was
RENAME_BACK = (
    ("base_import_mapping", "res_model", "interaction.template.file"),
    ("ir_act_report_xml", "model", "interaction.template.file"),
    ("ir_act_window", "res_model", "interaction.template.file"),
    ("ir_attachment", "res_model", "interaction.template.file"),
    ("ir_exports", "resource", "interaction.template.file"),
    ("ir_filters", "model_id", "interaction.template.file"),
    ("ir_model", "model", "interaction.template.file"),
    ("ir_model_data", "model", "interaction.template.file"),
    ("ir_model_data", "name", "interaction_template_file"),
    ("ir_model_fields", "model", "interaction.template.file"),
    ("ir_model_fields", "relation", "interaction.template.file"),
    ("ir_model_fields", "column2", "interaction_template_file_id"),
    ("ir_ui_view", "model", "interaction.template.file"),
    ("mail_template", "model", "interaction.template.file"),
)

RENAME_BACK_SQL = r"""
    ALTER TABLE interaction_template_file
        RENAME TO interaction_template_language;
    ALTER SEQUENCE interaction_template_file_id_seq
        RENAME TO interaction_template_language_id_seq;
    ALTER INDEX interaction_template_file__template_id_index
        RENAME TO interaction_template_language__template_id_index;
    ALTER INDEX interaction_template_file_filename_uniq
        RENAME TO interaction_template_language_filename_uniq;
    ALTER TABLE interaction_template_language
        RENAME CONSTRAINT interaction_template_file_pkey
        TO interaction_template_language_pkey;
    ALTER TABLE interaction_template_language
        RENAME CONSTRAINT interaction_template_file_template_id_fkey
        TO interaction_template_language_template_id_fkey;
    ALTER TABLE interaction_template_copy_files_rel
        RENAME COLUMN interaction_template_file_id
        TO interaction_template_language_id;
    ALTER TABLE interaction_template_copy_files_rel RENAME CONSTRAINT
        interaction_template_copy_fil_interaction_template_file_id_fkey
        TO interaction_template_copy_fil_interaction_template_languag_fkey;
    UPDATE ir_model_constraint
        SET name = 'interaction_template_copy_fil_interaction_template_languag_fkey'
        WHERE name = 'interaction_template_copy_fil_interaction_template_file_id_fkey';
    UPDATE ir_model_constraint
        SET name = replace(name, 'template_file', 'template_language')
        WHERE name LIKE 'interaction\_template\_file%';
    UPDATE ir_model_fields SET name = 'language_ids'
        WHERE name = 'file_ids' AND model LIKE 'interaction.template%';
    UPDATE ir_model_data
        SET name = replace(name, '__file_ids', '__language_ids')
        WHERE name LIKE 'field\_interaction\_template\_%\_\_file\_ids';
    UPDATE ir_ui_view SET arch_db = regexp_replace(
            arch_db::text, '\mfile_ids\M', 'language_ids', 'g'
        )::jsonb, arch_prev = replace(arch_prev, 'file_ids', 'language_ids')
        WHERE model LIKE 'interaction.template%';
    UPDATE ir_filters SET domain = replace(domain, 'file_ids', 'language_ids'),
            context = replace(context, 'file_ids', 'language_ids')
        WHERE model_id = 'interaction.template';
    UPDATE ir_exports_line SET name = replace(name, 'file_ids', 'language_ids');
    UPDATE ir_act_window SET domain = replace(domain, 'file_ids', 'language_ids')
        WHERE res_model = 'interaction.template';
    UPDATE base_import_mapping
        SET field_name = replace(field_name, 'file_ids', 'language_ids')
        WHERE res_model = 'interaction.template';
    UPDATE ir_rule SET domain_force = replace(domain_force, 'file_ids', 'language_ids')
        WHERE name = 'own';
    UPDATE ir_model_fields SET related = replace(related, 'file_ids', 'language_ids'),
            depends = replace(depends, 'file_ids', 'language_ids')
        WHERE state = 'manual' AND model = 'interaction.template';
    UPDATE mail_template SET
            body_html = replace(body_html::text, 'file_ids', 'language_ids')::jsonb,
            subject = replace(subject::text, 'file_ids', 'language_ids')::jsonb
        WHERE model = 'interaction.log.entry'
"""

MANUAL_FIELDS_SQL = """
    INSERT INTO ir_model_fields
            (name, field_description, ttype, state, model, model_id, related, depends)
        SELECT 'x_' || ttype, '{"en_US": "Own"}', ttype, 'manual', model, id,
                related, depends
            FROM ir_model, (VALUES
                ('char', 'file_ids.filename', NULL),
                ('integer', NULL, 'name,file_ids.filename')
            ) AS field (ttype, related, depends)
            WHERE model = 'interaction.template'
"""
MANUAL_MANY2MANY_SQL = """
    INSERT INTO ir_model_fields
            (name, field_description, ttype, state, model, model_id, relation,
                relation_table, column1, column2)
        SELECT 'x_file_ids', '{"en_US": "Own"}', 'many2many', 'manual', model, id,
                'interaction.template.file', 'x_res_users_files_rel', 'res_users_id',
                'interaction_template_file_id'
            FROM ir_model WHERE model = 'res.users'
"""


@tagged("-at_install", "post_install")
class TestMigrationOfFiles(InteractionCommon):
    """The files of templates were called `interaction.template.language`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.template = cls._shipped("interaction_template_letter")
        cls.File = cls.env["interaction.template.file"]
        cls.files = cls.File.create(
            [
                {
                    "template_id": cls.template.id,
                    "lang_id": cls.env.ref(f"base.lang_{lang}").id,
                    "filename": f"{lang}.txt",
                    "file": base64.b64encode(lang.encode()),
                }
                for lang in ("en", "fr")
            ]
        )
        # what people made of it
        cls.view = cls.env["ir.ui.view"].create(
            {
                "name": "own",
                "model": "interaction.template",
                "inherit_id": cls.env.ref(
                    "interaction_log.interaction_template_view_form"
                ).id,
                "arch": '<field name="file_ids" position="after"><p>OWN</p></field>',
            }
        )
        cls.env["ir.ui.view"].create(
            {
                "name": "own",
                "model": "interaction.template.file",
                "arch": '<list><field name="filename" /></list>',
            }
        )
        cls.env["ir.actions.act_window"].create(
            [
                {
                    "name": "With files",
                    "res_model": "interaction.template",
                    "domain": "[('file_ids', '!=', False)]",
                },
                {"name": "Files", "res_model": "interaction.template.file"},
            ]
        )
        cls.env["base_import.mapping"].create(
            [
                {
                    "res_model": "interaction.template",
                    "column_name": "File",
                    "field_name": "file_ids/file",
                },
                {
                    "res_model": "interaction.template.file",
                    "column_name": "File",
                    "field_name": "file",
                },
            ]
        )
        cls.filters = cls.env["ir.filters"].create(
            [
                {
                    "name": "With files",
                    "model_id": "interaction.template",
                    "domain": "[('file_ids.lang_id.code', '=', 'fr_FR')]",
                    "context": "{'group_by': ['file_ids']}",
                },
                {"name": "French", "model_id": "interaction.template.file"},
            ]
        )
        cls.exports = cls.env["ir.exports"].create(
            [
                {
                    "name": "Templates",
                    "resource": "interaction.template",
                    "export_fields": [(0, 0, {"name": "file_ids/filename"})],
                },
                {"name": "Files", "resource": "interaction.template.file"},
            ]
        )
        cls.rule = cls.env["ir.rule"].create(
            {
                "name": "own",
                "model_id": cls.env["ir.model"]._get_id("interaction.template"),
                "domain_force": "[('file_ids.filename', '!=', 'secret')]",
            }
        )
        cls.report = cls.env["ir.actions.report"].create(
            {
                "name": "File",
                "model": "interaction.template.file",
                "report_name": "own.file",
            }
        )
        cls.mails = cls.env["mail.template"].create(
            [
                {
                    "name": "Entry",
                    "model_id": cls.env["ir.model"]._get_id("interaction.log.entry"),
                    "subject": "{{ object.template_id.file_ids[:1].filename }}",
                    "body_html": '<p t-out="len(object.template_id.file_ids)"></p>',
                },
                {
                    "name": "File",
                    "model_id": cls.env["ir.model"]._get_id(cls.File._name),
                },
            ]
        )
        # by the ORM they would be of the registry, too
        cls.env.cr.execute(MANUAL_FIELDS_SQL)
        cls.env["ir.model.data"].create(
            {
                "module": "__import__",
                "name": "terms",
                "model": "interaction.template.file",
                "res_id": cls.files[0].id,
            }
        )

    def _rename_back(self):
        """Bring the names in the database to what they were."""
        self.env.flush_all()
        for table, column, name in RENAME_BACK:
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s = replace(%(column)s, %(new)s,"
                    " %(old)s) WHERE %(column)s LIKE %(pattern)s",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    new=name,
                    old=name.replace("file", "language"),
                    pattern=f"%{name}%",
                )
            )
        self.env.cr.execute(RENAME_BACK_SQL)
        self.env.invalidate_all()
        self.env.registry.clear_all_caches()

    def _find_old_names(self):
        """Return what in the database has the old names: tables with such rows, too."""
        self.env.cr.execute(
            """SELECT relname::text FROM pg_class WHERE relname ~ %(old)s
                UNION SELECT conname::text FROM pg_constraint WHERE conname ~ %(old)s
                UNION SELECT attname::text FROM pg_attribute
                    WHERE attname ~ %(old)s AND NOT attisdropped""",
            {"old": OLD_NAMES},
        )
        found = {name for (name,) in self.env.cr.fetchall()}
        self.env.cr.execute(
            """SELECT tablename FROM pg_tables WHERE schemaname = current_schema
                AND tablename NOT IN ('ir_logging', 'interaction_template_file')"""
        )
        for (table,) in self.env.cr.fetchall():
            self.env.cr.execute(
                SQL(
                    "SELECT EXISTS (SELECT FROM %s AS line WHERE line::text ~ %s)",
                    SQL.identifier(table),
                    OLD_NAMES,
                )
            )
            if self.env.cr.fetchone()[0]:
                found.add(table)
        return found

    def test_nothing_is_lost(self):
        self._rename_back()
        self.assertLessEqual(
            {
                *(table for table, _column, _name in RENAME_BACK),
                "interaction_template_language",
                "interaction_template_language_id_seq",
                "interaction_template_language_filename_uniq",
                "interaction_template_language_pkey",
                "interaction_template_language_id",
                "interaction_template_copy_fil_interaction_template_languag_fkey",
                "ir_exports_line",
                "ir_model_constraint",
                "ir_rule",
            },
            self._find_old_names(),
        )

        self._migrate("19.0.1.5.0", "pre")
        self.env.registry.clear_all_caches()

        self.assertFalse(self._find_old_names())
        self.assertEqual(self.template.file_ids, self.files)
        self.assertEqual(
            [(file.filename, file._get_content()) for file in self.files],
            [("en.txt", b"en"), ("fr.txt", b"fr")],
        )
        self.assertGreater(
            self.files[0].copy({"filename": "next.txt"}).id, max(self.files.ids)
        )
        self.assertEqual(self.env.ref("__import__.terms"), self.files[0])

    def test_what_people_made_of_it(self):
        self._rename_back()
        self._migrate("19.0.1.5.0", "pre")
        self.env.registry.clear_all_caches()

        self.assertIn("OWN", self.template.get_view(self.view.inherit_id.id)["arch"])
        self.assertEqual(
            self.filters[0].domain, "[('file_ids.lang_id.code', '=', 'fr_FR')]"
        )
        self.assertEqual(self.filters[0].context, "{'group_by': ['file_ids']}")
        self.assertEqual(self.filters[1].model_id, self.File._name)
        self.assertEqual(self.exports[0].export_fields.name, "file_ids/filename")
        self.assertEqual(self.exports[1].resource, self.File._name)
        self.assertEqual(
            self.rule.domain_force, "[('file_ids.filename', '!=', 'secret')]"
        )
        self.assertEqual(self.report.model, self.File._name)

    def test_mail_templates(self):
        self._rename_back()
        # another model's field of the old name
        other = self.env["mail.template"].create(
            {
                "name": "Other",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "object.language_ids",
            }
        )
        self._migrate("19.0.1.5.0", "pre")

        self.assertEqual(
            self.mails[0].subject, "{{ object.template_id.file_ids[:1].filename }}"
        )
        self.assertIn("len(object.template_id.file_ids)", self.mails[0].body_html)
        self.assertEqual(self.mails[1].model, self.File._name)
        self.assertEqual(self.mails[1].model_id.model, self.File._name)
        self.assertEqual(other.subject, "object.language_ids")

    def test_manual_fields(self):
        self.env.cr.execute(MANUAL_MANY2MANY_SQL)
        self._rename_back()
        self._migrate("19.0.1.5.0", "pre")

        self.env.cr.execute(
            """SELECT name, related, depends, relation, column2 FROM ir_model_fields
                WHERE state = 'manual' AND name IN
                    ('x_char', 'x_integer', 'x_file_ids') ORDER BY name"""
        )
        self.assertEqual(
            self.env.cr.fetchall(),
            [
                ("x_char", "file_ids.filename", None, None, None),
                # its table keeps its column
                (
                    "x_file_ids",
                    None,
                    None,
                    self.File._name,
                    "interaction_template_language_id",
                ),
                ("x_integer", None, "name,file_ids.filename", None, None),
            ],
        )
        self.env.cr.execute(
            """SELECT column2 FROM ir_model_fields
                WHERE state = 'base' AND relation = %s AND ttype = 'many2many'""",
            [self.File._name],
        )
        self.assertEqual(self.env.cr.fetchall(), [("interaction_template_file_id",)])

    def _read_names(self):
        """Return the lines that a migration may change, and all tables' columns."""
        self.env.flush_all()
        tables = {table for table, _column, _name in RENAME_BACK}
        found = {}
        for table in sorted(tables | {"ir_exports_line", "ir_rule"}):
            self.env.cr.execute(
                SQL(
                    "SELECT line::text FROM %s AS line ORDER BY id",
                    SQL.identifier(table),
                )
            )
            found[table] = self.env.cr.fetchall()
        self.env.cr.execute(
            """SELECT attrelid::regclass::text, attname::text FROM pg_attribute
                WHERE NOT attisdropped ORDER BY 1, 2"""
        )
        found["columns"] = self.env.cr.fetchall()
        return found

    def test_second_time(self):
        self._rename_back()
        before = self._read_names()
        self._migrate("19.0.1.5.0", "pre")
        once = self._read_names()
        self.assertNotEqual(once, before)

        self._migrate("19.0.1.5.0", "pre")
        self.assertEqual(self._read_names(), once)

    def test_model_that_never_was(self):
        """The first version had no such model: another addon may have the names."""
        other = self.env["ir.filters"].create(
            {
                "name": "Other",
                "model_id": "interaction.template",
                "domain": "[('language_ids', '=', False)]",
            }
        )
        before = self._read_names()
        self._migrate("19.0.1.5.0", "pre")
        self.assertEqual(self._read_names(), before)
        self.assertEqual(other.domain, "[('language_ids', '=', False)]")

    def test_no_table_of_the_dialog(self):
        self._rename_back()
        self.env.cr.execute("DROP TABLE interaction_template_copy_files_rel")
        self._migrate("19.0.1.5.0", "pre")
        self.env.cr.execute("SELECT to_regclass('interaction_template_file')::text")
        self.assertEqual(self.env.cr.fetchone(), ("interaction_template_file",))
        self.assertEqual(self.template.file_ids, self.files)


@tagged("-at_install", "post_install")
class TestMigrationOfUsers(InteractionCommon):
    """A user's interactions as salesperson had the names of the contact's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)

    def test_filters(self):
        values = {
            "domain": "[('interaction_ids.state', '=', 'done'),"
            " ('partner_id.interaction_ids', '=', False),"
            " ('x_interaction_ids', '=', False)]",
            "context": "{'group_by': ['interaction_ids'], 'interaction_counts': 1}",
            "sort": '["interaction_count desc", "interaction_cost"]',
        }
        own, other = self.env["ir.filters"].create(
            [
                {"name": "Own", "model_id": model, **values}
                for model in ("res.users", "res.partner")
            ]
        )
        self._migrate("19.0.1.5.0", "pre")

        self.assertEqual(
            own.domain,
            "[('salesperson_interaction_ids.state', '=', 'done'),"
            " ('partner_id.interaction_ids', '=', False),"
            " ('x_interaction_ids', '=', False)]",
        )
        self.assertEqual(
            own.context,
            "{'group_by': ['salesperson_interaction_ids'], 'interaction_counts': 1}",
        )
        self.assertEqual(
            own.sort,
            '["salesperson_interaction_count desc", "salesperson_interaction_cost"]',
        )
        self.assertEqual({name: other[name] for name in values}, values)

    def test_exports(self):
        names = (
            "interaction_duration",
            "interaction_ids/date",
            "partner_id/interaction_count",
        )
        own, other = self.env["ir.exports"].create(
            [
                {
                    "name": "Own",
                    "resource": model,
                    "export_fields": [(0, 0, {"name": name}) for name in names],
                }
                for model in ("res.users", "res.partner")
            ]
        )
        self._migrate("19.0.1.5.0", "pre")

        self.assertEqual(
            own.export_fields.mapped("name"),
            [
                "salesperson_interaction_duration",
                "salesperson_interaction_ids/date",
                "partner_id/interaction_count",
            ],
        )
        self.assertEqual(other.export_fields.mapped("name"), list(names))

    def test_views(self):
        arch = (
            '<field name="name" position="after"><field name="interaction_count"'
            ' groups="interaction_log.group_user"/></field>'
        )
        own, ours = self.env["ir.ui.view"].create(
            [
                {
                    "name": name,
                    "model": "res.users",
                    "inherit_id": self.env.ref("base.view_users_tree").id,
                    "arch": arch,
                }
                for name in ("own", "ours")
            ]
        )
        self.env["ir.model.data"].create(
            [
                {
                    "module": module,
                    "name": "users_view",
                    "model": "ir.ui.view",
                    "res_id": view.id,
                }
                for module, view in (("__export__", own), ("interaction_log", ours))
            ]
        )
        own.arch_prev = arch
        self._migrate("19.0.1.5.0", "pre")

        new = arch.replace("interaction_count", "salesperson_interaction_count")
        self.assertEqual(own.arch_db, new)
        self.assertEqual(own.arch_prev, new)
        self.assertEqual(ours.arch_db, arch)
