from datetime import datetime, timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import InteractionHttpCommon


@tagged("-at_install", "post_install")
class TestRpc(InteractionHttpCommon):
    """The log as a client reaches it."""

    def _call(self, method, *args, **kwargs):
        """Return (result, None) or (None, what the client is told is wrong)."""
        answer = self.opener.post(
            f"{self.base_url()}/web/dataset/call_kw",
            json={
                "jsonrpc": "2.0",
                "method": "call",
                "params": {
                    "model": "interaction.log.entry",
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                },
            },
        ).json()
        return answer.get("result"), answer.get("error", {}).get("data", {}).get(
            "message"
        )

    def _assert_refused(self, sentence, method, *args, **kwargs):
        with mute_logger("odoo.http"):
            _result, message = self._call(method, *args, **kwargs)
        self.assertRegex(message or "", sentence)

    def test_log_and_be_refused(self):
        self._login(self.user_admin)
        vals = {"template_id": self.template_call.id, "partner_id": self.anna.id}
        self._assert_refused(
            "not a valid value for Evaluation",
            "log_interactions",
            [{**vals, "evaluation": "great"}],
        )
        ids, _error = self._call(
            "log_interactions", [{**vals, "source_key": "system,1"}]
        )
        entry = self.Entry.browse(ids)
        self.assertEqual(entry.partner_id, self.anna)
        again, _error = self._call(
            "log_interactions", [{**vals, "source_key": "system,1"}]
        )
        self.assertEqual(again, ids)
        forged = {"context": {"interaction_log_facts": True}}
        self._assert_refused(
            "can't be changed after logging", "write", ids, {"name": "Other"}, **forged
        )
        self._assert_refused(
            "can't be changed after logging", "write", ids, {"state": "canceled"}
        )
        self._assert_refused("Only canceled", "unlink", ids, **forged)
        self._assert_refused("Private", "_cancel", ids, self.reason.id)
        self.assertEqual(entry.state, "logged")

    def test_remote_systems(self):
        """As the README says it: JSON-2 and XML-RPC with an API key."""
        key = (
            self.env["res.users.apikeys"]
            .with_user(self.user_sales)
            ._generate("rpc", "Shop", datetime.now() + timedelta(hours=1))
        )
        vals = {
            "template_id": self.template_call.id,
            "partner_id": self.anna.id,
            "date": "2026-01-05 09:30:00",
            "source_key": "shop,4711",
        }

        def post(vals_list):
            return self.url_open(
                "/json/2/interaction.log.entry/log_interactions",
                json={"vals_list": vals_list},
                headers={"Authorization": f"Bearer {key}"},
            )

        answer = post([vals])
        self.assertEqual(answer.status_code, 200)
        entry = self.Entry.browse(answer.json())
        self.assertRecordValues(
            entry, [{"partner_id": self.anna.id, "user_id": self.user_sales.id}]
        )
        # Odoo says at each call that XML-RPC ends with the next version
        with mute_logger("odoo.addons.rpc.controllers.xmlrpc"):
            again = self.xmlrpc_object.execute_kw(
                self.env.cr.dbname,
                self.user_sales.id,
                key,
                "interaction.log.entry",
                "log_interactions",
                [[vals]],
            )
        self.assertEqual(again, entry.ids)
        with mute_logger("odoo.http"):
            answer = post([{**vals, "duration": -1}])
        self.assertEqual(answer.status_code, 422)
        self.assertIn("can't be negative", answer.json()["message"])

    def test_without_right(self):
        self._login(self.user_portal)
        self._assert_refused("not allowed", "search_read", [], ["name"])
        self._assert_refused("not allowed", "log_interactions", [{}])
