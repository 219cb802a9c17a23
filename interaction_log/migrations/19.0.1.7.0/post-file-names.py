from odoo.addons.interaction_log.models.base.file_name import (
    clean_file_name,
    is_file_name,
)


def migrate(cr, version):
    """Clean the names of the files of our records: with some no e-mail can leave."""
    cr.execute(
        r"""SELECT id, name FROM ir_attachment
        WHERE res_model LIKE 'interaction.%'
        AND (octet_length(name) > 255 OR name ~ '[^ -~]|[/\\]')"""
    )
    for id_, name in cr.fetchall():
        if not is_file_name(name):
            cr.execute(
                "UPDATE ir_attachment SET name = %s WHERE id = %s",
                [clean_file_name(name), id_],
            )
