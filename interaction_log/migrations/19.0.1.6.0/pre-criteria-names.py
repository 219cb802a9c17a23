from odoo.tools import SQL, sql

TABLE = "interaction_segment_criteria"


def migrate(cr, version):
    """Rename saved criteria whose name is another one's in their company.

    The first one keeps it, the others get their number: "Fair (12)".
    """
    if not sql.table_exists(cr, TABLE):
        return
    rename = SQL(
        """UPDATE %(table)s criteria
            SET name = TRIM(criteria.name) || ' (' || criteria.id || ')'
            FROM %(table)s other
            WHERE other.company_id = criteria.company_id
                AND LOWER(TRIM(other.name)) = LOWER(TRIM(criteria.name))
                AND other.id < criteria.id""",
        table=SQL.identifier(TABLE),
    )
    cr.execute(rename)
    while cr.rowcount:  # that name may be taken, too
        cr.execute(rename)
