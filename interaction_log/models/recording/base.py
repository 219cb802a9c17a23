from lxml.builder import E

from odoo import api, models

BUTTON = "action_view_interactions"


class Base(models.AbstractModel):
    """The button *Interactions* on the forms of documents whose rules say so.

    Documents that have it by code inherit `interaction.document.mixin`.
    """

    _inherit = "base"

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        # EXTENDS base: a rule brings the button, and takes it away
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, BUTTON) if self._has_interaction_button(view_type) else key

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        # EXTENDS base
        arch, view = super()._get_view(view_id, view_type, **options)
        if self._has_interaction_button(view_type):
            self._add_interaction_button(arch)
        return arch, view

    @api.model
    def _has_interaction_button(self, view_type):
        """Say, without a query, whether a rule brings the button."""
        return view_type == "form" and (
            self._name in self.env["interaction.rule"]._get_button_paths()
        )

    @api.model
    def _add_interaction_button(self, arch):
        """Add the button to a form, first of all, unless the form has it.

        A form without a sheet, as of a dialog, gets none.

        :param arch: the root node
        """
        if arch.xpath(f"//button[@name='{BUTTON}']"):
            return
        boxes = arch.xpath("//div[@name='button_box'][not(ancestor::field)]")
        if not boxes:
            boxes = [E.div({"name": "button_box", "class": "oe_button_box"})]
            for sheet in arch.xpath("//sheet[not(ancestor::field)]")[:1]:
                sheet.insert(0, boxes[0])
        xml_id = "interaction_log.interaction_log_entry_action_document"
        button = E.button(
            E.widget(name="interaction_count"),
            {
                "name": str(self.env["ir.model.data"]._xmlid_to_res_id(xml_id)),
                "type": "action",
                "class": "oe_stat_button",
                "icon": "fa-comments-o",
                "invisible": "not id",
                "groups": "interaction_log.group_user_own",
            },
        )
        boxes[0].insert(0, button)
