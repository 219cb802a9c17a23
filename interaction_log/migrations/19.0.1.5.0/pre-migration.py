from odoo.tools import SQL, sql

# A template's files were called its languages
OLD_MODEL, NEW_MODEL = "interaction.template.language", "interaction.template.file"
OLD_NAME, NEW_NAME = "interaction_template_language", "interaction_template_file"
OLD_FIELD, NEW_FIELD = "language_ids", "file_ids"
# Which files a dialog copies
DIALOG_TABLE = "interaction_template_copy_files_rel"
# The models that have the field
FIELD_MODELS = ("interaction.template", "interaction.template.copy.files")

# Where a column names a model
MODEL_COLUMNS = (
    ("ir_model", "model"),
    ("ir_model_fields", "model"),
    ("ir_model_fields", "relation"),
    ("ir_model_data", "model"),
    ("ir_attachment", "res_model"),
    ("ir_ui_view", "model"),
    ("ir_act_window", "res_model"),
    ("ir_filters", "model_id"),
    ("ir_exports", "resource"),
    ("base_import_mapping", "res_model"),
    ("mail_template", "model"),
    ("ir_act_report_xml", "model"),
)
# Where the field is named: table, column, its type, and which lines
FIELD_COLUMNS = (
    ("ir_ui_view", "arch_db", "jsonb", "starts_with(model, 'interaction.')"),
    ("ir_ui_view", "arch_prev", "text", "starts_with(model, 'interaction.')"),
    ("ir_act_window", "domain", "varchar", "starts_with(res_model, 'interaction.')"),
    ("ir_filters", "domain", "text", "starts_with(model_id, 'interaction.')"),
    ("ir_filters", "context", "text", "starts_with(model_id, 'interaction.')"),
    (
        "ir_exports_line",
        "name",
        "varchar",
        """export_id IN (
            SELECT id FROM ir_exports WHERE starts_with(resource, 'interaction.')
        )""",
    ),
    (
        "base_import_mapping",
        "field_name",
        "varchar",
        "starts_with(res_model, 'interaction.')",
    ),
    (
        "ir_rule",
        "domain_force",
        "text",
        """model_id IN (
            SELECT id FROM ir_model WHERE starts_with(model, 'interaction.')
        )""",
    ),
    (
        "ir_model_fields",
        "related",
        "varchar",
        "state = 'manual' AND starts_with(model, 'interaction.')",
    ),
    (
        "ir_model_fields",
        "depends",
        "varchar",
        "state = 'manual' AND starts_with(model, 'interaction.')",
    ),
)
# Texts about records of any model, which come to the field by way of the template
MAIL_COLUMNS = (
    ("mail_template", "body_html", "jsonb", "TRUE"),
    ("mail_template", "subject", "jsonb", "TRUE"),
)

# A user's fields as salesperson had the names of the contact's, and hid them. A path
# through a contact leads to the contact's, as before.
USER_PATTERN = (
    r"(?<!(partner_id|parent_id|child_ids)[./])"
    r"\m(interaction_(?:ids|count|cost|duration))\M"
)
# The addon's own views are updated
USER_VIEWS = """model = 'res.users' AND NOT EXISTS (
    SELECT FROM ir_model_data data
        WHERE data.module = 'interaction_log' AND data.model = 'ir.ui.view'
            AND data.res_id = ir_ui_view.id
)"""
USER_COLUMNS = (
    ("ir_ui_view", "arch_db", "jsonb", USER_VIEWS),
    ("ir_ui_view", "arch_prev", "text", USER_VIEWS),
    ("ir_filters", "domain", "text", "model_id = 'res.users'"),
    ("ir_filters", "context", "text", "model_id = 'res.users'"),
    ("ir_filters", "sort", "varchar", "model_id = 'res.users'"),
    (
        "ir_exports_line",
        "name",
        "varchar",
        "export_id IN (SELECT id FROM ir_exports WHERE resource = 'res.users')",
    ),
)


def migrate(cr, version):
    """Rename the model and the fields whose names are others since then."""
    rename_files(cr)
    _replace(cr, USER_COLUMNS, USER_PATTERN, r"salesperson_\1")


def rename_files(cr):
    """Rename `interaction.template.language`, and the field that leads to it."""
    # the first version had no such model
    if not sql.table_exists(cr, OLD_NAME):
        return
    rename_table(cr)
    rename_model(cr)
    rename_field(cr)
    rename_xml_ids(cr)


