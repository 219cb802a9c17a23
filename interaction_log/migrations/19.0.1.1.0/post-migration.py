def migrate(cr, version):
    """Let the templates of before keep their channel.

    Contacts could prefer none, and the switch did nothing and was off.
    """
    cr.execute("UPDATE interaction_template SET ignore_contact_channel = TRUE")
