from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..base.ui import get_notification_action

# How many contacts are named of those that come or go
NAMED = 10


class InteractionSegment(models.Model):
    """How a segment is built: each step is one statement on all its lines."""

    _inherit = "interaction.segment"

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_add(self):
        """Open the dialog that adds contacts."""
        return self._get_step_dialog("add", self.env._("Add Contacts"))

    def action_reduce(self):
        """Open the dialog that takes contacts out."""
        return self._get_step_dialog("reduce", self.env._("Remove Contacts"))

    def action_refine(self):
        """Open the dialog that keeps only some of the contacts."""
        return self._get_step_dialog("refine", self.env._("Keep Matching Contacts"))

    def _get_step_dialog(self, operation, name):
        self.ensure_one()
        self._check_open()
        return self._get_dialog("step", name, default_operation=operation)

    def _get_dialog(self, model, name, **context):
        """Return the action that opens a dialog of the segment.

        :param str model: without `interaction.segment.`
        :param str name: its title
        """
        return self.env[f"{self._name}.{model}"]._get_records_action(
            name=name,
            target="new",
            context={"default_segment_id": self.id, **context},
        )

    def action_go_back(self):
        """Undo the last step: who came goes, who went is back as it was.

        Lines that the step brought go with what was edited in them; those that it took
        out come back with it. May be called again and again.

        :raises UserError: where no step is left, or the segment is logged
        """
        self.ensure_one()
        self._lock()
        self._check_open()
        step = self.step_ids.sorted("id")[-1:]
        if not step:
            raise UserError(
                self.env._("%(name)s has no steps to undo.", name=self.name)
            )
        came, back = self._undo_step(step)
        return get_notification_action(
            self.env._(
                "Last step undone. Contacts removed: %(came)s, contacts added back: "
                "%(back)s.",
                came=came,
                back=back,
            ),
            next={"type": "ir.actions.act_window_close"},
        )

    def _undo_step(self, step):
        """Undo one step and delete it.

        :return: tuple of how many lines went, and how many came back
        """
        self.env.flush_all()
        line = SQL.identifier(self.env["interaction.segment.line"]._table)
        came = len(
            self.env.execute_query(
                SQL(
                    """DELETE FROM %s WHERE segment_id = %s AND step_id = %s
                    RETURNING id""",
                    line,
                    self.id,
                    step.id,
                )
            )
        )
        # who was added by hand in between is there once
        back = len(
            self._execute_bulk_query(
                SQL(
                    """UPDATE %(line)s line SET is_removed = FALSE,
                        removed_step_id = NULL, write_date = %(now)s
                    FROM (
                        SELECT id, removed_step_id, is_removed, partner_id IS NOT NULL
                            AND BOOL_OR(is_removed IS NOT TRUE)
                            OVER (PARTITION BY partner_id) AS is_present
                        FROM %(line)s WHERE segment_id = %(segment)s
                    ) gone
                    WHERE line.id = gone.id AND line.segment_id = %(segment)s
                    AND gone.removed_step_id = %(step)s AND gone.is_removed
                    AND NOT gone.is_present
                    RETURNING line.id""",
                    line=line,
                    now=self.env.cr.now(),
                    segment=self.id,
                    step=step.id,
                )
            )
        )
        self.env["interaction.segment.line"].invalidate_model()
        step.sudo().unlink()  # a user can't delete a step, but undo it
        self._update_line_count()
        return came, back

    # ------------------------------------------------------------------
    # One step
    # ------------------------------------------------------------------

    def _apply_step(self, step):
        """Let contacts come and go as a step says.

        Locked and checked by the caller, who calls `_update_line_count` afterwards.

        :return: dict of the values of the step that say how many
        """
        self.ensure_one()
        changes = self._get_changes_sql(step)
        self.env.flush_all()
        [(came, renewed, gone, excluded)] = self._execute_bulk_query(
            SQL(
                """%(changes)s, gone AS (
                    UPDATE %(line)s line SET is_removed = TRUE,
                        removed_step_id = %(step)s, write_date = %(now)s
                    FROM going WHERE line.id = going.id
                    AND line.segment_id = %(segment)s
                    RETURNING line.id
                ), come AS (
                    INSERT INTO %(line)s (segment_id, company_id, partner_id,
                        partner_name, step_id, is_removed,
                        create_uid, create_date, write_date)
                    SELECT %(segment)s, %(company)s, id, complete_name, %(step)s, FALSE,
                        %(uid)s, %(now)s, %(now)s
                    FROM known WHERE is_coming ORDER BY complete_name, id
                    RETURNING id
                )
                SELECT (SELECT COUNT(*) FROM come),
                    (SELECT COUNT(*) FROM known WHERE is_coming AND is_present),
                    (SELECT COUNT(*) FROM gone),
                    (SELECT COUNT(*) FROM known
                        WHERE is_excluded AND NOT is_present)""",
                changes=changes,
                line=SQL.identifier(self.env["interaction.segment.line"]._table),
                segment=self.id,
                company=self.company_id.id,
                step=step.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        return {
            "added_count": came - renewed,
            "renewed_count": renewed,
            # a line that a fresh one replaces did not go
            "removed_count": 0 if step.operation == "add" else gone,
            "excluded_count": excluded,
        }

    def _execute_bulk_query(self, query):
        """Execute a statement on all lines, planned for many of them.

        :param SQL query: the statement
        :return: list of tuples
        """
        # The statistics know nothing yet of lines that were added a moment ago: taken
        # for one, 200,000 are compared each with each. Reduce, Refine and an undo take
        # 1 s so, else more than a minute.
        self.env.cr.execute("SET LOCAL enable_nestloop TO off")
        rows = self.env.execute_query(query)
        # where it fails, the transaction ends, and with it what was set
        self.env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")
        return rows

    def _get_changes_sql(self, step):
        """Return the SQL of who comes and who goes by a step.

        :return: SQL of a WITH: `known`, the contacts that match, with `is_coming`,
            `is_excluded` and `is_present`, and `going`, the lines that are taken out
        """
        excluded = nothing = SQL("FALSE")
        come, go = nothing, nothing
        if step.operation == "refresh":
            contacts = self._get_replayed_contacts_sql()
            # who was taken out by hand stays out, who was added by hand stays
            come = SQL("NOT is_present AND NOT is_taken_out")
            go = SQL("line.step_id IS NOT NULL AND contact.id IS NULL")
        else:
            contacts = step._find_contacts_sql()
        if step.operation == "add":
            if not step.ignore_exclusion:
                excluded = SQL("contact.interaction_segment_excluded IS TRUE")
            come = SQL("NOT (%s)", excluded)
            if step.include_existing:
                go = SQL("contact.id IS NOT NULL AND NOT (%s)", excluded)
            else:
                come = SQL("%s AND NOT is_present", come)
        elif step.operation == "reduce":
            go = SQL("contact.id IS NOT NULL")
        elif step.operation == "refine":
            go = SQL("contact.id IS NULL")
        return SQL(
            """WITH live AS (
                SELECT id, partner_id, partner_name, step_id FROM %(line)s
                WHERE segment_id = %(segment)s AND is_removed IS NOT TRUE
            ), taken_out AS (
                SELECT partner_id FROM (
                    SELECT DISTINCT ON (partner_id) partner_id, removed_step_id
                    FROM %(line)s WHERE segment_id = %(segment)s AND is_removed
                    ORDER BY partner_id, id DESC
                ) last WHERE removed_step_id IS NULL
            ), contact AS (
                SELECT id, complete_name, interaction_segment_excluded
                FROM res_partner WHERE id IN (SELECT id FROM %(contacts)s matching)
            ), known AS (
                SELECT id, complete_name, is_present, %(excluded)s AS is_excluded,
                    %(come)s AS is_coming
                FROM (
                    SELECT contact.*, present.partner_id IS NOT NULL AS is_present,
                        taken_out.partner_id IS NOT NULL AS is_taken_out
                    FROM contact
                    LEFT JOIN (SELECT DISTINCT partner_id FROM live) present
                        ON present.partner_id = contact.id
                    LEFT JOIN taken_out ON taken_out.partner_id = contact.id
                ) contact
            ), going AS (
                SELECT line.id, line.partner_name FROM live line
                LEFT JOIN contact ON contact.id = line.partner_id
                WHERE %(go)s
            )""",
            line=SQL.identifier(self.env["interaction.segment.line"]._table),
            segment=self.id,
            contacts=contacts,
            excluded=excluded,
            come=come,
            go=go,
        )

    # ------------------------------------------------------------------
    # Refresh
    # ------------------------------------------------------------------

    def action_refresh(self):
        """Open the dialog that shows who comes and goes on today's data.

        :raises UserError: where the segment has no steps
        """
        self.ensure_one()
        self._check_open()
        if not self._get_replayed_steps():
            raise UserError(
                self.env._(
                    "%(name)s has no steps to refresh: all contacts were added "
                    "manually.",
                    name=self.name,
                )
            )
        return self._get_dialog("refresh", self.env._("Refresh"))

    def _get_replayed_steps(self):
        """Return the steps that a refresh runs again, in their order."""
        return self.step_ids.filtered(lambda step: step.operation != "refresh").sorted(
            "id"
        )

    def _get_replayed_contacts_sql(self):
        """Return the SQL of the contacts that the steps bring on today's data.

        :return: SQL of a SELECT of `id` in parentheses
        """
        replayed = SQL("(SELECT NULL::int4 AS id WHERE FALSE)")
        for step in self._get_replayed_steps():
            step._check_conditions()
            contacts = SQL("(SELECT id FROM %s matching)", step._find_contacts_sql())
            if step.operation == "add" and not step.ignore_exclusion:
                contacts = SQL(
                    """(SELECT matching.id FROM %s matching
                    JOIN res_partner partner ON partner.id = matching.id
                    WHERE partner.interaction_segment_excluded IS NOT TRUE)""",
                    contacts,
                )
            replayed = SQL(
                "(%s %s %s)",
                replayed,
                {
                    "add": SQL("UNION"),
                    "reduce": SQL("EXCEPT"),
                    "refine": SQL("INTERSECT"),
                }[step.operation],
                contacts,
            )
        return replayed

    def _preview_refresh(self):
        """Return who would come and go by a refresh.

        :return: dict of `come_count`, `go_count` and the lists of the first names
            `come_names`, `go_names`
        """
        self.ensure_one()
        self.env.flush_all()
        refresh = self.env["interaction.segment.step"].new(
            {"segment_id": self.id, "operation": "refresh"}
        )
        [(come_count, go_count, come_names, go_names)] = self._execute_bulk_query(
            SQL(
                """%(changes)s
                SELECT (SELECT COUNT(*) FROM known WHERE is_coming),
                    (SELECT COUNT(*) FROM going),
                    ARRAY(SELECT complete_name FROM known WHERE is_coming
                        ORDER BY complete_name, id LIMIT %(limit)s),
                    ARRAY(SELECT partner_name FROM going
                        ORDER BY partner_name, id LIMIT %(limit)s)""",
                changes=self._get_changes_sql(refresh),
                limit=NAMED,
            )
        )
        return {
            "come_count": come_count,
            "go_count": go_count,
            "come_names": come_names,
            "go_names": go_names,
        }

    # ------------------------------------------------------------------
    # Saved criteria
    # ------------------------------------------------------------------

    def action_save_criteria(self):
        """Open the dialog that saves the steps under a name.

        :raises UserError: where there are none
        """
        self.ensure_one()
        if not self._get_replayed_steps():
            raise UserError(
                self.env._("%(name)s has no steps to save.", name=self.name)
            )
        return self._get_dialog(
            "criteria.save", self.env._("Save Criteria"), default_name=self.name
        )

    def action_apply_criteria(self):
        """Open the dialog that runs saved criteria on the segment."""
        self.ensure_one()
        self._check_open()
        return self._get_dialog("criteria.apply", self.env._("Apply Criteria"))

    # ------------------------------------------------------------------
    # Follow-up
    # ------------------------------------------------------------------

    def _create_follow_up(self, batch, result, name=None):
        """Create a segment of the contacts of a logged batch, by how they answered.

        :param batch: `interaction.batch`
        :param str result: one of the results of a step, such as "not_answered"
        :param str name: of the new segment
        :return: the new segment; of the campaign, company and salesperson of this one
        """
        labels = dict(
            self.env["interaction.segment.step"]
            ._fields["batch_result"]
            ._description_selection(self.env)
        )
        if result not in labels:
            raise UserError(
                self.env._(
                    "%(result)s is not a possible result of a logged segment.",
                    result=result,
                )
            )
        vals = {
            "name": name
            or self.env._(
                "%(name)s: %(result)s",
                name=self.name or batch.name,
                result=labels[result],
            ),
            "company_id": (self or batch).company_id.id,
        }
        if self:
            vals |= {"campaign_id": self.campaign_id.id, "user_id": self.user_id.id}
        segment = self.env["interaction.segment"].create(vals)
        self.env["interaction.segment.step"].create(
            {
                "segment_id": segment.id,
                "operation": "add",
                "batch_id": batch.id,
                "batch_result": result,
            }
        )
        return segment
