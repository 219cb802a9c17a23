def migrate(cr, version):
    """Let complaints wait for an answer, also those on the phone."""
    cr.execute(
        """UPDATE interaction_template template SET is_answer_expected = TRUE
        FROM ir_model_data data
        WHERE data.module = 'interaction_log' AND data.model = 'interaction.template'
            AND data.name = 'interaction_template_complaint'
            AND data.res_id = template.id AND template.flow = 'inbound'"""
    )
