from odoo import SUPERUSER_ID, api

TEMPLATES = {
    "mail.mail_activity_data_call": "interaction_log.interaction_template_call_out",
    "mail.mail_activity_data_meeting": "interaction_log.interaction_template_meeting",
    "mail.mail_activity_data_email": "interaction_log.interaction_template_email_out",
}


def migrate(cr, version):
    """Give Odoo's own activity types a template, as in a new database.

    Not where one of the types has a template, or an activity was ever logged: there
    somebody has chosen which activities are logged, and which are not.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    types = env["mail.activity.type"]
    if types.search_count([("interaction_template_id", "!=", False)], limit=1):
        return
    if env["interaction.log.entry"].search_count([("event", "=", "activity")], limit=1):
        return
    for type_id, template_id in TEMPLATES.items():
        activity_type = env.ref(type_id, raise_if_not_found=False)
        template = env.ref(template_id, raise_if_not_found=False)
        # one that was changed to be another company's is not for all
        if activity_type and template and template.active and not template.company_id:
            activity_type.interaction_template_id = template
