from . import models


def uninstall_hook(env):
    """Keep mailings to segments to those contacts: without it, they reach everybody."""
    mailings = env["mailing.mailing"].with_context(active_test=False)
    for mailing in mailings.search([("interaction_segment_id", "!=", False)]):
        if mailing.mailing_model_real == "res.partner" and mailing.state != "done":
            recipients = env["res.partner"].search(mailing._get_recipients_domain())
            mailing.mailing_domain = repr([("id", "in", recipients.ids)])
