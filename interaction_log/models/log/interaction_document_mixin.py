from odoo import api, fields, models


class InteractionDocumentMixin(models.AbstractModel):
    """A document whose interactions are counted, and shown on its form."""

    _name = "interaction.document.mixin"
    _description = "Document with Interactions"
    _inherit = ["interaction.timeline.mixin"]
    # The stored field of the salesperson, who sees the interactions of the document
    # (*User: Own Interactions*); it needs an index. False where there is none.
    _interaction_user_field = False

    interaction_ids = fields.One2many(
        "interaction.log.entry",
        "res_id",
        domain=lambda self: [("res_model", "=", self._name)],
        groups="interaction_log.group_user_own",
    )
    interaction_count = fields.Integer(
        string="Interactions",
        compute="_compute_interaction_count",
        groups="interaction_log.group_user_own",
    )

    @api.depends("interaction_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_interaction_count(self):
        Entry = self.env["interaction.log.entry"]
        counts = dict(
            Entry._read_group(
                Entry._get_counted_domain() & self._get_interaction_domain(),
                ["res_id"],
                ["__count"],
            )
        )
        for document in self:
            document.interaction_count = counts.get(document.id, 0)

    def _get_interaction_domain(self):
        return fields.Domain("res_model", "=", self._name) & fields.Domain(
            "res_id", "in", self.ids
        )

    def action_log_interaction(self):
        """Open the dialog that logs an interaction about the document."""
        action = self.env["interaction.log.entry"]._get_log_action(
            self._get_interaction_partner()
        )
        action["context"] |= {
            "default_res_model": self._name,
            "default_res_id": self[:1].id,
        }
        return action

    def _get_interaction_partner(self):
        # EXTENDS: the contact of the document; override where it is no `partner_id`
        return self.partner_id

    def _get_timeline_domain(self):
        # EXTENDS
        return fields.Domain("res_model", "=", self._name)

    def _get_timeline_columns(self):
        # EXTENDS
        return ("res_id",)

    def _prepare_note_vals(self):
        # EXTENDS: about the document
        return {
            "res_model": self._name,
            "res_id": self.id,
            "document_name": self.display_name,
        }

    def action_view_interactions(self):
        """Open the interaction log entries of the documents."""
        return self.env["interaction.log.entry"]._get_action(
            self._get_interaction_domain()
        )
