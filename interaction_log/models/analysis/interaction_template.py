from odoo import api, fields, models

# Where the contact writes and waits: a call or a meeting is answered as it happens
WRITTEN_CHANNELS = ("letter", "email", "sms", "chat", "web")


class InteractionTemplate(models.Model):
    """Whether the contact waits for an answer."""

    _inherit = "interaction.template"  # pylint: disable=consider-merging-classes-inherited # the room analysis

    is_answer_expected = fields.Boolean(
        string="Answer Expected",
        compute="_compute_is_answer_expected",
        store=True,
        precompute=True,
        readonly=False,
        help="Inbound interactions wait for an answer: they are unanswered until an "
        "outbound interaction with the contact follows. A message left on the phone "
        "always waits for one.",
    )

    @api.depends("flow", "channel")
    def _compute_is_answer_expected(self):
        for template in self:
            template.is_answer_expected = (
                template.flow == "inbound" and template.channel in WRITTEN_CHANNELS
            )
