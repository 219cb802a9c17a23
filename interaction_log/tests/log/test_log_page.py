import ast
from unittest.mock import patch

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools.safe_eval import safe_eval

from ...models.base.constants import (
    CHANNELS,
    EVENTS,
    FLOWS,
    OUTCOMES,
)
from ..common import InteractionCommon, InteractionHttpCommon


@tagged("-at_install", "post_install")
class TestLogPage(InteractionCommon):
    def _log_event(self, **vals):
        """Log as event sources do when a salesperson acts; they say any event."""
        return self._log_event_as(self.user_sales, **vals)

    def _log_event_as(self, user, **vals):
        entries = self.Entry.with_user(user).sudo()
        return entries.log_interactions(
            [
                {
                    "template_id": self.template_call.id,
                    "partner_id": self.anna.id,
                    "user_id": self.user_sales.id,
                    "company_id": self.company_a.id,
                    "name": "Invoice INV/1",
                    **vals,
                }
            ]
        ).with_user(self.user_sales)

    # ------------------------------------------------------------------
    # In plain words
    # ------------------------------------------------------------------

    def test_summary_of_events(self):
        for vals, summary in (
            ({"event": "print"}, "Invoice INV/1 printed by Sales"),
            (
                {"event": "download", "initiated_by": "us"},
                "Invoice INV/1 downloaded by Sales",
            ),
            (
                {"event": "download", "initiated_by": "them"},
                "Invoice INV/1 downloaded by Anna",
            ),
            ({"event": "email_out"}, "Invoice INV/1: e-mailed by Sales to Anna"),
            ({"event": "email_in"}, "Invoice INV/1: e-mail from Anna"),
            ({"event": "portal_view"}, "Invoice INV/1 viewed in the portal by Anna"),
            (
                {"event": "portal_comment"},
                "Invoice INV/1: written in the portal by Anna",
            ),
            ({"event": "segment"}, "Invoice INV/1: logged for a segment by Sales"),
            ({"event": "call"}, "Invoice INV/1: Sales called Anna"),
            (
                {"event": "meeting", "channel": "meeting"},
                "Invoice INV/1: Sales met Anna",
            ),
            (
                {"event": "activity", "channel": "visit"},
                "Invoice INV/1: Sales visited Anna",
            ),
            (
                {"event": "api", "channel": "chat", "flow": "inbound"},
                "Invoice INV/1: Anna chatted with Sales",
            ),
        ):
            with self.subTest(summary=summary):
                self.assertEqual(self._log_event(**vals).summary, summary)

    def test_summary_names_who_did_it(self):
        """The salesperson of the document is another fact."""
        for event, summary in (
            ("print", "Invoice INV/1 printed by Assistant"),
            ("download", "Invoice INV/1 downloaded by Assistant"),
            ("email_out", "Invoice INV/1: e-mailed by Assistant to Anna"),
            ("call", "Invoice INV/1: Sales called Anna"),
            ("manual", "Invoice INV/1: Sales called Anna"),
        ):
            with self.subTest(event=event):
                entry = self._log_event_as(self.user_assistant, event=event)
                self.assertEqual(entry.user_id, self.user_sales)
                self.assertEqual(entry.summary, summary)

    def test_summary_names_no_robot_and_no_customer(self):
        for user in (
            self.env.ref("base.user_root"),
            self.env.ref("base.public_user"),
            self.user_portal,
        ):
            with self.subTest(user=user.id):
                entry = self._log_event_as(user, event="print")
                self.assertEqual(entry.create_uid, user)
                self.assertEqual(entry.summary, "Invoice INV/1 printed by Sales")

    def test_summary_of_what_was_filled_in_later(self):
        """Who fills it in did not print it."""
        entry = self._log_event_as(self.user_manager, event="print", is_backfilled=True)
        self.assertEqual(entry.summary, "Invoice INV/1 printed by Sales")

    def test_summary_of_what_did_not_arrive(self):
        for status in ("bounced", "error"):
            entry = self._log_event(event="email_out", delivery_status=status)
            self.assertEqual(
                entry.summary, "Invoice INV/1: e-mail to Anna was not delivered"
            )
        entry = self._log_event(event="email_out", delivery_status="pending")
        self.assertIn("e-mailed by Sales", entry.summary)
        entry.sudo()._write_facts({"delivery_status": "bounced"})
        self.assertIn("was not delivered", entry.summary)

    def test_summary_of_channels_and_flows(self):
        summaries = {
            (channel, flow): self._log_event(
                event="manual", channel=channel, flow=flow
            ).summary
            for channel, _label in CHANNELS
            for flow, _label in FLOWS
        }
        self.assertEqual(
            summaries["phone", "outbound"], "Invoice INV/1: Sales called Anna"
        )
        self.assertEqual(
            summaries["phone", "inbound"], "Invoice INV/1: Anna called Sales"
        )
        self.assertEqual(
            summaries["letter", "inbound"], "Invoice INV/1: letter from Anna"
        )
        self.assertEqual(len(set(summaries.values())), len(summaries))
        for (_channel, flow), summary in summaries.items():
            self.assertIn("Anna", summary)
            if flow == "outbound":
                self.assertIn("Sales", summary)

    def test_every_event_has_a_sentence(self):
        sentences = self.Entry._get_summary_sentences()
        for event, _label in EVENTS:
            for initiator in ("us", "them"):
                entry = self.Entry.new(
                    {
                        "event": event,
                        "channel": "phone",
                        "flow": "outbound",
                        "initiated_by": initiator,
                    }
                )
                self.assertIn(entry._get_summary_key(sentences), sentences)

    def test_color_of_the_status(self):
        red, orange, blue, green = 1, 2, 4, 10
        for vals, color in (
            ({}, green),
            ({"outcome": "success"}, green),
            ({"outcome": "left_message"}, orange),
            ({"outcome": "success", "delivery_status": "bounced"}, red),
            ({"delivery_status": "pending"}, blue),
            ({"state": "postponed", "outcome": "no_answer"}, blue),
        ):
            with self.subTest(**vals):
                self.assertEqual(self._log_event(**vals).status_color, color)
        entry = self._log_event(
            evaluation="very_negative", outcome="success", delivery_status="sent"
        )
        self.assertRecordValues(
            entry,
            [{"status_color": green, "delivery_color": green, "evaluation_color": red}],
        )
        entry.evaluation = "neutral"
        self.assertEqual(entry.evaluation_color, 0)
        entry._cancel(self.reason)
        self.assertRecordValues(entry, [{"status_color": red, "delivery_color": green}])

    def test_views_tell_no_color_of_their_own(self):
        for name in (
            "interaction.log.entry",
            "interaction.batch",
            "interaction.skipped.event",
            "interaction.segment",
        ):
            model = self.env[name].with_user(self.user_manager)
            for type_ in ("list", "kanban", "form"):
                arch = etree.fromstring(model.get_view(view_type=type_)["arch"])
                # that of an activity has Odoo's own
                for field in arch.xpath(
                    ".//field[@widget='badge']"
                    "[not(ancestor::field[@name='follow_up_ids'])]"
                ):
                    if field.get("name") in ("state", "status", "delivery_status"):
                        color = ast.literal_eval(field.get("options"))["color_field"]
                        self.assertTrue(arch.findall(f".//field[@name='{color}']"))

    def test_summary_of_outcomes_and_repeats(self):
        for (outcome, _label), end in zip(
            OUTCOMES, ("reached", "no answer", "left a message", "failed"), strict=True
        ):
            self.assertEqual(
                self._log_event(outcome=outcome).summary,
                f"Invoice INV/1: Sales called Anna, {end}",
            )
        entry = self._log_event(event="print", occurrence_count=3)
        self.assertEqual(entry.summary, "Invoice INV/1 printed by Sales, 3 times")

    def test_summary_of_who_is_gone(self):
        entry = self._log_event()
        self.anna.sudo().unlink()
        entry.sudo()._write_facts({"user_id": False})
        entry.invalidate_recordset()
        self.assertEqual(
            entry.summary,
            f"Invoice INV/1: {entry.company_id.name} called Acme, Anna",
        )

    def test_summary_in_the_language_of_the_user(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        entry = self._log_event(event="print")
        with patch.object(
            type(self.env), "_", lambda _env, text, **_kw: f"FR {text}", create=True
        ):
            french = entry.with_context(lang="fr_FR").summary
        self.assertEqual(french, "FR Invoice INV/1 printed by Sales")
        self.assertEqual(entry.summary, "Invoice INV/1 printed by Sales")

    def test_no_query_per_entry(self):
        entries = self.Entry.browse()
        for number in range(20):
            partner = self.env["res.partner"].create({"name": str(number)})
            user = self._new_user(f"il_printer_{number}")
            entries |= self._log_event_as(
                user, partner_id=partner.id, note="<p>Said</p>", event="print"
            ).sudo()

        def count_queries(some):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.user_sales).web_read(
                {
                    "summary": {},
                    "status": {},
                    "note_preview": {},
                    "attachment_count": {},
                }
            )
            return self.env.cr.sql_log_count - before

        count_queries(entries)  # warms the caches
        self.assertEqual(count_queries(entries), count_queries(entries[:2]))

    # ------------------------------------------------------------------
    # At a glance
    # ------------------------------------------------------------------

    def test_status(self):
        canceled = self._log(outcome="success")
        canceled._cancel(self.reason)
        self.assertEqual(canceled.status, "Canceled")
        self.assertEqual(self._log(state="postponed").status, "Draft")
        self.assertEqual(self._log().status, "Logged")
        self.assertEqual(self._log(outcome="no_answer").status, "No Answer")
        for delivery, outcome, status in (
            ("opened", False, "Opened"),
            ("sent", False, "Sent"),
            ("pending", False, "Pending"),
            ("bounced", "success", "Bounced"),
            ("error", False, "Not Delivered"),
            ("sent", "left_message", "Left Message"),
        ):
            entry = self._log_event(delivery_status=delivery, outcome=outcome)
            self.assertEqual(entry.status, status)

    def test_note_preview(self):
        self.assertFalse(self._log().note_preview)
        entry = self._log(note="<p>Two\n <b>words</b></p><p>and more</p>")
        self.assertEqual(entry.note_preview, "Two *words* and more")
        preview = self._log(note=f"<p>{'word ' * 100}</p>").note_preview
        self.assertTrue(preview.endswith("word…"))
        self.assertLess(len(preview), 170)

    # ------------------------------------------------------------------
    # One click
    # ------------------------------------------------------------------

    def test_open_files(self):
        def new_files(*names):
            return [Command.create({"name": name, "raw": b"text"}) for name in names]

        entry = self._log(attachment_ids=new_files("offer.txt"))
        self.assertEqual(entry.attachment_count, 1)
        action = entry.action_open_files()
        self.assertEqual(action["url"], f"/web/content/{entry.attachment_ids.id}")
        several = self._log(attachment_ids=new_files("offer.txt", "terms.txt"))
        self.assertEqual(several.attachment_count, 2)
        action = several.action_open_files()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (several._name, several.id)
        )
        with self.assertRaisesRegex(UserError, "There is no file to open"):
            self._log().action_open_files()
        found = self.Entry.search(
            [("id", "in", (entry | several | self._log()).ids), *self._filter("files")]
        )
        self.assertEqual(found, entry | several)

    def test_open_contact(self):
        entry = self._log()
        action = entry.action_open_contact()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.anna.id)
        )
        self.anna.sudo().unlink()
        entry.invalidate_recordset()
        with self.assertRaisesRegex(UserError, "Acme, Anna no longer exists"):
            entry.action_open_contact()

    # ------------------------------------------------------------------
    # Filters and views
    # ------------------------------------------------------------------

    def _get_arch(self, view_type, model="interaction.log.entry"):
        view = self.env[model].with_user(self.user_sales).get_view(view_type=view_type)
        return etree.fromstring(view["arch"])

    def _filter(self, name):
        """Return the domain of a filter, as the view has it."""
        node = self._get_arch("search").find(f".//filter[@name='filter_{name}']")
        return ast.literal_eval(node.get("domain"))

    @freeze_time("2026-06-17 12:00:00")
    def test_filters(self):
        entries = {
            "today": self._log(date="2026-06-17 01:00:00", outcome="success"),
            "month": self._log(date="2026-06-01 00:00:00", outcome="failed"),
            "before": self._log(date="2026-05-31 23:59:59", evaluation="negative"),
            "week": self._log(date="2026-06-16 10:00:00", state="postponed"),
            "print": self._log_event(event="print", delivery_status="bounced"),
        }
        every = self.Entry.union(*(entry.sudo() for entry in entries.values()))
        for name, expected in (
            ("date_today", ("today", "print")),
            ("date_week", ("today", "week", "print")),
            ("postponed", ("week",)),
            ("failed", ("month",)),
            ("negative", ("before",)),
            ("not_evaluated", ("today", "month", "week", "print")),
            ("undelivered", ("print",)),
            ("files", ()),
            ("manual", ("today", "month", "before", "week")),
            ("automatic", ("print",)),
        ):
            with self.subTest(filter=name):
                found = self.Entry.search(
                    [("id", "in", every.ids), *self._filter(name)]
                )
                self.assertEqual(
                    sorted(found.ids), sorted(entries[key].id for key in expected)
                )

    def test_automatic_answer_is_told_in_words(self):
        """A list shows it in gray, which not everybody sees."""
        entry = self._log()
        self.assertEqual(entry.status, "Logged")
        entry.sudo()._write_facts({"is_automatic": True})
        self.assertEqual(entry.status, "Automatic Reply")
        entry._cancel(self.reason)
        self.assertEqual(entry.status, "Canceled")

    def test_search_offers_what_tasks_need(self):
        """Not every field: a custom filter or group finds by the others."""
        search = self._get_arch("search")
        fields_ = [
            (node.get("name"), node.get("string")) for node in search.findall("field")
        ]
        # the first row finds by the contact, too
        self.assertEqual(fields_[:2], [("name", "Interaction"), ("partner_id", None)])
        fields_ = self.env["interaction.log.entry"]._fields
        groups = [
            node
            for node in search.findall("group/filter")
            # a neighbor adds what it brings
            if fields_[
                ast.literal_eval(node.get("context"))["group_by"].partition(":")[0]
            ]._module
            == "interaction_log"
        ]
        self.assertEqual(
            [node.get("name")[len("group_by_") :] for node in groups],
            [
                "partner",
                "user",
                "channel",
                "flow",
                "initiated_by",
                "group",
                "template",
                "outcome",
                "state",
                "event",
                "estimated",
                "date",
            ],
        )
        # with those of neighbors
        self.assertLess(len(search.findall("filter")), 21)

    def test_note_is_first_and_facts_of_auditors_last(self):
        form = self._get_arch("form")
        names = [node.get("name") for node in form.find("sheet").iter("field", "group")]
        self.assertLess(names.index("note"), names.index("contact"))
        for name in ("kind", "origin", "document"):
            (group,) = form.iterfind(f".//group[@name='{name}']")
            pages = [node.get("name") for node in group.iterancestors("page")]
            self.assertEqual(pages, ["details"], name)
        hidden = self._get_arch("list")
        for name in ("flow", "initiated_by", "cost", "campaign_id"):
            (column,) = hidden.iterfind(f"field[@name='{name}']")
            self.assertEqual(column.get("optional"), "hide", name)

    def test_batches_that_can_be_answered(self):
        """The main button where a segment was logged, none after a meeting."""
        buttons = self._get_arch("form", "interaction.batch").xpath(
            "//header/button[@name='action_record_responses']"
        )
        for vals, shown in (
            ({"event": "segment", "segment_id": 1}, ["btn-primary"]),
            ({"event": "print"}, [None]),
            ({"event": "meeting"}, []),
            ({"event": "print", "response_of_id": 1}, []),
        ):
            batch = {"entry_count": 1, "response_of_id": 0, "segment_id": 0, **vals}
            with self.subTest(vals=vals):
                self.assertEqual(
                    [
                        node.get("class")
                        for node in buttons
                        if not safe_eval(node.get("invisible"), dict(batch))
                    ],
                    shown,
                )

    def test_buttons_of_a_contact(self):
        """Interactions first; segments and batches after those of all addons."""
        arch = self._get_arch("form", "res.partner")
        names = [node.get("name") for node in arch.find(".//div[@name='button_box']")]
        self.assertEqual(names[0], "action_view_interactions")
        self.assertEqual(
            names[-2:], ["action_view_segments", "action_view_interaction_batches"]
        )

    def test_search_panel_counts_nothing(self):
        """What the panel shows costs no look at the entries, however many they are."""
        panel = self._get_arch("search").find("searchpanel")
        self.assertEqual(
            [node.get("name") for node in panel],
            ["state", "channel", "group_id", "user_id"],
        )
        for node in panel:
            self.assertFalse(node.get("enable_counters"))
            self.assertTrue(node.get("expand"))

    def test_facts_are_read_only_in_every_view(self):
        for view_type in ("list", "kanban", "calendar"):
            arch = self._get_arch(view_type)
            # a day of the calendar that is clicked opens the dialog that logs
            rights = ("edit", "delete")
            for right in rights if view_type == "calendar" else ("create", *rights):
                self.assertEqual(arch.get(right), "false", (view_type, right))
        self.assertEqual(self._get_arch("calendar").get("quick_create"), "false")

    # ------------------------------------------------------------------
    # Batches
    # ------------------------------------------------------------------

    def _log_batch(self, number=3, **vals):
        batch = (
            self.env["interaction.batch"]
            .with_user(self.user_sales)
            .create({"name": "Workshop"})
        )
        entries = self.Entry.with_user(self.user_sales).log_interactions(
            [
                {
                    "template_id": self.template_call.id,
                    "partner_id": self.anna.id,
                    "batch_id": batch.id,
                    **vals,
                }
                for _number in range(number)
            ]
        )
        return batch, entries

    def test_batch_shows_its_entries(self):
        batch, entries = self._log_batch()
        self.assertEqual(batch.latest_entry_ids, entries.sorted("id", reverse=True))
        self.assertFalse(batch.has_more)
        self.assertEqual(entries[0].action_open_batch()["res_id"], batch.id)
        self.assertEqual(
            self.env.ref("interaction_log.interaction_batch_menu").parent_id,
            self.env.ref("interaction_log.interaction_log_menu_log"),
        )

    def test_large_batch_shows_the_newest(self):
        batch, _entries = self._log_batch(100)
        self.assertEqual(len(batch.latest_entry_ids), 80)
        self.assertTrue(batch.has_more)
        self.assertEqual(
            self.Entry.search_count(batch.action_view_interactions()["domain"]), 100
        )

    # ------------------------------------------------------------------
    # Calendar
    # ------------------------------------------------------------------

    _calendar_path = (
        "odoo.addons.interaction_log.models.log.interaction_log_entry_calendar"
    )

    def _get_calendar(self, *domain, user=None):
        entries = self.env["interaction.log.entry"].with_user(user or self.user_sales)
        return {
            values["id"]: (values["name"], values["interaction_number"])
            for values in entries.get_calendar_entries(
                [*domain],
                ["name", "date"],
                start="2026-01-01 00:00:00",
                end="2026-01-31 23:59:59",
            )["entries"]
        }

    def test_calendar_shows_a_batch_as_one(self):
        batch, together = self._log_batch(date="2026-01-10 10:00:00", name="Workshop")
        batch.sudo().duration = 4
        bob = self.env["res.partner"].create({"name": "Bob"})
        together[2].sudo()._write_facts({"partner_id": bob.id})
        alone = self._log(date="2026-01-11 10:00:00", name="Call")
        self._log(date="2026-02-11 10:00:00")
        mine = ("partner_id", "in", (self.anna | bob).ids)
        self.assertEqual(
            self._get_calendar(mine),
            {together[0].id: ("Workshop", 3), alone.id: ("Call", 1)},
        )
        (shown,) = self.Entry.with_user(self.user_sales).get_calendar_entries(
            [("id", "in", together.ids)],
            ["partner_name", "duration"],
            start="2026-01-01 00:00:00",
            end="2026-01-31 23:59:59",
        )["entries"]
        self.assertEqual(shown["interaction_batch_id"], batch.id)
        self.assertEqual(shown["duration"], 4, "that of the whole, which was shared")
        self.assertEqual(shown["partner_name"].split("; "), ["Acme, Anna"] * 3)
        # whose history it is, sees it
        self.assertEqual(
            self._get_calendar(("partner_id", "=", bob.id)),
            {together[2].id: ("Workshop", 1)},
        )

    def test_calendar_shows_what_was_canceled_separately(self):
        _batch, together = self._log_batch(date="2026-01-10 10:00:00", name="Workshop")
        together[0]._cancel(self.reason)
        self.assertEqual(
            self._get_calendar(("id", "in", together.ids)),
            {together[0].id: ("Workshop", 1), together[1].id: ("Workshop", 2)},
        )

    def test_calendar_has_a_limit(self):
        """Each day has its first ones, by the user's time, and what is more is said."""
        self.user_sales.tz = "America/New_York"
        busy = self.Entry.union(
            *(self._log(date=f"2026-01-10 1{hour}:00:00") for hour in range(5))
        )
        evening = self._log(date="2026-01-11 02:00:00")  # still the tenth there
        quiet = self._log(date="2026-01-12 15:00:00")
        entries = busy | evening | quiet
        for limit, shown in (
            (1, busy[:1]),
            (2, busy[0] | quiet),
            (3, busy[0] | quiet | busy[1]),
            (6, busy | quiet),
            (7, entries),
        ):
            with (
                self.subTest(limit=limit),
                patch(f"{self._calendar_path}.CALENDAR_LIMIT", limit),
            ):
                found = self.Entry.with_user(self.user_sales).get_calendar_entries(
                    [("id", "in", entries.ids)],
                    ["name"],
                    start="2026-01-01 05:00:00",
                    end="2026-02-01 04:59:59",
                )
                ids = {values["id"] for values in found["entries"]}
                self.assertEqual(ids, set(shown.ids))
                self.assertEqual(found["total"], 7)

    def test_calendar_leaves_out_what_was_over_before(self):
        """What began then may last until the period, and is shown, also a long one."""
        before, lasting, long, within, after = (
            self._log(date=date, duration=hours)
            for date, hours in (
                ("2026-01-09 22:00:00", 2),
                ("2026-01-09 23:00:00", 2),
                ("2025-11-10 23:00:00", 24 * 70),
                ("2026-01-10 00:00:00", 2),
                ("2026-01-20 00:00:01", 2),
            )
        )
        over = self._log(date="2025-11-10 23:00:00", duration=24 * 50)
        batch, together = self._log_batch(date="2026-01-09 12:00:00", duration=20)
        entries = before | lasting | long | within | over | after | together
        shown = lasting | long | within | together[0]
        period = {"start": "2026-01-10 00:00:00", "end": "2026-01-20 00:00:00"}
        domain = [("id", "in", entries.ids)]
        found = entries.get_calendar_entries(domain, ["name"], **period)
        self.assertEqual({v["id"] for v in found["entries"]}, set(shown.ids))
        self.assertEqual(found["total"], len(shown))
        # the earliest of them, where there is no room for all
        with patch(f"{self._calendar_path}.CALENDAR_LIMIT", 2):
            found = entries.get_calendar_entries(domain, ["name"], **period)
        self.assertEqual({v["id"] for v in found["entries"]}, {long.id, within.id})
        self.assertEqual(found["total"], len(shown))
        self.assertEqual(together.batch_id, batch)

    def test_calendar_counts_what_it_shows(self):
        """Batches and single ones, of all days, as many as of other days."""
        entries, expected = self.Entry.browse(), 0
        for day, singles, batches in ((4, 3, 2), (5, 0, 4), (6, 9, 1), (31, 1, 0)):
            for _number in range(singles):
                entries |= self._log(date=f"2026-01-{day:02} 10:00:00")
            for _number in range(batches):
                entries |= self._log_batch(date=f"2026-01-{day:02} 11:00:00")[1]
            expected += singles + batches
        for limit, shown in ((500, 20), (20, 20), (12, 12), (9, 9), (4, 4)):
            with patch(f"{self._calendar_path}.CALENDAR_LIMIT", limit):
                found = self.Entry.with_user(self.user_sales).get_calendar_entries(
                    [("id", "in", entries.ids)],
                    ["date"],
                    start="2026-01-01 00:00:00",
                    end="2026-02-01 00:00:00",
                )
            self.assertEqual(found["total"], expected)
            self.assertEqual(len(found["entries"]), shown)
            self.assertEqual(
                {values["date"].day for values in found["entries"]}, {4, 5, 6, 31}
            )

    def test_calendar_of_another_company(self):
        other = self.env["res.company"].sudo().create({"name": "Other"})
        user = self._new_user(
            "il_elsewhere", "interaction_log.group_user", company=other
        )
        entry = self._log(date="2026-01-10 10:00:00")
        self.assertFalse(self._get_calendar(("id", "=", entry.id), user=user))


