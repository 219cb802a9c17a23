def migrate(cr, version):
    """Remove the indexes that wider ones replace; Odoo would keep them."""
    for name in ("partner_id", "commercial_partner_id", "batch_id"):
        cr.execute(f"DROP INDEX IF EXISTS interaction_log_entry__{name}_index")
