def migrate(cr, version):
    # a partial one takes its place; Odoo keeps an index that no field asks for
    cr.execute("DROP INDEX IF EXISTS interaction_log_entry__state_index")
