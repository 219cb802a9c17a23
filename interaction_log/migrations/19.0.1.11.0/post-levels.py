from odoo import SUPERUSER_ID, Command, api

# What was a right of *User* and is one of *User: Own Interactions* now, and whether
# that level reads by it
MOVED_RULES = {
    "interaction_log_entry_rule_user_own": False,
    "interaction_segment_rule_user_own": True,
    "interaction_segment_line_rule_user_own": True,
    "interaction_segment_step_rule_user_own": False,
    "interaction_segment_criteria_rule_user_own": False,
    "interaction_segment_criteria_rule_user": True,
}
LEVELS = {
    "sales_team.group_sale_salesman": "group_user_own",
    "sales_team.group_sale_salesman_all_leads": "group_user",
}


def migrate(cr, version):
    """Let there be a level below *User*, and give salespeople theirs, once.

    Users keep the groups that they have: who was *User* reads all interactions, as
    before. Record rules are data that no update writes.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, is_read in MOVED_RULES.items():
        rule = env.ref(f"interaction_log.{name}", raise_if_not_found=False)
        if rule:
            own = env.ref("interaction_log.group_user_own")
            rule.write(
                {
                    "groups": [Command.set(own.ids)],
                    "perm_read": is_read or rule.perm_read,
                }
            )
    for sales_group, level in LEVELS.items():
        env.ref(sales_group).implied_ids += env.ref(f"interaction_log.{level}")