def _replace(cr, columns, pattern, new):
    """Replace what matches the pattern in the columns."""
    for table, column, type_, where in columns:
        if sql.table_exists(cr, table):
            cr.execute(
                SQL(
                    """UPDATE %(table)s SET %(column)s = regexp_replace(
                            %(column)s::text, %(pattern)s, %(new)s, 'g'
                        )::%(type)s
                        WHERE %(where)s AND %(column)s::text ~ %(pattern)s""",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    type=SQL(type_),
                    where=SQL(where),
                    pattern=pattern,
                    new=new,
                )
            )


def rename_table(cr):
    """Rename the table and all that is named after it."""
    names = {"old": SQL.identifier(OLD_NAME), "new": SQL.identifier(NEW_NAME)}
    cr.execute(SQL("ALTER TABLE %(old)s RENAME TO %(new)s", **names))
    cr.execute(
        SQL(
            "ALTER SEQUENCE %s RENAME TO %s",
            SQL.identifier(f"{OLD_NAME}_id_seq"),
            SQL.identifier(f"{NEW_NAME}_id_seq"),
        )
    )
    cr.execute(
        """SELECT conname FROM pg_constraint
            WHERE conrelid = %s::regclass AND starts_with(conname::text, %s)""",
        [NEW_NAME, OLD_NAME],
    )
    for (name,) in cr.fetchall():
        cr.execute(
            SQL(
                "ALTER TABLE %s RENAME CONSTRAINT %s TO %s",
                names["new"],
                SQL.identifier(name),
                SQL.identifier(name.replace(OLD_NAME, NEW_NAME)),
            )
        )
    # the primary key's went with its constraint
    cr.execute(
        """SELECT index.relname FROM pg_index
            JOIN pg_class index ON index.oid = pg_index.indexrelid
            WHERE indrelid = %s::regclass AND starts_with(index.relname::text, %s)""",
        [NEW_NAME, OLD_NAME],
    )
    for (name,) in cr.fetchall():
        cr.execute(
            SQL(
                "ALTER INDEX %s RENAME TO %s",
                SQL.identifier(name),
                SQL.identifier(name.replace(OLD_NAME, NEW_NAME)),
            )
        )
    # of a dialog, with nothing to keep; made anew with the new column
    cr.execute(
        """DELETE FROM ir_model_constraint WHERE name IN (
            SELECT conname::text FROM pg_constraint WHERE conrelid = to_regclass(%s)
        )""",
        [DIALOG_TABLE],
    )
    cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(DIALOG_TABLE)))


def rename_model(cr):
    """Rename the model wherever it is named."""
    for table, column in MODEL_COLUMNS:
        if sql.table_exists(cr, table):
            cr.execute(
                SQL(
                    """UPDATE %(table)s SET %(column)s = %(new)s
                        WHERE %(column)s = %(old)s""",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    new=NEW_MODEL,
                    old=OLD_MODEL,
                )
            )
    cr.execute(
        """UPDATE ir_model_constraint SET name = replace(name, %s, %s)
            WHERE starts_with(name, %s)""",
        [OLD_NAME, NEW_NAME, f"{OLD_NAME}_"],
    )
    # the tables of manual fields keep their columns
    cr.execute(
        """UPDATE ir_model_fields SET column2 = %s
            WHERE column2 = %s AND state = 'base'""",
        [f"{NEW_NAME}_id", f"{OLD_NAME}_id"],
    )


def rename_field(cr):
    """Rename the field wherever it is named."""
    cr.execute(
        "UPDATE ir_model_fields SET name = %s WHERE name = %s AND model IN %s",
        [NEW_FIELD, OLD_FIELD, FIELD_MODELS],
    )
    _replace(cr, FIELD_COLUMNS, rf"\m{OLD_FIELD}\M", NEW_FIELD)
    _replace(
        cr,
        MAIL_COLUMNS,
        rf"\mtemplate_id\.{OLD_FIELD}\M",
        f"template_id.{NEW_FIELD}",
    )


def rename_xml_ids(cr):
    """Rename our XML ids, and those that Odoo makes for the fields of other addons."""
    cr.execute(
        """UPDATE ir_model_data SET name = replace(name, %(old)s, %(new)s)
            WHERE (module = 'interaction_log' AND strpos(name, %(old)s) > 0)
                OR starts_with(name, %(field)s)""",
        {"old": OLD_NAME, "new": NEW_NAME, "field": f"field_{OLD_NAME}__"},
    )
    for model in FIELD_MODELS:
        prefix = f"field_{model.replace('.', '_')}__"
        cr.execute(
            "UPDATE ir_model_data SET name = %s WHERE name = %s",
            [prefix + NEW_FIELD, prefix + OLD_FIELD],
        )
