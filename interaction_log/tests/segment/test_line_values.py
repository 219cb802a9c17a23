import io
from itertools import product
from unittest.mock import patch

from openpyxl import load_workbook

from odoo import Command, fields
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ...models.segment.interaction_segment_line_left_out import CHOOSABLE
from ...models.segment.line_value import LINE_VALUES, LineValue
from .common import SegmentLogCommon

# What no two entries have in common
IGNORED = ("id", "batch_id", "source_key", "create_date", "write_date", "write_uid")


@tagged("-at_install", "post_install")
class TestLineValues(SegmentLogCommon):
    """What a line says, it says in Python as in SQL, whatever it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"].sudo()._activate_lang("fr_BE")
        cls.campaign, cls.template_campaign = (
            cls.env["utm.campaign"]
            .sudo()
            .create([{"title": title} for title in ("Fair", "Spring")])
        )
        cls.foreign = (
            cls.env["res.currency"]
            .sudo()
            .create(
                {
                    "name": "ZZZ",
                    "symbol": "Z",
                    "rate_ids": [Command.create({"rate": 3, "name": "2020-01-01"})],
                }
            )
        )
        cls.template_letter.write(
            {
                "description": "Hello",
                # what a line may say of its own
                "unit_duration": 0.75,
                "flow": "inbound",
                "initiated_by": "them",
                "campaign_id": cls.template_campaign.id,
                "campaign_target": True,
            }
        )
        cls.template_letter.with_context(lang="fr_BE").description = "Bonjour"
        cls.template_foreign = cls.template_letter.copy(
            {
                "name": "Foreign",
                "company_id": False,
                "channel": "phone",
                "ignore_contact_channel": True,
                "currency_id": cls.foreign.id,
                "unit_cost": 9,
                # no duration: nothing is estimated
                "unit_duration": 0,
                "campaign_id": False,
            }
        )
        cls.date = fields.Datetime.to_datetime("2026-02-03 04:05:06")
        cls.contacts = cls._new_contacts_of_all_kinds()

    @classmethod
    def _new_contacts_of_all_kinds(cls):
        contacts = cls._new_contacts(1)
        for vals in (
            {"lang": "fr_BE", "interaction_channel": "phone"},
            {"lang": False, "interaction_channel": "email"},
            {"user_id": cls.user_other_sales.id, "interaction_channel": "visit"},
            {"active": False},
            {"interaction_segment_excluded": True, "email": False, "city": False},
            {"parent_id": cls.acme.id, "lang": "fr_BE"},
        ):
            contacts |= cls._new_contacts(1, **vals)
        return contacts

    def _get_own_vals(self):
        """Yield what a line may say of its own: nothing, one value, all of them."""
        own = {
            "lang": "fr_BE",
            "user_id": self.user_other_sales.id,
            "channel": "visit",
            "name": "Dear",
            "cost": 7,
            "duration": 0.75,
        }
        empty = {"name": "", "cost": 0, "duration": 0}
        templates = (False, self.template_letter.id, self.template_foreign.id)
        for template, vals in product(
            templates, ({}, own, empty, *({name: own[name]} for name in own))
        ):
            yield {"template_id": template, **vals}

    def _new_twins(self, **vals):
        """Return two segments with a line of each kind, of the same values.

        The first lines are those of `self.contacts`, which say nothing.
        """
        contacts, said = self.contacts, [{}] * len(self.contacts)
        for template in (self.template_letter, self.template_foreign):
            others = self._new_contacts_of_all_kinds()
            contacts |= others
            said += [{"template_id": template.id}] * len(others)
        own = list(self._get_own_vals())
        contacts |= self._new_contacts(len(own))
        segment = self._new_segment(
            contacts, **{"lang": False, "user_id": False, **vals}
        )
        for line, line_vals in zip(segment.line_ids, said + own, strict=True):
            line.write(line_vals)
        return segment, segment.copy()

    def _log_both(self, segment, twin, user=None):
        """Log one in Python and one in SQL; return their entries by contact."""
        user = user or self.user_sales
        for one, has_contents in ((segment, True), (twin, False)):
            with patch.object(
                type(segment), "_has_contents", lambda self, has=has_contents: has
            ):
                one.with_user(user)._start_log(self.date, chosen=CHOOSABLE)
            self.assertEqual(one.log_options["is_slow"], has_contents)
            self.assertFalse(one.left_out_count, set(one.line_ids.mapped("left_out")))
        return [
            {entry.partner_id: entry for entry in self._get_entries(one)}
            for one in (segment, twin)
        ]

    def _assert_the_same(self, in_python, in_sql):
        names = [
            name
            for name, field in self.Entry._fields.items()
            if field.store and field.column_type and name not in IGNORED
        ]
        self.assertGreater(len(names), 40)
        self.assertGreater(len(in_python), 30)
        self.assertEqual(in_python.keys(), in_sql.keys())
        for partner, entry in in_python.items():
            [one], [other] = (
                each.read(names, load=None) for each in (entry, in_sql[partner])
            )
            self.assertEqual(one | {"id": 0}, other | {"id": 0}, partner.name)

    def _get_said_of_segment(self):
        """Return what a segment may say: as little, and as much as it can."""
        return [
            {"flow": False, "initiated_by": False, "campaign_id": False},
            {
                "lang": "fr_BE",
                "user_id": self.user_manager.id,
                "channel": "email",
                "subject": "News",
                "cost": 3,
                "duration": 0,
                "flow": "outbound",
                "campaign_id": self.campaign.id,
                "campaign_response": True,
            },
            {"subject": "", "cost": 0, "user_id": self.user_manager.id},
        ]

    def test_python_is_sql(self):
        for vals in self._get_said_of_segment():
            with self.subTest(vals=vals):
                twins = self._new_twins(**vals)
                self._assert_the_same(*self._log_both(*twins))

    def test_no_duration(self):
        """That is no estimate, whoever says it."""
        self.template_letter.unit_duration = 0
        in_python, in_sql = self._log_both(*self._new_twins(duration=0))
        self._assert_the_same(in_python, in_sql)
        self.assertFalse(in_sql[self.contacts[0]].is_duration_estimated)

    def test_another_company(self):
        """Its currency, its templates, a user with another language."""
        company = self._new_company(currency_id=self.foreign.id)
        self.user_sales.sudo().write(
            {"company_ids": [Command.link(company.id)], "lang": "fr_BE"}
        )
        Segment = type(self).Segment.with_context(
            allowed_company_ids=[company.id, self.company_a.id]
        )
        with patch.object(type(self), "Segment", Segment):
            self.template_letter.company_id = False
            twins = self._new_twins(company_id=company.id)
        in_python, in_sql = self._log_both(*twins)
        self._assert_the_same(in_python, in_sql)
        entry = in_sql[self.contacts[0]]
        self.assertEqual(entry.currency_id, self.foreign)
        self.assertEqual(entry.company_id, company)

    def test_contact_out_of_sight(self):
        """The user who logs may not read it; it is logged all the same."""
        twins = self._new_twins()
        self.env["ir.rule"].sudo().create(
            {
                "name": "Not those",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', 'not in', {self.contacts.ids})]",
            }
        )
        in_python, in_sql = self._log_both(*twins)
        self._assert_the_same(in_python, in_sql)
        self.assertEqual(in_python[self.contacts[3]].user_id, self.user_other_sales)

    def test_language_of_the_subject(self):
        """It is the contact's, however it is logged."""
        for entries in self._log_both(*self._new_twins()):
            self.assertEqual(entries[self.contacts[0]].name, "Hello")
            self.assertEqual(entries[self.contacts[1]].name, "Bonjour")

    def test_another_addon_says_more(self):
        values = (
            *LINE_VALUES,
            LineValue(
                "contact_via",
                own="left_out_detail",
                segment="name",
                contact=lambda partner: partner.email,
                contact_sql=SQL("partner.email"),
            ),
        )
        segment, twin = self._new_twins()
        twin.name = segment.name
        for lines in (segment.line_ids, twin.line_ids):
            lines[::3].sudo().left_out_detail = "Of its own"
        with patch.object(
            type(segment.line_ids), "_get_line_values", lambda self: values
        ):
            self.assertTrue(segment.fields_get(["name"])["name"]["is_followed"])
            in_python, in_sql = self._log_both(segment, twin)
        self._assert_the_same(in_python, in_sql)
        # what has a template of its own takes nothing from the segment
        foreign = twin.line_ids.filtered(
            lambda line: (
                line.template_id == self.template_foreign and not line.left_out_detail
            )
        )
        self.assertTrue(foreign)
        self.assertEqual(
            {entry.contact_via for entry in in_sql.values()},
            {"Of its own", "Spring", *foreign.partner_id.mapped("email")},
        )

    def test_kept_lines(self):
        """What lines keep is what the segment said before."""
        segment, twin = self._new_twins(**self._get_said_of_segment()[1])
        twin.keep_lines(["template_id"])
        twin.write(
            {
                "subject": "Later",
                "lang": "en_US",
                "channel": "web",
                "user_id": self.user_sales.id,
                "cost": 11,
                "duration": 11,
            }
        )
        self._assert_the_same(*self._log_both(segment, twin))

    def test_kept_value(self):
        """Only what changes is kept, and what lines say of their own stays."""
        segment, _twin = self._new_twins(subject="News", cost=3)
        own = segment.line_ids.filtered("name")
        segment.keep_lines(["subject"])
        follows = segment.line_ids.filtered(
            lambda line: line.template_id != self.template_foreign
        )
        self.assertEqual(set(own.mapped("name")), {"Dear"})
        self.assertEqual(set((follows - own).mapped("name")), {"News"})
        self.assertFalse(any((segment.line_ids - follows - own).mapped("name")))
        self.assertFalse(all(segment.line_ids.mapped("has_own_cost")))
        segment.keep_lines(["name", "no_field"])
        self.assertFalse(any((segment.line_ids - follows - own).mapped("name")))

    def test_cost_that_is_the_segments_again(self):
        segment, _twin = self._new_twins(cost=3)
        line = segment.line_ids[0]
        for cost, is_own in ((7, True), (7, True), (3, False)):
            line.cost = cost
            self.assertEqual((line.cost, line.has_own_cost), (cost, is_own))

    def test_different_from_the_segment(self):
        segment, _twin = self._new_twins()
        Line = segment.line_ids.browse()
        of_segment = [("segment_id", "=", segment.id)]
        different = Line.search([*of_segment, ("is_different", "=", True)])
        others = Line.search([*of_segment, ("is_different", "=", False)])
        self.assertEqual(different | others, segment.line_ids)
        self.assertEqual(
            others,
            segment.line_ids.filtered(
                lambda line: (
                    not any(
                        line[name]
                        for name in (
                            "template_id",
                            "name",
                            "channel",
                            "lang",
                            "user_id",
                            "has_own_cost",
                            "has_own_duration",
                        )
                    )
                )
            ),
        )
        self.assertGreater(len(others), 7)

    def test_what_lines_follow(self):
        """The form asks before it changes that."""
        models = self.Segment.get_views([(False, "form")])["models"]
        fields_ = models["interaction.segment"]["fields"]
        self.assertEqual(
            {name for name, field in fields_.items() if field.get("is_followed")},
            {
                "template_id",
                "subject",
                "channel",
                "lang",
                "user_id",
                "cost",
                "duration",
            },
        )

    def test_export_letter_and_preview(self):
        """They tell what is logged."""
        for vals in self._get_said_of_segment():
            with self.subTest(vals=vals):
                segment, twin = self._new_twins(**vals)
                told = self._export(segment), self._get_letters(segment)
                previews = self._preview(segment)
                _in_python, entries = self._log_both(segment, twin)
                for rows in (*told, previews):
                    self.assertGreater(len(rows), 30)
                    for partner, row in rows.items():
                        entry = entries[partner]
                        for name, value in row.items():
                            expected = entry[name]
                            if rows is told[0]:
                                field = entry._fields[name]
                                expected = field.convert_to_export(expected, entry)
                            self.assertEqual(
                                value or False, expected or False, (partner.name, name)
                            )

    def _export(self, segment):
        file = io.BytesIO()
        segment._write_spreadsheet(file)
        titles, *rows = load_workbook(file).active.iter_rows(values_only=True)
        names = (
            "lang",
            "user_id",
            "template_id",
            "channel",
            "name",
            "cost",
            "duration",
        )
        labels = [self.Entry._fields[n]._description_string(self.env) for n in names]
        columns = [titles.index(label) for label in labels]
        partners = segment.line_ids.partner_id
        return {
            partner: dict(zip(names, (row[column] for column in columns), strict=True))
            for partner, row in zip(partners, rows, strict=True)
        }

    def _get_letters(self, segment):
        return {
            line.partner_id: {
                "name": segment._get_address_rows(line)[0]["subject"],
            }
            for line in segment.line_ids
        }

    def _preview(self, segment):
        rows = {}
        for line in segment.line_ids - segment.line_ids.filtered(
            lambda line: not line.partner_id.active
        ):
            action = line.action_preview()
            form = Form(
                self.env[action["res_model"]]
                .with_user(self.user_sales)
                .with_context(**action["context"])
            )
            self.assertFalse(form.error)
            rows[line.partner_id] = {
                "template_id": form.template_id,
                "lang": form.lang,
                "channel": form.channel,
                "name": form.subject,
                "user_id": form.user_id,
                "cost": form.cost,
                "duration": form.duration,
            }
        return rows
