from unittest.mock import patch

from lxml import etree
from psycopg2 import OperationalError

from odoo import Command, fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import SegmentLogCommon

LOG = "odoo.addons.interaction_log.models.segment.interaction_segment_slice"


@tagged("-at_install", "post_install")
class TestSegmentLog(SegmentLogCommon):
    def test_one_entry_for_each_contact(self):
        segment = self._new_segment(self._new_contacts(3))

        segment.action_log()

        entries = self._get_entries(segment)
        self.assertEqual(segment.state, "logged")
        self.assertEqual(entries.partner_id, segment.line_ids.partner_id)
        self.assertEqual(len(entries), 3)
        self.assertEqual(entries.batch_id, segment.batch_ids)
        self.assertEqual(len(segment.batch_ids), 1)
        self.assertEqual(set(entries.mapped("event")), {"segment"})
        self.assertEqual(entries.create_uid, self.user_sales)
        self.assertEqual(entries[0].partner_name, "Contact 0")
        self.assertEqual(entries[0].commercial_partner_id, entries[0].partner_id)
        self.assertEqual(entries[0].channel, "letter")
        self.assertEqual(entries[0].duration, 0.5)
        self.assertEqual(entries[0].cost, 2)
        self.assertEqual(entries[0].name, "Letter")

    def test_number_of_interactions(self):
        """Of each segment, as the list that the button opens counts them."""
        first = self._new_segment(self._new_contacts(3))
        second = self._new_segment(self._new_contacts(2))
        draft = self._new_segment(self._new_contacts(1))
        (first | second).mapped(lambda segment: segment.action_log())
        self._get_entries(first)[0]._cancel(self.reason)
        segments = (first | second | draft).with_user(self.user_sales)
        segments.invalidate_recordset()
        self.assertEqual(segments.mapped("interaction_count"), [2, 2, 0])
        action = first.action_view_interactions()
        self.assertTrue(action["context"]["search_default_filter_counted"])

    def test_who_is_left_out_before_and_after(self):
        """The filters of the contacts are of the state that the segment has."""
        lines = self.env["interaction.segment.line"].with_user(self.user_sales)
        arch = etree.fromstring(lines.get_view(view_type="search")["arch"])
        for is_logged, shown in ((False, "warning"), (True, "left_out")):
            context = {"context": {"interaction_log_is_logged": is_logged}}
            for name in ("warning", "left_out"):
                (node,) = arch.iterfind(f".//filter[@name='filter_{name}']")
                self.assertEqual(
                    not safe_eval(node.get("invisible"), context), name == shown
                )

    def test_is_what_log_interactions_would_log(self):
        self.anna.sudo().write({"interaction_channel": "email", "lang": "en_US"})
        self.anna.sudo().email = "anna@example.com"
        segment = self._new_segment(self.anna, subject="Hello", duration=0.75)
        date = fields.Datetime.to_datetime("2026-02-03 04:05:06")

        segment._start_log(date)

        entry = self._get_entries(segment)
        line = segment.line_ids
        other = self.Entry.with_user(self.user_sales).sudo()
        other = other.log_interactions(
            [{**line._prepare_vals(), "date": date, "event": "segment"}]
        )
        ignored = {
            "batch_id",
            "source_key",
            "create_date",
            "write_date",
            "write_uid",
        }
        names = [
            name
            for name, field in self.Entry._fields.items()
            if field.store and field.column_type and name not in ignored
        ]
        [one], [two] = (each.read(names, load=None) for each in (entry, other))
        self.assertGreater(len(one), 30)
        self.assertEqual(one | {"id": 0}, two | {"id": 0})

    def test_line_says_otherwise(self):
        contacts = self._new_contacts(4, phone="+32 9 1234567")
        segment = self._new_segment(contacts, subject="Hello", cost=3)
        lines = segment.line_ids
        lines[0].write({"name": "Dear friend", "cost": 9, "channel": "visit"})
        lines[1].template_id = self.template_call
        lines[2].write({"user_id": self.user_other_sales.id, "duration": 0})

        segment.action_log()

        entries = self._get_entries(segment)
        by_partner = {entry.partner_id: entry for entry in entries}
        first, second, third, fourth = (by_partner[contact] for contact in contacts)
        self.assertEqual(
            (first.name, first.cost, first.channel), ("Dear friend", 9, "visit")
        )
        self.assertEqual(second.template_id, self.template_call)
        self.assertEqual(second.name, self.template_call._get_subject())
        self.assertEqual(second.channel, "phone")
        self.assertEqual(second.duration, self.template_call.unit_duration)
        self.assertEqual(second.cost, self.template_call.unit_cost)
        self.assertEqual(second.group_id, self.template_call.group_id)
        self.assertEqual(third.user_id, self.user_other_sales)
        self.assertEqual(third.duration, 0)
        self.assertTrue(second.is_duration_estimated)
        self.assertTrue(fourth.is_duration_estimated)
        self.assertFalse(third.is_duration_estimated)
        self.assertEqual((fourth.name, fourth.cost), ("Hello", 3))

    def test_salesperson_of_each_contact(self):
        contacts = self._new_contacts(2)
        contacts[0].user_id = self.user_other_sales
        segment = self._new_segment(contacts, user_id=False)

        segment.action_log()

        entries = self._get_entries(segment)
        self.assertEqual(
            entries.mapped("user_id"), self.user_other_sales | self.user_sales
        )

    def test_two_languages(self):
        self.env["res.lang"]._activate_lang("fr_BE")
        self.template_letter.with_context(lang="fr_BE").description = "Bonjour"
        self.template_letter.with_context(lang="en_US").description = "Hello"
        contacts = self._new_contacts(3)
        contacts[0].lang = "fr_BE"
        contacts[1].lang = "en_US"
        segment = self._new_segment(contacts)
        segment.line_ids[2].lang = "fr_BE"

        segment.action_log()

        entries = self._get_entries(segment)
        names = {entry.partner_id: (entry.name, entry.lang) for entry in entries}
        self.assertEqual(names[contacts[0]], ("Bonjour", "fr_BE"))
        self.assertEqual(names[contacts[1]], ("Hello", "en_US"))
        self.assertEqual(names[contacts[2]], ("Bonjour", "fr_BE"))

    def test_left_out(self):
        contacts = self._new_contacts(7)
        contacts[1].active = False
        contacts[2].interaction_segment_excluded = True
        contacts[3].write({"interaction_channel": "email", "email": False})
        contacts[4].interaction_channel = "email"
        self.env["mail.blacklist"].sudo()._add(contacts[4].email)
        segment = self._new_segment(contacts)
        contacts[5].unlink()
        lines = segment.line_ids
        expected = [
            False,
            "archived",
            "excluded",
            "no_address",
            "blacklisted",
            "deleted",
            False,
        ]
        self.assertEqual(lines.mapped("warning"), expected)
        self.assertEqual(
            lines.search(
                [("segment_id", "=", segment.id), ("warning", "=", "archived")]
            ),
            lines[1],
        )

        segment.action_log()

        # nothing was sent: the address matters to nobody
        expected[3] = False
        self.assertEqual(lines.mapped("left_out"), expected)
        self.assertEqual(segment.left_out_count, 4)
        entries = self._get_entries(segment)
        self.assertEqual(entries.partner_id, contacts[0] | contacts[3] | contacts[6])

    def test_we_are_left_out(self):
        """Our company, its people and users; as of every event that is recorded."""
        company = self.env.company.partner_id
        contacts = self._new_contacts(4)
        contacts[1].employee = True
        contacts[2].parent_id = company
        portal = new_test_user(self.env, "il_customer", "base.group_portal").partner_id
        portal.city = "Ghent"
        user = self.user_other_sales.partner_id
        everybody = contacts | company | user | portal
        segment = self._new_segment(everybody)
        ours = contacts[1] | contacts[2] | company | user
        warned = segment.line_ids.filtered("warning")
        self.assertEqual(warned.partner_id, ours)
        self.assertEqual(set(warned.mapped("warning")), {"internal"})
        self.assertEqual(everybody - ours, everybody._filter_interaction_external())
        wizard = (
            self.env["interaction.segment.log"]
            .with_user(self.user_sales)
            .create({"segment_id": segment.id})
        )
        self.assertEqual((wizard.internal_count, wizard.logged_count), (4, 3))
        self.assertIn("Internal contact (4)", wizard.left_out)
        warned[0].is_forced = True
        copy = segment.copy()

        wizard.action_apply()

        logged = self._get_entries(segment).partner_id
        self.assertEqual(logged, everybody - ours | warned[0].partner_id)
        copy._start_log(chosen=["internal"])
        self.assertEqual(self._get_entries(copy).partner_id, everybody)

    def test_what_is_only_recorded_says_so(self):
        contacts = self._new_contacts(2)
        contacts[0].email = False
        segment = self._new_segment(contacts, channel="email")

        segment.action_log()

        entries = self._get_entries(segment)
        self.assertEqual(entries.partner_id, contacts)
        self.assertEqual(set(entries.mapped("delivery_status")), {"none"})
        for entry in entries:
            self.assertRegex(entry.summary, "recorded for a segment by .*, not sent")
        letters = self._new_segment(contacts[1])
        letters.action_log()
        self.assertNotIn("not sent", self._get_entries(letters).summary)
        # what they wrote was never to be sent
        answers = self._new_segment(
            contacts[1],
            template_id=self._shipped("interaction_template_email_in").id,
        )
        answers.action_log()
        self.assertNotIn("not sent", self._get_entries(answers).summary)

    def test_search_for_those_left_out(self):
        """It finds the same whatever the context says, and what it does not say."""
        contacts = self._new_contacts(4)
        contacts[1].active = False
        contacts[2].interaction_segment_excluded = True
        one, other = self._new_segment(contacts[0]), self._new_segment(contacts)
        fine, archived, excluded, also_fine = other.line_ids
        of_other = Domain("segment_id", "=", other.id)
        for context in ({}, {"default_segment_id": one.id}):
            Line = other.line_ids.with_context(**context)
            for condition, found in (
                (Domain("warning", "=", "archived"), archived),
                (Domain("warning", "!=", "archived"), fine | excluded | also_fine),
                (Domain("warning", "!=", False), archived | excluded),
                (Domain("warning", "=", False), fine | also_fine),
                (
                    Domain("warning", "in", ["archived", False]),
                    other.line_ids - excluded,
                ),
                (Domain("warning", "not in", ["archived", False]), excluded),
                (~Domain("warning", "=", "excluded"), other.line_ids - excluded),
            ):
                with self.subTest(context=context, condition=condition):
                    self.assertEqual(Line.search(of_other & condition), found)
                    self.assertEqual(other.line_ids.filtered_domain(condition), found)
        found = one.line_ids.search(
            [("segment_id", "in", (one | other).ids), ("warning", "=", False)]
        )
        self.assertEqual(found, one.line_ids | fine | also_fine)

    def test_address_is_needed_for_what_is_delivered(self):
        contacts = self._new_contacts(2)
        contacts[0].city = False
        segment = self._new_segment(contacts)
        self.assertEqual(segment.line_ids.mapped("warning"), ["no_address", False])
        self.assertEqual(segment._count_reasons(), {None: 2})
        self.assertEqual(
            segment._count_reasons(deliver=True), {"no_address": 1, None: 1}
        )
        segment.action_log()
        self.assertEqual(self._get_entries(segment).partner_id, contacts)
        emails = self._new_segment(contacts, channel="email")
        contacts[1].email = False
        self.assertEqual(emails.line_ids.mapped("warning"), [False, "no_address"])
        self.assertEqual(emails._count_reasons(), {None: 2})
        self.assertEqual(
            emails._count_reasons(deliver=True), {"no_address": 1, None: 1}
        )

    def test_log_anyway(self):
        contacts = self._new_contacts(4, interaction_segment_excluded=True)
        contacts[1].active = False
        segment = self._new_segment(contacts)
        segment.line_ids[0].is_forced = True

        segment._start_log(chosen=["archived"])

        self.assertEqual(
            segment.line_ids.mapped("left_out"),
            [False, "excluded", "excluded", "excluded"],
        )
        copy = segment.copy()
        copy._start_log(chosen=["archived", "excluded", "deleted"])
        self.assertEqual(len(self._get_entries(copy)), 4)

    def test_merged_contacts_are_logged_once(self):
        contacts = self._new_contacts(2)
        segment = self._new_segment(contacts)
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            contacts.ids, contacts[0]
        )
        segment.invalidate_recordset()

        segment.action_log()

        self.assertEqual(self._get_entries(segment).partner_id, contacts[0])
        self.assertEqual(segment.line_ids.mapped("left_out"), [False, "twice"])

    def test_refused(self):
        empty = self._new_segment()
        with self.assertRaisesRegex(UserError, "has no contacts"):
            empty.action_log()
        without_template = self._new_segment(self.anna, template_id=False)
        with self.assertRaisesRegex(UserError, "Choose a template"):
            without_template.action_log()
        nobody = self._new_segment(self._new_contacts(2, active=False))
        with self.assertRaisesRegex(
            UserError, r"None of the contacts.*The contact is archived \(2\)"
        ):
            nobody.action_log()
        segment = self._new_segment(self._new_contacts(1))
        with self.assertRaisesRegex(UserError, "too far in the future"):
            segment._start_log(fields.Datetime.to_datetime("2999-01-01"))
        self.template_letter.active = False
        with self.assertRaisesRegex(UserError, "is archived"):
            segment.action_log()
        self.assertFalse(
            self.env["interaction.batch"].sudo().search([("name", "=", "Spring")])
        )
        self.assertEqual(segment.state, "draft")

    def test_logged_once(self):
        segment = self._new_segment(self._new_contacts(1))
        segment.action_log()

        with self.assertRaisesRegex(UserError, "already logged and can't be changed"):
            segment.action_log()
        with self.assertRaisesRegex(UserError, "already logged and can't be changed"):
            segment.template_id = self.template_call
        with self.assertRaisesRegex(UserError, "already logged and can't be changed"):
            segment.line_ids.cost = 7
        with self.assertRaisesRegex(UserError, "already logged and can't be changed"):
            segment.line_ids.action_remove()
        with self.assertRaises(AccessError):
            segment.write({"state": "draft"})
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            segment.unlink()
        self.assertEqual(len(self._get_entries(segment)), 1)
        copy = segment.copy()
        copy.action_log()
        self.assertEqual(len(self._get_entries(copy)), 1)

    def test_who_may_log(self):
        segment = self._new_segment(self._new_contacts(1))
        with self.assertRaises(AccessError):
            segment.with_user(self.user_other_sales).action_log()
        with self.assertRaises(AccessError):
            segment.with_user(self.user_assistant).action_log()

        segment.with_user(self.user_manager).action_log()

        self.assertEqual(self._get_entries(segment).create_uid, self.user_manager)

    def test_a_client_forges_nothing(self):
        segment = self._new_segment(self._new_contacts(1))
        line, other = segment.line_ids, self._new_segment()
        with self.assertRaises(AccessError):
            self.Segment.with_context(default_state="logging").create({"name": "F"})
        with self.assertRaises(AccessError):
            self.Segment.create({"name": "F", "log_options": {}})
        with self.assertRaises(AccessError):
            line.create(
                {
                    "segment_id": segment.id,
                    "partner_id": self.anna.id,
                    "left_out": "stopped",
                }
            )
        with self.assertRaisesRegex(UserError, "can't be moved to another segment"):
            line.segment_id = other
        company = self.env["res.company"].sudo().create({"name": "Other"})
        hidden = self._new_contacts(1, company_id=company.id)
        with self.assertRaises(AccessError):
            line.partner_id = hidden
        with self.assertRaises(AccessError):
            line.create({"segment_id": segment.id, "partner_id": hidden.id})
        line.create({"segment_id": segment.id, "partner_id": self.anna.id})
        with self.assertRaisesRegex(UserError, "is already in Spring"):
            line.partner_id = self.anna

    def test_numbers_that_the_log_refuses(self):
        segment = self._new_segment(self._new_contacts(1))
        for record, name in (
            (segment, "cost"),
            (segment, "duration"),
            (segment.line_ids, "cost"),
            (segment.line_ids, "duration"),
        ):
            with (
                self.subTest(record=record, name=name),
                self.assertRaisesRegex(UserError, "can't be negative"),
            ):
                record[name] = -1

    def test_file_of_one_contact(self):
        segment = self._new_segment(self._new_contacts(2))
        map_ = (
            self.env["ir.attachment"]
            .with_user(self.user_sales)
            .create({"name": "map.txt", "raw": b"map"})
        )
        segment.line_ids[1].attachment_ids = map_
        copy = segment.copy()

        segment.action_log()
        copy.action_log()

        for logged in (segment, copy):
            entries = self._get_entries(logged)
            self.assertFalse(entries[0].attachment_ids)
            self.assertEqual(entries[1].attachment_ids.raw, b"map")

    def test_a_client_forges_no_batch(self):
        Batch = self.env["interaction.batch"].with_user(self.user_sales)
        segment = self._new_segment(self.anna)
        Batch.create({"name": "Mine"})
        for vals in (
            {"segment_id": segment.id},
            {"event": "segment"},
            {"event": "print"},
            {"event": "meeting"},
            {"operation": "delete", "operation_vals": {"uid": 1}},
            {"log_request": "stop"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                Batch.create({"name": "Forged", **vals})
        defaults = {"default_event": "segment", "default_segment_id": segment.id}
        batch = Batch.with_context(**defaults).create({"name": "Forged"})
        self.assertRecordValues(batch, [{"event": "manual", "segment_id": False}])

    def test_a_client_names_no_contact_otherwise(self):
        segment = self._new_segment(self.anna)
        Line = segment.line_ids.with_user(self.user_sales)
        vals = {"segment_id": segment.id, "partner_id": self.acme.id}
        with self.assertRaises(AccessError):
            Line.create({**vals, "partner_name": "Somebody Else"})
        with self.assertRaises(AccessError):
            Line.with_context(default_partner_name="Somebody Else").create(vals)
        with self.assertRaises(AccessError):
            Line.write({"partner_name": "Somebody Else"})
        self.assertEqual(Line.create(vals).partner_name, "Acme")

    def test_number_of_queries(self):
        segments = [
            self._new_segment(self._new_contacts(number)) for number in (5, 5, 50)
        ]
        counts = []
        for segment in segments:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            segment.action_log()
            counts.append(self.cr.sql_log_count - before)
        # the first one fills the caches
        self.assertEqual(counts[1], counts[2])

    def test_files_of_all(self):
        self.env["res.lang"]._activate_lang("fr_BE")
        template = self.template_letter
        template.file_ids = [
            Command.create(
                {
                    "lang_id": self.env.ref(f"base.lang_{lang}").id,
                    "file": "Zm9v",
                    "filename": f"{lang}.txt",
                }
            )
            for lang in ("en", "fr_BE")
        ]
        template.default_lang_id = self.env.ref("base.lang_en")
        contacts = self._new_contacts(3)
        contacts[0].lang = "fr_BE"
        flyer = (
            self.env["ir.attachment"]
            .with_user(self.user_sales)
            .create({"name": "flyer.txt", "raw": b"flyer"})
        )
        segment = self._new_segment(contacts, attachment_ids=[Command.set(flyer.ids)])

        segment.action_log()

        entries = self._get_entries(segment).sorted("partner_id")
        self.assertEqual(
            set(entries[0].attachment_ids.mapped("name")), {"flyer.txt", "fr_BE.txt"}
        )
        self.assertEqual(
            set(entries[1].attachment_ids.mapped("name")), {"flyer.txt", "en.txt"}
        )
        # stored once, and readable for who reads the batch
        self.assertEqual(entries[1].attachment_ids, entries[2].attachment_ids)
        colleague = entries[1].attachment_ids.with_user(self.user_other_sales)
        self.assertEqual(set(colleague.mapped("raw")), {b"flyer", b"foo"})

    def test_changing_the_segment(self):
        segment = self._new_segment(self._new_contacts(2), subject="One", cost=1)
        own, following = segment.line_ids
        own.write({"name": "Mine", "cost": 5})

        segment.write({"subject": "Two", "cost": 2})
        self.assertEqual((own.cost, following.cost), (5, 2))
        segment.keep_lines(["subject", "cost", "template_id"])
        segment.write({"template_id": self.template_call.id, "subject": "Three"})
        segment.action_log()

        first, second = self._get_entries(segment)
        self.assertEqual((first.name, first.cost), ("Mine", 5))
        self.assertEqual((second.name, second.cost), ("Two", 2))
        self.assertEqual(second.template_id, self.template_letter)

    def test_columns_of_the_lines(self):
        """Who will be left out is shown before logging, who was afterwards."""
        segment = self._new_segment(self._new_contacts(1))
        arch = segment.line_ids.get_view(view_type="list")["arch"]
        columns = etree.fromstring(arch)

        def get_shown():
            context = segment.action_view_lines()["context"]
            return [
                name
                for name in ("warning", "left_out", "left_out_detail")
                for column in columns.findall(f"field[@name='{name}']")
                if not safe_eval(column.get("column_invisible"), {"context": context})
            ]

        self.assertEqual(get_shown(), ["warning"])
        segment.action_log()
        self.assertEqual(get_shown(), ["left_out", "left_out_detail"])

    def test_change_of_many_lines(self):
        """Who changes another segment meanwhile needs not wait: the table is free."""
        segment = self._new_segment(self._new_contacts(1))
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO interaction_segment_line (segment_id, is_removed)
            SELECT %s, FALSE FROM generate_series(1, 10000)""",
            [segment.id],
        )
        segment._update_line_count()
        self.env["interaction.segment.step"].with_user(self.user_sales).create(
            {"segment_id": segment.id, "partner_ids": [Command.set(self.anna.ids)]}
        )
        self.assertEqual(segment.line_count, 10_002)
        self.env.cr.execute(
            """SELECT mode FROM pg_locks WHERE pid = pg_backend_pid()
            AND relation = 'interaction_segment_line'::regclass"""
        )
        modes = {mode for (mode,) in self.env.cr.fetchall()}
        self.assertLessEqual(
            modes, {"AccessShareLock", "RowShareLock", "RowExclusiveLock"}
        )

    def test_1_000(self):
        contacts = self._new_contacts(1_000)
        segment = self._new_segment()
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO interaction_segment_line
                (segment_id, partner_id, partner_name, is_removed)
            SELECT %s, id, complete_name, FALSE FROM res_partner
            WHERE id = ANY(%s) ORDER BY id""",
            [segment.id, contacts.ids],
        )
        segment._update_line_count()

        segment.action_log()

        self.assertEqual(segment.state, "logged")
        groups = self.Entry._read_group(
            [("batch_id", "=", segment.batch_ids.id)],
            [],
            ["__count", "partner_id:count_distinct"],
        )
        self.assertEqual(groups, [(1_000, 1_000)])

    def test_copy_has_the_lines(self):
        contacts = self._new_contacts(2)
        segment = self._new_segment(contacts)
        segment.line_ids[0].cost = 8
        segment.line_ids[1].action_remove()

        copy = segment.copy()

        self.assertEqual(copy.name, "Spring (copy)")
        self.assertEqual(copy.line_count, 1)
        self.assertEqual(copy.line_ids.partner_id, contacts[0])
        self.assertEqual(copy.line_ids.cost, 8)

    def test_contact_twice_by_hand(self):
        segment = self._new_segment(self.anna)
        with self.assertRaisesRegex(UserError, "is already in Spring"):
            segment.line_ids = [Command.create({"partner_id": self.anna.id})]
        # one that was taken out is not there
        segment.line_ids.action_remove()
        segment.line_ids = [Command.create({"partner_id": self.anna.id})]
        segment.action_log()
        self.assertEqual(self._get_entries(segment).partner_id, self.anna)

    def test_other_company(self):
        company = self.env["res.company"].sudo().create({"name": "Other"})
        segment = self._new_segment(self.anna)
        user = self._new_user(
            "il_far", "interaction_log.group_manager", company=company
        )
        with self.assertRaises(AccessError):
            segment.with_user(user).read(["name"])
        with self.assertRaises(AccessError):
            segment.with_user(user).line_ids.read(["partner_id"])

    # -- taken back ------------------------------------------------------

    def test_undo(self):
        """The notification takes back all of it, and shows the batch."""
        segment = self._new_segment(self._new_contacts(3))
        params = segment.action_log()["params"]
        batch = segment.batch_ids
        self.assertEqual(
            params["message"], f"{segment.name} is logged. Interactions: 3."
        )
        self.assertEqual(params["batch_ids"], batch.ids)
        self.assertEqual(params["undone"], "3 interactions canceled.")
        entries = self._get_entries(segment)
        planned = (
            entries[0]
            .with_user(self.user_sales)
            ._schedule_follow_up(
                {"activity_type_id": self.env.ref("mail.mail_activity_data_call").id}
            )
        )
        getattr(batch, params["undo_method"])()
        self.assertFalse(planned.exists())
        self.assertEqual(set(entries.mapped("state")), {"canceled"})
        self.assertEqual(entries.cancel_uid, self.user_sales)
        self.assertEqual(batch.restorable_count, 3)
        with self.assertRaisesRegex(UserError, "no logged interactions to cancel"):
            batch.action_undo()

    def test_undo_of_somebody_else(self):
        segment = self._new_segment(self._new_contacts(2))
        segment.action_log()
        with self.assertRaises(AccessError):
            segment.batch_ids.with_user(self.user_other_sales).action_undo()
        self.assertEqual(segment.batch_ids.entry_count, 2)

    def test_told_when_the_background_is_done(self):
        """Who logged it is told, with *View* and *Undo*."""
        segment = self._new_segment(self._new_contacts(3))
        sent = []

        def send(_bus, channel, notification_type, message):
            if notification_type == "interaction_log_done":
                sent.append((channel, message))

        with self._slices_of(2):
            params = segment.action_log()["params"]
            self.assertEqual(params["batch_ids"], segment.batch_ids.ids)
            self.assertNotIn("undo_method", params)
            with patch.object(self.env.registry["bus.bus"], "_sendone", send):
                self._cron()
        [(channel, message)] = sent
        self.assertEqual(channel, self.user_sales.partner_id)
        self.assertEqual(message["batch_ids"], segment.batch_ids.ids)
        self.assertEqual(message["undo_method"], "action_undo")
        self.assertNotIn("session", message)

    # -- in the background ------------------------------------------------

    def _cron(self):
        self._run_job("ir_cron_log_segments")

    def test_met_another_transaction(self):
        """Odoo is told that something remains, and so calls the job again soon."""
        segment = self._new_segment(self._new_contacts(3))
        with self._slices_of(2):
            segment.action_log()
            with (
                patch.object(
                    type(segment), "_log_slice", side_effect=ConcurrencyError("locked")
                ),
                mute_logger("odoo.addons.base.models.ir_cron"),
            ):
                self._cron()
        self.assertEqual(segment.log_done, 0)
        progress = self.env["ir.cron.progress"].search(
            [("cron_id", "=", self._shipped("ir_cron_log_segments").id)],
            order="id desc",
            limit=1,
        )
        self.assertEqual((progress.done, progress.remaining), (0, 3))

    def test_in_slices(self):
        segment = self._new_segment(self._new_contacts(5))
        with self._slices_of(2):
            action = segment.action_log()
            self.assertIn("in the background", action["params"]["message"])
            self.assertEqual(segment.state, "logging")
            with self.assertRaisesRegex(
                UserError, "already logged and can't be changed"
            ):
                segment.action_log()
            with self.assertRaisesRegex(UserError, "being logged. Stop logging first"):
                segment.unlink()
            self._cron()
        self.assertEqual(segment.state, "logged")
        self.assertEqual(segment.log_progress, 100)
        entries = self._get_entries(segment)
        self.assertEqual(len(entries), 5)
        self.assertEqual(entries.create_uid, self.user_sales)
        self.assertEqual(len(entries.batch_id), 1)

    def test_pause_continue_and_stop(self):
        segment = self._new_segment(self._new_contacts(5))
        with self._slices_of(2):
            segment.action_log()
            segment._log_slice()
            segment.action_pause()
            self._cron()
            self.assertEqual(segment.log_done, 2)
            segment.action_continue()
            segment._log_slice()
            self.assertEqual(segment.log_done, 4)
            self.assertTrue(segment.log_estimate)
            segment.action_stop()
        self.assertEqual(segment.state, "logged")
        self.assertEqual(len(self._get_entries(segment)), 4)
        self.assertEqual(segment.line_ids[4].left_out, "stopped")
        self.assertEqual(segment.left_out_count, 1)
        with self.assertRaisesRegex(UserError, "is not being logged"):
            segment.action_pause()

    def test_template_archived_half_way(self):
        segment = self._new_segment(self._new_contacts(4))
        with self._slices_of(2):
            segment.action_log()
            segment._log_slice()
            self.template_letter.active = False
            self._cron()
            self.assertTrue(segment.is_paused)
            self.assertIn("The template Letter is archived", segment.log_problem)
            self.assertEqual(segment.log_done, 2)
            self.template_letter.active = True
            segment.action_continue()
            self._cron()
        self.assertEqual(segment.state, "logged")
        self.assertEqual(len(self._get_entries(segment)), 4)

    def test_contact_deleted_half_way(self):
        contacts = self._new_contacts(4)
        segment = self._new_segment(contacts)
        with self._slices_of(2):
            segment.action_log()
            segment._log_slice()
            contacts[3].unlink()
            self._cron()
        self.assertEqual(segment.line_ids[3].left_out, "deleted")
        self.assertEqual(segment.line_ids[3].partner_name, "Contact 3")
        self.assertEqual(len(self._get_entries(segment)), 3)

    def test_meets_another_transaction(self):
        segment = self._new_segment(self._new_contacts(2))
        log_set, calls = type(segment)._log_set, []

        def fail_once(records, upto):
            calls.append(upto)
            if len(calls) == 1:
                raise OperationalError("could not serialize access")
            return log_set(records, upto)

        with (
            self._slices_of(1),
            patch.object(type(segment), "_log_set", fail_once),
        ):
            segment.action_log()
            self._cron()
        self.assertEqual(segment.state, "logged")
        self.assertEqual(len(self._get_entries(segment)), 2)
        self.assertEqual(len(calls), 3)

    def test_follow_up(self):
        segment = self._new_segment(self._new_contacts(3))
        with self._slices_of(2):
            segment._start_log(follow_up=True)
            self._cron()
        follow_up = self.Segment.search([], limit=1, order="id desc")
        self.assertNotEqual(follow_up, segment)
        self.assertEqual(follow_up.state, "draft")
        self.assertEqual(follow_up.line_ids.partner_id, segment.line_ids.partner_id)

    def test_follow_up_that_fails_keeps_what_is_logged(self):
        segment = self._new_segment(self._new_contacts(1))
        with patch.object(
            type(segment),
            "_create_follow_up",
            side_effect=AccessError(self.env._("no right")),
        ):
            segment._start_log(follow_up=True)
        self.assertEqual(segment.state, "logged")
        self.assertEqual(len(self._get_entries(segment)), 1)
        self.assertIn("no right", segment.message_ids[0].body)

    def test_archived_while_it_is_logged(self):
        segment = self._new_segment(self._new_contacts(3))
        with self._slices_of(2):
            segment.action_log()
            segment.active = False
            self._cron()
        self.assertEqual(len(self._get_entries(segment)), 3)

    def test_who_continues_takes_over(self):
        segment = self._new_segment(self._new_contacts(3))
        group = self.env.ref("interaction_log.group_user")
        with (
            self._slices_of(2),
            mute_logger(LOG),
        ):
            segment.action_log()
            self.user_sales.sudo().group_ids -= group
            self._cron()
            self.assertTrue(segment.sudo().is_paused)
            segment.with_user(self.user_manager).action_continue()
            self._cron()
        self.assertEqual(segment.sudo().state, "logged")
        entries = self._get_entries(segment)
        self.assertEqual(entries.create_uid, self.user_manager)

    def test_a_defect_pauses(self):
        segment = self._new_segment(self._new_contacts(2))
        with (
            self._slices_of(1),
            patch.object(
                type(segment), "_log_set", side_effect=AttributeError("broken addon")
            ),
            mute_logger(LOG),
        ):
            segment.action_log()
            self._cron()
        self.assertTrue(segment.is_paused)
        self.assertIn("see the server log", segment.log_problem)
        self.assertNotIn("broken addon", segment.log_problem)
        segment.action_continue()
        self._cron()
        self.assertEqual(len(self._get_entries(segment)), 2)
