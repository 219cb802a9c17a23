"""What a person is told of an error; the rest is for the server log."""

import logging
from secrets import token_hex
from typing import Any

from psycopg2.errors import QueryCanceled

from odoo import api
from odoo.exceptions import AccessError, LockError, MissingError, UserError

from .savepoint import RETRIED


def report_failure(
    env: api.Environment,
    error: Exception,
    logger: logging.Logger,
    message: str,
    *args: Any,
) -> str:
    """Return the sentence that says why something failed.

    Where nobody but a developer can tell, the server log has the error, and the
    sentence how to find it there. Called while the error is handled.

    :param logger: of the caller, with what it failed to do: `message` and `args`
    """
    if isinstance(error, MissingError):
        return env._("The related record was deleted in the meantime.")
    if isinstance(error, AccessError):
        return str(error).split("\n")[0]  # the rest is for developers
    if isinstance(error, UserError) and not isinstance(error, LockError) and str(error):
        return str(error)
    reference = token_hex(4)
    logger.error(f"{message} [%s]", *args, reference, exc_info=error)
    if isinstance(error, (LockError, *RETRIED)):
        return env._(
            "Another user changed this record at the same time. Try again. "
            "[%(reference)s]",
            reference=reference,
        )
    if isinstance(error, QueryCanceled):
        return env._(
            "The database took too long to respond. Try again. [%(reference)s]",
            reference=reference,
        )
    return env._(
        "Unexpected error, see the server log: %(reference)s",
        reference=reference,
    )
