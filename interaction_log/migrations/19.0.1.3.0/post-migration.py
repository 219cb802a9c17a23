# What the shipped rules say since then, as they are created on a new database. They
# are not updated: they are the user's to change.
NUMBERED_RULES = (
    "interaction_rule_print_credit_note",
    "interaction_rule_print_invoice",
    "interaction_rule_print_sales_receipt",
    "interaction_rule_print_vendor_bill",
    "interaction_rule_print_vendor_credit_note",
)
ACTIVE_RULES = (
    "interaction_rule_print_payment_receipt",
    "interaction_rule_print_proforma",
)
# A rule that nobody has changed was never written since it was created; it keeps its
# time here, so that the next migration knows it, too.
SHIPPED_RULES = """
    FROM ir_model_data data
    WHERE data.module = 'interaction_log' AND data.model = 'interaction.rule'
        AND data.name IN %s AND data.res_id = rule.id
        AND rule.write_date = rule.create_date
"""


def migrate(cr, version):
    """Bring shipped rules that nobody has changed up to what is shipped now.

    A draft invoice without a number is not recorded; pro-forma invoices and payment
    receipts are, unless their template was archived.
    """
    cr.execute(
        f"UPDATE interaction_rule rule SET number_required = TRUE {SHIPPED_RULES}",
        [NUMBERED_RULES],
    )
    cr.execute(
        f"""UPDATE interaction_rule rule SET active = TRUE {SHIPPED_RULES}
        AND EXISTS (
            SELECT FROM interaction_template template
            WHERE template.id = rule.template_id AND template.active
        )""",
        [ACTIVE_RULES],
    )
