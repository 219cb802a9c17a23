from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.constants import HAND_EVENTS

# How many templates are offered first when an interaction is logged
SUGGESTED = 6


class InteractionTemplate(models.Model):
    """The interactions of a template, their totals and text; what is offered first."""

    _name = "interaction.template"
    _inherit = ["interaction.template", "interaction.kind.mixin"]

    interaction_ids = fields.One2many("interaction.log.entry", "template_id")
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail Text",
        domain=[("model", "=", "interaction.log.entry")],
        index="btree_not_null",
        ondelete="restrict",
        help="Subject and body of interactions by e-mail, generated for each contact "
        "in the contact's language.",
    )

    @api.constrains("mail_template_id")
    def _check_mail_template(self):
        for template in self:
            mail_template = template.mail_template_id
            if mail_template and mail_template.model != "interaction.log.entry":
                raise ValidationError(
                    self.env._(
                        "The e-mail text %(text)s is for %(model)s. Choose an e-mail "
                        "template for interaction log entries.",
                        text=mail_template.name,
                        model=mail_template.model_id.name or "",
                    )
                )

    @api.model
    def _get_suggested(self):
        """Return the templates to offer first to who logs by hand.

        Favorites, then those used last, then the first of all. Of the current company,
        `SUGGESTED` at most.
        """
        usable = self._get_manual_domain()
        templates = self.search(Domain("is_favorite", "=", True) & usable)
        templates |= self._get_last_used(usable)
        if len(templates) < SUGGESTED:
            templates |= self.search(usable, limit=SUGGESTED)
        return templates[:SUGGESTED]

    @api.model
    def _get_last_used(self, usable):
        """Return the templates that the user logged by hand with, the last one first.

        :param usable: domain of those that are asked for
        """
        Entry = self.env["interaction.log.entry"]
        query = Entry._search(  # with the record rules
            Domain("create_uid", "=", self.env.uid)
            & Domain("event", "in", HAND_EVENTS)
            & Domain("state", "=", "logged")
            & Domain("date", ">=", "-90d")
        )
        rows = self.env.execute_query(
            SQL(
                # Each template's last one, by the index: 1 ms. Grouping what somebody
                # logged takes 150 ms, if that was 90,000 interactions.
                """SELECT template.id FROM unnest(%(ids)s) AS template(id)
                CROSS JOIN LATERAL (
                    SELECT %(date)s FROM %(tables)s
                    WHERE %(where)s AND %(template)s = template.id
                    ORDER BY %(date)s DESC LIMIT 1
                ) last
                ORDER BY last.date DESC, template.id LIMIT %(limit)s""",
                ids=self.search(usable).ids,
                date=Entry._field_to_sql(query.table, "date", query),
                tables=query.from_clause,
                where=query.where_clause,
                template=Entry._field_to_sql(query.table, "template_id", query),
                limit=SUGGESTED,
            )
        )
        return self.browse(id_ for (id_,) in rows)

    @api.model
    def _get_manual_domain(self):
        """Return the domain of what is logged by hand in the current company."""
        return self._get_company_domain(self.env.company) & Domain(
            "is_manual", "=", True
        )

    @api.model
    def _get_call_template(self):
        """Return the template of outgoing calls: the first that is one, or none."""
        return self.search(
            Domain("channel", "=", "phone")
            & Domain("flow", "=", "outbound")
            & Domain("initiated_by", "=", "us")
            & self._get_company_domain(self.env.company),
            limit=1,
        )

    @api.model
    def get_favorites(self) -> list[dict]:
        """Return the user's favorites that log with one click; the web client asks.

        :return: dicts of `id` and `name`
        """
        return self.search(
            Domain("is_favorite", "=", True) & self._get_manual_domain()
        ).read(["name"])

    def action_preview(self):
        """Open the dialog that shows what a contact gets."""
        return self._get_wizard_action("interaction_template_preview_action")
