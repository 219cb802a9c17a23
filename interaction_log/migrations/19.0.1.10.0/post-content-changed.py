def migrate(cr, version):
    """Note which documents were sent with another content than before."""
    # the few that are canceled are compared with what was sent, nothing with them
    cr.execute(
        """UPDATE interaction_log_entry entry SET content_changed = TRUE FROM (
            SELECT id, content_fingerprint, LAG(content_fingerprint) OVER (
                PARTITION BY res_model, res_id, report_id ORDER BY date, id) AS before
            FROM interaction_log_entry
            WHERE content_fingerprint IS NOT NULL AND res_id IS NOT NULL
                AND state = 'logged'
            UNION ALL
            SELECT id, content_fingerprint, (
                SELECT content_fingerprint FROM interaction_log_entry earlier
                WHERE earlier.res_id = other.res_id
                    AND earlier.res_model = other.res_model
                    AND earlier.report_id IS NOT DISTINCT FROM other.report_id
                    AND earlier.content_fingerprint IS NOT NULL
                    AND earlier.state = 'logged'
                    AND (earlier.date, earlier.id) < (other.date, other.id)
                ORDER BY earlier.date DESC, earlier.id DESC LIMIT 1
            ) FROM interaction_log_entry other
            WHERE content_fingerprint IS NOT NULL AND state != 'logged'
        ) sent
        WHERE sent.id = entry.id AND sent.content_fingerprint != sent.before"""
    )
