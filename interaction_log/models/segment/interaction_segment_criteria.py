from odoo import api, fields, models


class InteractionSegmentCriteria(models.Model):
    """Steps that were saved under a name, to run them on other segments."""

    _name = "interaction.segment.criteria"
    _inherit = [
        "interaction.value.mixin",
        "interaction.former.user.mixin",
        "interaction.copy.mixin",
    ]
    _description = "Segment Criteria"
    _order = "name, id"
    _former_user_fields = ("user_id",)

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Saved By",
        index="btree_not_null",
        ondelete="set null",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    step_ids = fields.One2many(
        "interaction.segment.step", "criteria_id", string="Steps", copy=True
    )
    step_count = fields.Integer(string="Number of Steps", compute="_compute_step_count")

    # whoever's they are, and archived ones, too
    _name_uniq = models.UniqueIndex(
        "(company_id, LOWER(TRIM(name)))",
        "Criteria with this name already exist. Choose another name.",
    )

    @api.depends("step_ids")
    def _compute_step_count(self):
        for criteria in self:
            criteria.step_count = len(criteria.step_ids)

    def action_add_step(self):
        """Open the dialog that adds a step."""
        self.ensure_one()
        return self.step_ids.browse()._get_records_action(
            name=self.env._("Add a Step"),
            target="new",
            context={"default_criteria_id": self.id},
        )

    def _apply(self, segment):
        """Run the steps on a segment, in their order.

        :param segment: `interaction.segment`
        :return: the steps of the segment that were made of them
        :raises UserError: where one can't be run; then none is
        """
        self.ensure_one()
        return self.env["interaction.segment.step"].create(
            [
                {**step._copy_conditions(), "segment_id": segment.id}
                for step in self.step_ids.sorted("id")
            ]
        )
