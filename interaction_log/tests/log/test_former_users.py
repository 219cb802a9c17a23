from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import InteractionCommon


@tagged("-at_install", "post_install")
class TestFormerUsers(InteractionCommon):
    """Deleting a user keeps who did it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uma, cls.ben = cls._new_users(
            dict.fromkeys(
                ("il_uma", "il_ben"),
                ("base.group_user", "interaction_log.group_manager"),
            )
        )
        cls.env.flush_all()

    def _delete(self, *users):
        self.env["res.users"].sudo().browse([user.id for user in users]).unlink()
        self.env.invalidate_all()

    def test_entries(self):
        entries = self._log(user=self.uma) | self._log(user=self.ben) | self._log()
        own, canceled, other = entries.sudo()
        canceled.with_user(self.uma)._cancel(self.reason.with_user(self.uma), "x")
        number = self.Entry.search_count([])
        self._delete(self.uma, self.ben)
        self.assertEqual(self.Entry.search_count([]), number)
        self.assertRecordValues(
            own | canceled | other,
            [
                {
                    "user_id": False,
                    "create_uid": False,
                    "cancel_uid": False,
                    "state": "logged",
                    "former_users": "Salesperson: Uma; Recorded By: Uma",
                },
                {
                    "user_id": False,
                    "create_uid": False,
                    "cancel_uid": False,
                    "state": "canceled",
                    "former_users": "Salesperson: Ben; Canceled By: Uma; "
                    "Recorded By: Ben",
                },
                {
                    "user_id": self.user_sales.id,
                    "create_uid": self.user_sales.id,
                    "cancel_uid": False,
                    "state": "logged",
                    "former_users": "",
                },
            ],
        )

    def test_name_of_the_same_moment(self):
        """A name that is not yet written is the one that is kept."""
        entry = self._log(user=self.uma).sudo()
        self.uma.sudo().name = "Una"
        self._delete(self.uma)
        self.assertEqual(entry.former_users, "Salesperson: Una; Recorded By: Una")

    def test_one_after_the_other(self):
        entry = self._log(user=self.ben, user_id=self.uma.id).sudo()
        self._delete(self.uma)
        self.assertEqual(entry.former_users, "Salesperson: Uma")
        self._delete(self.ben)
        self.assertEqual(
            set(entry.former_users.split("; ")),
            {"Salesperson: Uma", "Recorded By: Ben"},
        )

    def test_summary_names_who_did_it(self):
        """Not the salesperson, where that is somebody else."""
        by_hand = self._log(user=self.uma).sudo()
        printed = self._log(user=self.uma, user_id=self.ben.id).sudo()
        printed._write_facts({"event": "print"})
        self.assertIn("Uma", printed.summary)
        self._delete(self.uma)
        for entry in (by_hand, printed):
            self.assertIn("Uma", entry.summary)
            self.assertNotIn("Ben", entry.summary)

    def test_what_somebody_took_over_is_theirs(self):
        entry = self._log(user_id=self.uma.id).sudo()
        self._delete(self.uma)
        entry._write_facts({"user_id": self.user_sales.id})
        self.assertFalse(entry.former_users)

    def test_batches_and_comments(self):
        wizard = (
            self.env["interaction.log.create"]
            .with_user(self.uma)
            .create(
                {
                    "template_id": self.template_call.id,
                    "partner_ids": [Command.set((self.anna | self.acme).ids)],
                }
            )
        )
        entry = wizard._log()[:1]
        said = "Said"
        entry.message_post(body=said)
        batch, message = entry.batch_id.sudo(), entry.sudo().message_ids[:1]
        author = message.author_id
        self._delete(self.uma)
        self.assertEqual(batch.former_users, "Recorded By: Uma")
        self.assertEqual((message.author_id, author.name), (author, "Uma"))

    def test_a_client_says_no_names(self):
        with self.assertRaisesRegex(UserError, "recorded automatically"):
            self._log(user_names={"user_id": "Somebody"})
        with self.assertRaises(UserError):
            self._log().write({"user_names": {"user_id": "Somebody"}})
        with self.assertRaises(AccessError):
            self.env["interaction.batch"].with_user(self.user_sales).create(
                {"name": "x", "user_names": {"create_uid": "Somebody"}}
            )

    def test_a_client_changes_no_names(self):
        """Of whatever record, though the client may write the rest of it."""
        mixin = "interaction.former.user.mixin"
        for name in self.env.registry.descendants([mixin], "_inherit"):
            model = self.env[name].with_user(self.user_admin)
            field = model._fields["user_names"]
            with self.subTest(name):
                self.assertTrue(model._has_field_access(field, "read"))
                self.assertFalse(model._has_field_access(field, "write"))

    def test_number_of_queries(self):
        """One statement for each field, whatever the number of records."""
        counts = []
        for user, number in ((self.uma, 1), (self.ben, 30)):
            for _number in range(number):
                self._log(user=user)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.Entry._keep_user_names(user)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts, [3, 3])
