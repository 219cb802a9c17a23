from odoo.tools import SQL

from . import models, wizards


def post_init_hook(env):
    """Set the opportunity of the interactions that are logged already."""
    names = env["interaction.log.entry"]._get_opportunity_fields()
    for model_name, field_name in names.items():
        env.cr.execute(
            SQL(
                """UPDATE interaction_log_entry e SET opportunity_id = d.%(column)s
                FROM %(table)s d
                WHERE e.res_model = %(model)s AND e.res_id = d.id
                    AND e.opportunity_id IS NULL AND d.%(column)s IS NOT NULL""",
                column=SQL.identifier(field_name),
                table=SQL.identifier(env[model_name]._table),
                model=model_name,
            )
        )
