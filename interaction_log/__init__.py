from . import controllers, models, wizards


def uninstall_hook(env):
    """Take the entries first: templates and groups that they name can't go before."""
    env["ir.attachment"].search([("res_model", "=", "interaction.log.entry")]).unlink()
    env.cr.execute("DELETE FROM interaction_log_entry")
    env.cr.execute("DELETE FROM interaction_rule")
