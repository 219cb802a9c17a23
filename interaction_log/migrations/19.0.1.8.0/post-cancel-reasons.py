from odoo import SUPERUSER_ID, api

APPLIES_TO = {
    "interaction_cancel_reason_printed_by_mistake": "print",
    "interaction_cancel_reason_not_sent": "sent",
    "interaction_cancel_reason_not_held": "talk",
}


def migrate(cr, version):
    # the data of reasons is not updated; a reason that was deleted stays so
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, applies_to in APPLIES_TO.items():
        reason = env.ref(f"interaction_log.{name}", raise_if_not_found=False)
        if reason:
            reason.applies_to = applies_to
