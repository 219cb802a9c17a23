"""DATABASE.md says what each index and foreign key of the log is for.

Here it is held against the database, with the neighbors that are installed.
"""

import re

from odoo.tests import TransactionCase, tagged

from .common import ADDON

GUIDE = ADDON.parent / "DATABASE.md"
TABLE = "interaction_log_entry"
ROW = re.compile(r"^\| `([\w.]+)` \| (?:core|`(\w+)`) \|(.*)\|$", re.MULTILINE)


@tagged("-at_install", "post_install")
class TestDatabase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guide = GUIDE.read_text()

    def _get_rows(self, title):
        """Return {name: what it is for} of a table of the guide."""
        _before, text = self.guide.split(f"\n## {title}\n")
        installed = self.env["ir.module.module"]._installed()
        return {
            name: reason.strip()
            for name, addon, reason in ROW.findall(text.split("\n## ")[0])
            if not addon or addon in installed
        }

    def _query(self, query):
        self.cr.execute(query, {"table": TABLE})
        return {row[0] for row in self.cr.fetchall()}

    def _assert_listed(self, title, found):
        rows = self._get_rows(title)
        self.assertTrue(rows)
        self.assertEqual(sorted(found - rows.keys()), [], f"{GUIDE.name} lacks these")
        self.assertEqual(
            sorted(rows.keys() - found), [], f"{GUIDE.name} has these, the database not"
        )
        self.assertEqual([name for name, reason in rows.items() if not reason], [])

    def test_indexes(self):
        self._assert_listed(
            "Indexes",
            self._query(
                """SELECT substr(indexname, length(%(table)s) + 2)
                FROM pg_indexes WHERE tablename = %(table)s"""
            ),
        )

    def test_no_index_says_what_another_one_says(self):
        """One whose columns begin another one of the same rows is asked by nobody."""
        self.cr.execute(
            """SELECT less.indexrelid::regclass::text FROM pg_index less
            JOIN pg_index more ON more.indrelid = less.indrelid
                AND (SELECT relam FROM pg_class WHERE oid = more.indexrelid)
                    = (SELECT relam FROM pg_class WHERE oid = less.indexrelid)
                AND more.indexrelid != less.indexrelid
                AND more.indkey::text || ' ' LIKE less.indkey::text || ' %%'
                AND pg_get_expr(more.indpred, more.indrelid)
                    IS NOT DISTINCT FROM pg_get_expr(less.indpred, less.indrelid)
            WHERE less.indrelid = %s::regclass AND NOT less.indisunique
                AND 0 != ALL(less.indkey)""",
            [TABLE],
        )
        self.assertEqual(self.cr.fetchall(), [])

    def test_foreign_keys(self):
        self._assert_listed(
            "Foreign keys",
            self._query(
                """SELECT attname FROM pg_constraint key
                JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
                WHERE conrelid = %(table)s::regclass AND contype = 'f'"""
            ),
        )

    def test_what_deleting_the_target_does(self):
        """The page says it as the database does it."""
        refused = self._query(
            """SELECT attname FROM pg_constraint key
            JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
            WHERE conrelid = %(table)s::regclass AND contype = 'f'
                AND confdeltype = 'r'"""
        )
        rows = self._get_rows("Foreign keys")
        self.assertEqual(
            {name for name, reason in rows.items() if reason.startswith("is refused")},
            refused,
        )
        self.assertFalse(
            self._query(
                """SELECT conname FROM pg_constraint
                WHERE conrelid = %(table)s::regclass AND contype = 'f'
                    AND confdeltype NOT IN ('r', 'n')"""
            ),
            "Entries outlive what they name",
        )

    def test_foreign_keys_to_the_log(self):
        self._assert_listed(
            "Foreign keys to the log",
            self._query(
                """SELECT conrelid::regclass || '.' || attname FROM pg_constraint key
                JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
                WHERE confrelid = %(table)s::regclass AND contype = 'f'"""
            ),
        )

    def test_foreign_keys_to_the_log_have_an_index(self):
        """Each entry that is deleted is looked for in that column."""
        self.assertEqual(
            self._query(
                """SELECT conrelid::regclass::text FROM pg_constraint key
                WHERE confrelid = %(table)s::regclass AND contype = 'f'
                    AND NOT EXISTS (
                        SELECT FROM pg_index
                        WHERE indrelid = conrelid AND indkey[0] = conkey[1]
                    )"""
            ),
            set(),
        )
