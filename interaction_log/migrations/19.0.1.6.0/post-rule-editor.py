from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Say who wrote the rules that are there: who changed them last, if they may.

    That is the first of these who may read what the rule uses: who changed it last,
    who created it, the administrator who stands in. What the system has brought, and
    nobody has changed, has nobody who wrote it.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    for rule in env["interaction.rule"].search([("editor_id", "=", False)]):
        administrator = rule._get_editor()
        for user in (rule.write_uid, rule.create_uid, administrator):
            problem = _sign(rule, user)
            if user.id == SUPERUSER_ID or not problem:
                break


def _sign(rule, user):
    """Let `user` be who wrote the rule, and return what is wrong with that."""
    editor_id = user.id if user.id != SUPERUSER_ID else None
    # not by the ORM: who changed it last, and when, stays
    rule.env.cr.execute(
        "UPDATE interaction_rule SET editor_id = %s WHERE id = %s", [editor_id, rule.id]
    )
    rule.invalidate_recordset()
    problem = rule._get_problem()
    rule.env.cr.execute(
        "UPDATE interaction_rule SET is_broken = %s WHERE id = %s",
        [bool(problem), rule.id],
    )
    rule.invalidate_recordset()
    return problem
