def migrate(cr, version):
    """Let complaints wait for an answer, also those on the phone."""
    cr.execute(
        """UPDATE interaction_template SET is_answer_expected = TRUE
        FROM ir_model_data
        WHERE module = 'interaction_log' AND model = 'interaction.template'
            AND name = 'interaction_template_complaint'
            AND res_id = interaction_template.id AND flow = 'inbound'"""
    )
