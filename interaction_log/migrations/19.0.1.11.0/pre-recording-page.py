def migrate(cr, version):
    """Let the page of what is recorded have the place and the address of two lists."""
    # Odoo deletes at the end of the update what the addon has no more
    cr.execute(
        """UPDATE ir_model_data SET name = name || '_list'
        WHERE module = 'interaction_log' AND model = 'ir.actions.act_window'
            AND name IN ('interaction_rule_action_setup', 'interaction_event_action')
        RETURNING res_id"""
    )
    if ids := [id_ for (id_,) in cr.fetchall()]:
        cr.execute("UPDATE ir_act_window SET path = NULL WHERE id = ANY(%s)", [ids])
