def migrate(cr, version):
    # moving a series wrote the text of a Python False: nothing is to log of such ones
    cr.execute(
        "UPDATE calendar_event SET interaction_state = NULL "
        "WHERE interaction_state = 'false'"
    )
