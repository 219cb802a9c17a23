"""A savepoint within a transaction of Odoo's own."""

from contextlib import contextmanager

from psycopg2.errors import ReadOnlySqlTransaction

from odoo.exceptions import ConcurrencyError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools.misc import Callbacks

# The failures after which Odoo runs a request again
RETRIED = (
    ConcurrencyError,
    ReadOnlySqlTransaction,  # a route that was taken for one that only reads
    *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
)


@contextmanager
def isolated_savepoint(cr):
    """Open a savepoint, and keep the hooks that wait for the commit out of it.

    A savepoint of Odoo runs them when it begins, and forgets them when it is rolled
    back: Odoo would tell what changed on a document in parts, or not at all. The hooks
    that are added within run when it ends.

    :param cr: the cursor of the transaction
    """
    waiting, cr.precommit = cr.precommit, Callbacks()
    try:
        with cr.savepoint():
            yield
    finally:
        cr.precommit = waiting
