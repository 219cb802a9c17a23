"""A pytest plugin: Odoo's lint suite looks at our addons and at no other.

The suite lists addons in three ways: the manifests, the names, and the models in the
database. The last are few in the database it runs in, and clean but for those below.
"""

import sys
from pathlib import Path

import odoo.modules
from odoo.modules.module import Manifest

ROOT = Path(__file__).resolve().parents[1]
ADDONS = sorted(
    path.parent.name for path in ROOT.glob("interaction_log*/__manifest__.py")
)


def pytest_sessionstart():
    odoo.modules.get_modules = lambda: list(ADDONS)
    Manifest.all_addon_manifests = staticmethod(
        lambda: [Manifest.for_addon(name) for name in ADDONS]
    )


def pytest_collection_finish():
    if index := sys.modules.get("odoo.addons.test_lint.tests.test_index"):
        index.BTREE_INDEX_IGNORE_FIELDS |= {
            # of base_report_to_printer
            "printing.report.xml.action.report_id",
            # begin `_contact_idx`, `_company_contact_idx` and `_batch_idx`
            "interaction.log.entry.partner_id",
            "interaction.log.entry.commercial_partner_id",
            "interaction.log.entry.batch_id",
        }
