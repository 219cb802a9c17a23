"""A savepoint within a transaction of Odoo's own."""

from contextlib import closing, contextmanager

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
# What waits on a cursor for the end of its transaction
HOOKS = ("precommit", "postcommit", "prerollback", "postrollback")


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


@contextmanager
def read_only_savepoint(env):
    """Open a savepoint in which nothing can be written, and roll it back.

    What is postponed within has to be done within.

    It is no wall against code that ends the transaction or opens another one: who may
    write such code, as in e-mail templates, is for Odoo to say.

    :param env: the environment of who reads
    :return: as a context the environment to use within. It has a cache of its own,
        empty at first: what is read is read with the rights of its user, and nothing
        of it stays.
    :raises psycopg2.errors.ReadOnlySqlTransaction: where something is written
    """
    cr = env.cr
    env.transaction.flush()  # what waits is the caller's
    kept = {name: getattr(cr, name) for name in (*HOOKS, "transaction")}
    try:
        with closing(cr.savepoint(flush=False)):
            # undone with the savepoint
            cr.execute("SET TRANSACTION READ ONLY")
            cr.transaction = None
            for name in HOOKS:
                setattr(cr, name, Callbacks())
            yield env()
            cr.flush()
    finally:
        for name, value in kept.items():
            setattr(cr, name, value)
