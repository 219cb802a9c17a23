from odoo.tools import SQL

from . import controllers, models, wizards


def uninstall_hook(env):
    """Take the entries first: templates and groups that they name can't go before.

    And the files, which stay where a table is dropped; and e-mail texts, types of
    activities and tags of meetings forget the templates. In a database that was
    updated, rights are older than the group that they name, and would keep it.
    """
    group = env.ref("interaction_log.group_user_own", raise_if_not_found=False)
    if group:
        env["ir.model.access"].search([("group_id", "=", group.id)]).unlink()
        rules = env["ir.rule"].with_context(active_test=False)
        rules.search([("groups", "=", group.id)]).unlink()
    env["interaction.template.file"].search([]).unlink()
    env["ir.attachment"].search([("res_model", "=", "interaction.log.entry")]).unlink()
    env.cr.execute("DELETE FROM interaction_log_entry")
    env.cr.execute("DELETE FROM interaction_rule")
    env.cr.execute("UPDATE interaction_template SET mail_template_id = NULL")
    for table in ("mail_activity_type", "calendar_event_type"):
        env.cr.execute(
            SQL(
                "UPDATE %s SET interaction_template_id = NULL",
                SQL.identifier(table),
            )
        )
