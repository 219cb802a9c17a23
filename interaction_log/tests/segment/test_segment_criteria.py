import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SegmentCommon


@tagged("-at_install", "post_install")
class TestSegmentCriteria(SegmentCommon):
    def _save(self, segment, name):
        wizard = segment.env["interaction.segment.criteria.save"].create(
            {"segment_id": segment.id, "name": name}
        )
        wizard.action_save()
        return segment.env["interaction.segment.criteria"].search([("name", "=", name)])

    def _new_criteria(self, name="Without Carl"):
        segment = self._new_segment()
        countries = self.partners.country_id
        self._run(
            segment,
            country_ids=[Command.set(countries.ids)],
            domain="[('ref', '=like', 'T-%')]",
            expand_companies=True,
        )
        self._run(segment, "reduce", domain="[('name', '=', 'Carl')]")
        return self._save(segment, name)

    def test_save_and_apply(self):
        criteria = self._new_criteria()
        self.assertEqual(criteria.step_count, 2)
        self.assertEqual(criteria.user_id, self.user_sales)
        self.assertFalse(sum(criteria.step_ids.mapped("added_count")))
        segment = self._new_segment(self.user_other_sales)
        wizard = segment.env["interaction.segment.criteria.apply"].create(
            {"segment_id": segment.id, "criteria_id": criteria.id}
        )
        action = wizard.action_apply()
        self.assertEqual(self._get_partners(segment), self.bea | self.dora)
        self.assertEqual(
            action["params"]["message"],
            "Add: Contacts added: 3\nReduce: Contacts removed: 1",
        )
        self.assertEqual(segment.step_ids.mapped("expand_companies"), [True, False])
        segment.action_go_back()
        self.assertEqual(segment.line_count, 3)
        self.assertEqual(criteria.step_count, 2)

    def test_what_it_finds_is_of_today(self):
        criteria = self._new_criteria()
        self.bea.country_id = self.env.ref("base.fr")
        segment = self._new_segment()
        criteria._apply(segment)
        self.assertEqual(self._get_partners(segment), self.dora)

    def test_saved_condition_is_not_forgotten(self):
        tag = self.env["res.partner.category"].create({"name": "Fair"})
        segment = self._new_segment()
        self._run(segment, category_ids=[Command.set(tag.ids)])
        criteria = self._save(segment, "Tagged")
        tag.unlink()
        segment = self._new_segment()
        criteria._apply(segment)
        self.assertEqual(segment.line_count, 0)

    def test_name_is_taken(self):
        criteria = self._new_criteria("Fair")
        criteria.active = False
        for name in ("Fair", "fair ", "FAIR"):
            with (
                self.subTest(name=name),
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.UniqueViolation) as error,
                self.env.cr.savepoint(),
            ):
                self._new_criteria(name)
            self.assertEqual(
                criteria._sql_error_to_message(error.exception),
                "Criteria with this name already exist. Choose another name.",
            )
        self._new_criteria("F_ir")  # what was a wildcard is none
        company = self._new_company()
        criteria.sudo().copy({"name": "Fair", "company_id": company.id})

    def test_migration(self):
        """The first one of a name keeps it, also where the new name is taken."""
        self.env.cr.execute("DROP INDEX interaction_segment_criteria_name_uniq")
        Criteria = self.env["interaction.segment.criteria"].sudo()
        first, second, third, other = Criteria.create(
            [{"name": name} for name in ("Fair", "fair ", "Fair", "Other")]
        )
        other.name = f"Fair ({third.id})"
        company = self.env["res.company"].sudo().create({"name": "Other"})
        far = Criteria.create({"name": "Fair", "company_id": company.id})
        for _time in range(2):
            self._migrate("19.0.1.6.0", "pre", "criteria-names")
            self.assertEqual(
                (first | second | third | other).mapped("name"),
                [
                    "Fair",
                    f"fair ({second.id})",
                    f"Fair ({third.id})",
                    f"Fair ({third.id}) ({other.id})",
                ],
            )
            self.assertEqual(far.name, "Fair")
        Criteria._table_objects[
            "interaction_segment_criteria_name_uniq"
        ].apply_to_database(Criteria)

    def test_nothing_to_save(self):
        segment = self._new_segment()
        with self._assert_refused("has no steps to save"):
            segment.action_save_criteria()

    def test_steps_of_criteria_can_be_edited(self):
        criteria = self._new_criteria()
        step = criteria.step_ids[1]
        step.write({"domain": "[('name', '=', 'Bea')]"})
        with self._assert_refused("is invalid", ValidationError):
            step.write({"domain": "[('nam"})
        with self.assertRaises(UserError):
            step.write({"segment_id": self._new_segment().id})
        segment = self._new_segment()
        criteria._apply(segment)
        self.assertEqual(self._get_partners(segment), self.carl | self.dora)
        step.unlink()
        self.assertEqual(criteria.step_count, 1)

    def test_step_of_criteria_in_its_dialog(self):
        criteria = self._new_criteria()
        context = criteria.action_add_step()["context"]
        Step = criteria.env["interaction.segment.step"].with_context(**context)
        view = "interaction_log.interaction_segment_step_view_form"
        with Form(Step, view=view) as form:
            form.operation = "refine"
            form.domain = "[('name', '=', 'Dora')]"
        self.assertEqual(criteria.step_count, 3)
        with self._assert_refused("can't contain a refresh", ValidationError):
            criteria.step_ids[2].operation = "refresh"
        segment = self._new_segment()
        criteria._apply(segment)
        self.assertEqual(self._get_partners(segment), self.dora)

    def test_rights(self):
        criteria = self._new_criteria()
        theirs = criteria.with_user(self.user_other_sales)
        self.assertEqual(theirs.name, "Without Carl")
        with self.assertRaises(AccessError):
            theirs.name = "Mine"
        with self.assertRaises(AccessError):
            theirs.step_ids[0].domain = "[]"
        with self.assertRaises(AccessError):
            theirs._apply(self._new_segment().with_user(self.user_other_sales))
        criteria.with_user(self.user_manager).name = "Ours"
        user = self._new_user(
            "il_elsewhere",
            "interaction_log.group_user",
            company=self._new_company(),
        )
        with self.assertRaises(AccessError):
            criteria.with_user(user).check_access("read")

    def test_copy_has_the_steps(self):
        criteria = self._new_criteria()
        copy = criteria.copy()
        self.assertEqual(copy.name, "Without Carl (copy)")
        self.assertEqual(copy.step_count, 2)
