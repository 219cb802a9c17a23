import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..common import InteractionCommon
from .common import OverviewMixin


@tagged("-at_install", "post_install")
class TestOverview(OverviewMixin, InteractionCommon):
    """Each tile opens exactly what it counts."""

    def _assert_tiles(self, expected, user=None, **context):
        """Check the number of each tile, and that its list has as many."""
        overview = self._get_overview(user, **context)
        shown = overview.get_overview()["tiles"]
        self.assertEqual({tile["key"]: tile["count"] for tile in shown}, expected)
        for tile in shown:
            with self.subTest(tile=tile["key"]):
                # what the web client gets
                action = json.loads(json.dumps(overview.open_tile(tile["key"])))
                records = overview.env[action["res_model"]]
                self.assertEqual(records.search_count(action["domain"]), tile["count"])
                self.assertEqual(action["name"], tile["label"])
                self.assertIn(tile["empty"], action["help"])
                self.assertFalse(
                    [key for key in action["context"] if key.startswith("search_")]
                )

    def test_nothing(self):
        self._assert_tiles(dict.fromkeys(self.OWN_TILES, 0))
        tiles = self._get_overview().get_overview()["tiles"]
        self.assertTrue(all(tile["empty"] for tile in tiles))
        self.assertEqual({tile["text"] for tile in tiles}, {"0"})

    def test_own_tiles(self):
        self._fill()
        # those of the others have their own
        self._assert_tiles(self.OWN_COUNTS)
        self._assert_tiles(
            dict.fromkeys(self.OWN_TILES, 0) | {"today": 1, "week": 1},
            self.user_other_sales,
        )

    def test_team_tiles(self):
        self._fill()
        own = dict.fromkeys(self.OWN_TILES, 0)
        self._assert_tiles(own | self.TEAM_COUNTS, self.user_manager)
        overview = self._get_overview(self.user_manager).get_overview()
        [share] = [tile for tile in overview["tiles"] if tile["key"] == "share"]
        self.assertEqual(share["text"], "66%")
        self.assertIn("2 of 3", share["hint"])

    def test_breakdowns(self):
        self._fill()
        overview = self._get_overview(self.user_manager)
        shown = {
            row["key"]: row["rows"] for row in overview.get_overview()["breakdowns"]
        }
        self.assertEqual(
            [(row["label"], row["count"]) for row in shown["users"]],
            [("Sales", 6), ("Other Sales", 1)],
        )
        self.assertEqual(
            {(row["label"], row["count"]) for row in shown["channels"]},
            {("Phone", 6), ("E-mail", 1)},
        )
        for key, rows in shown.items():
            for row in rows:
                action = overview.open_breakdown(key, row["value"])
                entries = overview.env[action["res_model"]]
                self.assertEqual(entries.search_count(action["domain"]), row["count"])
        self.assertFalse(self._get_overview().get_overview()["breakdowns"])

    def test_breakdown_of_many(self):
        """The last row has the rest."""
        users = self._new_users(
            {f"il_user_{number}": ("base.group_user",) for number in range(9)}
        )
        for user in users:
            self._log(user=self.user_manager, user_id=user.id)
            self._log(user=self.user_manager, user_id=user.id)
        self._log(user=self.user_manager)
        overview = self._get_overview(self.user_manager)
        rows = overview.get_overview()["breakdowns"][0]["rows"]
        self.assertEqual(len(rows), 9)
        self.assertEqual(
            (rows[-1]["value"], rows[-1]["label"], rows[-1]["count"]),
            ("others", "Others", 3),
        )
        action = overview.open_breakdown("users", "others")
        self.assertEqual(self.Entry.search_count(action["domain"]), 3)

    # -- who sees what --------------------------------------------------

    def test_no_rights(self):
        self._fill()
        overview = self._get_overview(self.user_assistant)
        shown = overview.get_overview()
        self.assertEqual(
            (shown["tiles"], shown["breakdowns"], shown["checklist"]), ([], [], [])
        )
        self.assertFalse(shown["can_log"])
        for key in (*self.OWN_TILES, *self.TEAM_COUNTS, "no such tile", None):
            with self.assertRaises(AccessError):
                overview.open_tile(key)
        with self.assertRaises(AccessError):
            overview.open_breakdown("users", self.user_sales.id)

    def test_salesperson_has_no_tile_of_the_team(self):
        self._fill()
        for key in self.TEAM_COUNTS:
            with self.assertRaises(AccessError):
                self._get_overview().open_tile(key)
        with self.assertRaises(AccessError):
            self._get_overview().open_breakdown("users", self.user_sales.id)
        with self.assertRaises(AccessError):
            self._get_overview(self.user_manager).open_breakdown("users", -1)
        with self.assertRaises(AccessError):
            self.env["interaction.completeness.share"].with_user(
                self.user_sales
            ).search([])

    def test_own_interactions_only(self):
        """Its tiles count what it sees; the counts are those of the lists."""
        self._fill()
        user = self._new_user(
            "il_own", "sales_team.group_sale_salesman", "interaction_log.group_user_own"
        )
        self._log(user=user)
        overview = self._get_overview(user)
        tiles = {tile["key"]: tile for tile in overview.get_overview()["tiles"]}
        self.assertEqual(tuple(tiles), self.OWN_TILES)
        for key, tile in tiles.items():
            action = overview.open_tile(key)
            model = self.env[action["res_model"]].with_user(user)
            with self.subTest(tile=key):
                self.assertEqual(tile["count"], model.search_count(action["domain"]))
        self.assertEqual(tiles["today"]["count"], 1)

    def test_two_companies(self):
        self._fill()
        company = self._new_company()
        self.user_sales.sudo().company_ids += company
        self._log(company_id=company.id)
        both = (self.company_a | company).ids
        counts = self.OWN_COUNTS | {
            "today": self.OWN_COUNTS["today"] + 1,
            "week": self.OWN_COUNTS["week"] + 1,
        }
        self._assert_tiles(counts, allowed_company_ids=both)
        self._assert_tiles(self.OWN_COUNTS, allowed_company_ids=self.company_a.ids)
        overview = self._get_overview(allowed_company_ids=company.ids)
        counts = {
            tile["key"]: tile["count"] for tile in overview.get_overview()["tiles"]
        }
        self.assertEqual((counts["today"], counts["drafts"]), (1, 0))

    def test_time_zone(self):
        """Today is the user's."""
        self.user_sales.sudo().tz = "Pacific/Kiritimati"  # 14 hours ahead of UTC
        now = fields.Datetime.now()
        midnight = (now + timedelta(hours=14)).replace(hour=0, minute=0, second=0)
        midnight -= timedelta(hours=14)
        self._log(date=midnight)
        self._log(date=midnight - timedelta(seconds=1))
        tiles = self._get_overview(tz="Pacific/Kiritimati").get_overview()["tiles"]
        self.assertEqual(tiles[0]["count"], 1)

    def test_number_of_queries(self):
        """One for each tile and breakdown, however much there is."""
        overview = self._get_overview(self.user_manager)
        overview.get_overview()
        self._fill()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            overview.get_overview()

    # -- silent contacts ------------------------------------------------

    def _find_silent(self):
        action = self._get_overview().open_tile("silent")
        partners = self.env["res.partner"].with_user(self.user_sales)
        return partners.search(action["domain"]).with_env(self.env)

    def test_silent(self):
        self.acme.user_id = self.user_sales
        self.assertFalse(self._find_silent(), "who is new is not silent yet")
        self._age(self.acme | self.anna)
        self.assertEqual(self._find_silent(), self.acme, "people by their company")
        self._log(outcome="no_answer")
        self.assertEqual(self._find_silent(), self.acme)
        entry = self._log()
        self.assertFalse(self._find_silent())
        entry._cancel(self.reason)
        old = fields.Datetime.now() - timedelta(days=20)
        self._log(date=old)
        self.assertFalse(self._find_silent())
        self.company_a.interaction_silent_days = 10
        self.assertEqual(self._find_silent(), self.acme)
        self.acme.user_id = self.user_other_sales
        self.assertFalse(self._find_silent())

    def test_new_contact_with_a_history(self):
        """Imported with what was long ago, it is silent at once."""
        self.acme.user_id = self.user_sales
        self._log(date=fields.Datetime.now() - timedelta(days=200))
        self.assertEqual(self._find_silent(), self.acme)

    def test_days(self):
        for days in (0, -1, 100_000):
            with (
                self.subTest(days=days),
                self.assertRaisesRegex(ValidationError, "1 to 3650 days"),
            ):
                self.company_a.interaction_silent_days = days
        settings = self.env["res.config.settings"].create(
            {"interaction_silent_days": 30}
        )
        settings.execute()
        self.assertEqual(self.company_a.interaction_silent_days, 30)
        tiles = self._get_overview().get_overview()["tiles"]
        [silent] = [tile for tile in tiles if tile["key"] == "silent"]
        self.assertFalse(silent["count"])
        self.assertIn("30 days", silent["hint"])
