def migrate(cr, version):
    """Drop indexes that others replace: Odoo keeps those that nobody declares."""
    cr.execute("""DROP INDEX IF EXISTS
        interaction_log_entry__company_id_index, interaction_log_entry_pending_idx""")
