"""A pytest plugin: each worker of pytest-xdist has its own files beside its database.

pytest-odoo lets them share the files of the database they clone. But Odoo removes,
after each class of tests, what no attachment of its own database names: another
worker's.
"""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest_odoo

from odoo.tools import config


@contextmanager
def own_filestore(original_name, name):
    if name == original_name:
        yield
        return
    files = Path(config.filestore(name))
    shutil.rmtree(files, ignore_errors=True)
    try:
        # Odoo never writes to a file that is there: links will do
        shutil.copytree(config.filestore(original_name), files, copy_function=os.link)
        yield
    finally:
        shutil.rmtree(files, ignore_errors=True)


pytest_odoo._shared_filestore = own_filestore