@tagged("-at_install", "post_install")
class TestLogPageUi(InteractionHttpCommon):
    def test_log_page(self):
        """Search panel, calendar, batch and command palette, as a salesperson."""
        now = fields.Datetime.now()
        self._log(name="Call without answer", outcome="no_answer")
        self._log(name="Call for later", state="postponed")
        batch = (
            self.env["interaction.batch"]
            .with_user(self.user_sales)
            .create({"name": "Workshop of three"})
        )
        for name in ("One", "Two", "Three"):
            self._log(
                template_id=self._shipped("interaction_template_meeting").id,
                partner_id=self.env["res.partner"].create({"name": name}).id,
                name="Workshop of three",
                batch_id=batch.id,
                date=now,
            )
        self.start_tour(
            "/odoo/interactions", "interaction_log_page", login=self.user_sales.login
        )

    def test_timeline(self):
        """The history of a company with its people, as a salesperson."""
        self._log(
            name="Call nobody took", outcome="no_answer", date="2026-01-01 10:00:00"
        )
        self._log(name="Never happened")._cancel(self.reason)
        self.Entry.with_user(self.user_sales).sudo().log_interactions(
            [
                {
                    "template_id": self.template_invoice.id,
                    "partner_id": self.acme.id,
                    "user_id": self.user_sales.id,
                    "name": "Invoice INV/7",
                    "event": "print",
                    "date": "2026-01-02 10:00:00",
                }
            ]
        )
        self._log(name="Call for nothing", outcome="failed", date="2026-01-03 10:00:00")
        self.start_tour(
            f"/odoo/contacts/{self.acme.id}",
            "interaction_log_timeline",
            login=self.user_sales.login,
        )

    def test_buttons(self):
        """Every view of the log has the button, as a salesperson."""
        self._log()
        self.start_tour(
            "/odoo/interactions", "interaction_log_buttons", login=self.user_sales.login
        )

    def test_contact_filters(self):
        """Whom to call, as a salesperson."""
        self._log(outcome="failed")
        rita = self.env["res.partner"].create({"name": "Reached Rita"})
        self._log(partner_id=rita.id)
        self.start_tour(
            "/odoo/contacts",
            "interaction_log_contact_filters",
            login=self.user_sales.login,
        )
