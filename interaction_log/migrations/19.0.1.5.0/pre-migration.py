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
)
# Where people name the field, in what is of the model that the last column names
FIELD_COLUMNS = (
    ("ir_ui_view", "arch_db", "jsonb", "model"),
    ("ir_ui_view", "arch_prev", "text", "model"),
    ("ir_act_window", "domain", "varchar", "res_model"),
    ("ir_filters", "domain", "text", "model_id"),
    ("ir_filters", "context", "text", "model_id"),
    ("base_import_mapping", "field_name", "varchar", "res_model"),
)


def migrate(cr, version):
    """Rename `interaction.template.language`, and the field that leads to it."""
    rename_table(cr)
    rename_model(cr)
    rename_field(cr)
    rename_xml_ids(cr)


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
            SELECT conname::text FROM pg_constraint WHERE conrelid = %s::regclass
        )""",
        [DIALOG_TABLE],
    )
    cr.execute(SQL("DROP TABLE %s", SQL.identifier(DIALOG_TABLE)))


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
    cr.execute(
        "UPDATE ir_model_fields SET column2 = %s WHERE column2 = %s",
        [f"{NEW_NAME}_id", f"{OLD_NAME}_id"],
    )


def rename_field(cr):
    """Rename the field wherever it is named."""
    cr.execute(
        "UPDATE ir_model_fields SET name = %s WHERE name = %s AND model IN %s",
        [NEW_FIELD, OLD_FIELD, FIELD_MODELS],
    )
    for table, column, type_, model_column in FIELD_COLUMNS:
        if sql.table_exists(cr, table):
            cr.execute(
                SQL(
                    r"""UPDATE %(table)s SET %(column)s = regexp_replace(
                            %(column)s::text, '\m' || %(old)s || '\M', %(new)s, 'g'
                        )::%(type)s
                        WHERE %(model)s LIKE 'interaction.%%'
                            AND %(column)s::text ~ ('\m' || %(old)s || '\M')""",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    model=SQL.identifier(model_column),
                    type=SQL(type_),
                    old=OLD_FIELD,
                    new=NEW_FIELD,
                )
            )
    cr.execute(
        r"""UPDATE ir_exports_line line
            SET name = regexp_replace(line.name, '\m' || %s || '\M', %s, 'g')
            FROM ir_exports export
            WHERE export.id = line.export_id
                AND export.resource LIKE 'interaction.%%'""",
        [OLD_FIELD, NEW_FIELD],
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
