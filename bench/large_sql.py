"""What the makers of a large log share: inserting by SQL."""

from contextlib import contextmanager

YEARS = 5
SALESPERSONS = 50
OWN_TEMPLATES = 40
CAMPAIGNS = 30
SUBJECTS = """Delivery|Prices for next year|Complaint about packaging|Order by phone
    |Payment terms|New contact person|Trade fair|Samples|Catalog|Spare parts|Warranty
    |Installation|Training|Renewal of the contract|Reference visit"""


def insert(env, table, source, values):
    """Insert into those of the columns that the table has.

    :param str source: what stands behind FROM
    :param dict values: SQL expression of each column
    """
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s",
        [table],
    )
    existing = {name for (name,) in env.cr.fetchall()}
    values = {
        "company_id": str(env.ref("base.main_company").id),
        "create_uid": "2",
        "write_uid": "2",
        "create_date": "now()",
        "write_date": "now()",
        "active": "TRUE",
        **values,
    }
    columns = {name: sql for name, sql in values.items() if name in existing}
    env.cr.execute(
        f"INSERT INTO {table} ({', '.join(columns)})"
        f" SELECT {', '.join(columns.values())} FROM {source}"
    )


@contextmanager
def bare(env, table):
    """Make indexes and foreign keys of a table after what is inserted."""
    cr = env.cr
    cr.execute(
        """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid = %s::regclass AND contype = 'f'""",
        [table],
    )
    keys = cr.fetchall()
    cr.execute(
        """SELECT indexname, indexdef FROM pg_indexes
        WHERE tablename = %s AND schemaname = 'public'
            AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)""",
        [table],
    )
    indexes = cr.fetchall()
    for name, _definition in keys:
        cr.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _definition in indexes:
        cr.execute(f'DROP INDEX "{name}"')
    yield
    for _name, definition in indexes:
        cr.execute(definition)
    for name, definition in keys:
        cr.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    cr.execute(f"ANALYZE {table}")


def pick(words, value="random()", separator=None):
    """Return the SQL of one of the words; `value` is from 0 to 1."""
    words = [word.strip() for word in words.split(separator)]
    return f"(ARRAY{words})[1 + floor({len(words)} * {value})::int]"
