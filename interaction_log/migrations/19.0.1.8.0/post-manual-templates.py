# What is recorded by itself
RECORDED = [
    f"interaction_template_{name}"
    for name in (
        "credit_note",
        "email_in",
        "email_out",
        "invoice",
        "order",
        "payment_receipt",
        "portal_comment",
        "portal_view",
        "proforma",
        "quotation",
        "sales_receipt",
        "vendor_bill",
        "vendor_credit_note",
    )
]


def migrate(cr, version):
    """Let the dialog offer what users log by hand, no longer what records itself."""
    cr.execute(
        """UPDATE interaction_template SET is_manual = FALSE
        FROM ir_model_data AS data
        WHERE data.model = 'interaction.template'
            AND data.res_id = interaction_template.id
            AND data.module = 'interaction_log' AND data.name = ANY(%s)
            AND NOT EXISTS (
                SELECT FROM interaction_log_entry AS entry
                WHERE entry.template_id = interaction_template.id
                    AND entry.event IN ('call', 'manual')
            )
            AND NOT EXISTS (
                SELECT FROM interaction_template_favorite_user_rel AS favorite
                WHERE favorite.interaction_template_id = interaction_template.id
            )""",
        [RECORDED],
    )
    # notes come after calls and meetings, as in a new database, unless it was moved
    cr.execute(
        """UPDATE interaction_template SET sequence = 45
        FROM ir_model_data AS data
        WHERE data.model = 'interaction.template'
            AND data.res_id = interaction_template.id
            AND data.module = 'interaction_log'
            AND data.name = 'interaction_template_note'
            AND interaction_template.sequence = 150"""
    )
