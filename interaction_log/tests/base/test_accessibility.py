import importlib.util
from pathlib import Path
from unittest import skipUnless

from odoo import Command
from odoo.tests import tagged

from ..common import InteractionHttpCommon

# The package with the JavaScript of axe-core
AXE = importlib.util.find_spec("axe_core_python")


@tagged("-at_install", "post_install")
@skipUnless(AXE, "the package axe-core-python is not installed")
class TestAccessibility(InteractionHttpCommon):
    def test_main_pages(self):
        """Nothing of ours is out of reach of a keyboard or a screen reader."""
        (folder,) = AXE.submodule_search_locations
        self.env["ir.attachment"].create(
            {
                "name": "axe.min.js",
                "url": "/interaction_log/tests/axe.min.js",
                "mimetype": "text/javascript",
                "raw": (Path(folder) / "axe.min.js").read_bytes(),
                "public": True,
            }
        )
        self._log(
            user=self.user_manager,
            name="Call about axes",
            note="They want two",
            outcome="no_answer",
            attachment_ids=[
                self.env["ir.attachment"]
                .with_user(self.user_manager)
                .create({"name": "axes.txt", "raw": b"Axes"})
                .id
            ],
        )
        self.env["interaction.skipped.event"].sudo().create(
            {
                "event": "print",
                "reason": "The template is archived",
                "document_name": "S1",
                "res_model": "res.partner",
                "res_id": self.anna.id,
                "company_id": self.company_a.id,
            }
        )
        self.env["interaction.segment"].with_user(self.user_manager).create(
            {
                "name": "Letter about axes",
                "template_id": self._shipped("interaction_template_letter").id,
                "line_ids": [Command.create({"partner_id": self.anna.id})],
            }
        )
        self.start_tour(
            "/odoo/interactions",
            "interaction_log_accessibility",
            login=self.user_manager.login,
        )
