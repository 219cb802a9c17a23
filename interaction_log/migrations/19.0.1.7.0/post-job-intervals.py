def migrate(cr, version):
    # jobs that go on with what a killed worker left; those that somebody has set stay
    cr.execute(
        """UPDATE ir_cron
        SET interval_number = 1, interval_type = 'minutes',
            nextcall = LEAST(nextcall, now() AT TIME ZONE 'UTC')
        FROM ir_model_data AS data
        WHERE data.model = 'ir.cron' AND data.res_id = ir_cron.id
            AND data.module = 'interaction_log'
            AND (data.name, ir_cron.interval_number, ir_cron.interval_type) IN (
                ('ir_cron_run_batch_operations', 1, 'hours'),
                ('ir_cron_log_segments', 5, 'minutes')
            )"""
    )
