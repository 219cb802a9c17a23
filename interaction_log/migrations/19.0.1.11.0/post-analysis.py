# what is not as the channel of the template says
EXPECTED = {
    "interaction_template_complaint": True,  # on the phone
    "interaction_template_vendor_bill": False,
    "interaction_template_vendor_credit_note": False,
}


def migrate(cr, version):
    """Say of the default templates which ones wait for an answer."""
    for name, expected in EXPECTED.items():
        cr.execute(
            """UPDATE interaction_template template SET is_answer_expected = %s
            FROM ir_model_data data
            WHERE data.module = 'interaction_log'
                AND data.model = 'interaction.template' AND data.name = %s
                AND data.res_id = template.id AND template.flow = 'inbound'""",
            [expected, name],
        )
