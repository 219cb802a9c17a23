def migrate(cr, version):
    # a skipped event names its entry without a foreign key
    cr.execute(
        """SELECT FROM information_schema.columns
        WHERE table_name = 'interaction_skipped_event' AND column_name = 'entry_id'"""
    )
    if cr.rowcount:
        cr.execute(
            """ALTER TABLE interaction_skipped_event
                DROP CONSTRAINT IF EXISTS interaction_skipped_event_entry_id_fkey;
            ALTER TABLE interaction_skipped_event
                RENAME COLUMN entry_id TO entry_res_id;
            DROP INDEX IF EXISTS interaction_skipped_event__entry_id_index"""
        )
