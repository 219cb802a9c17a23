from odoo.tools import sql


def migrate(cr, version):
    """Let no interaction have happened last before it happened; a CHECK says so now."""
    if sql.table_exists(cr, "interaction_log_entry"):
        cr.execute(
            "UPDATE interaction_log_entry SET last_date = date "
            "WHERE last_date IS NULL OR last_date < date"
        )
