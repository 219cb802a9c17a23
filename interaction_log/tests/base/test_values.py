import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import InteractionCommon

UNKNOWN_ID = 2**31 - 1
# What nobody should give, to any field
NONSENSE = (
    "\ud800",
    "NUL\x00",
    float("nan"),
    1e308,
    2**31,
    2**70,
    -1,
    True,
    ["x"],
    [[4, "x"]],
    [[6, 0, [UNKNOWN_ID]]],
    [[0, 0, "x"]],
    {},
    {"x": "NUL\x00"},
    UNKNOWN_ID,
    "12",
    "res.partner,x",
    False,
)
TOO_LONG = "x" * 10_000_001
# What a client is told; `MissingError` and `ValidationError` are a `UserError`
SENTENCES = (UserError, AccessError)


@tagged("-at_install", "post_install")
class TestValues(InteractionCommon):
    """Whatever a client gives, it gets a sentence, and never one of the database."""

    def _call(self, model, method, *args):
        """Call as by RPC; return the sentence where it is refused.

        What another error says is raised: the client would get it with a traceback.
        """
        env = self.env(user=self.user_admin)
        savepoint, violation = self.env.cr.savepoint(flush=False), None
        try:
            with mute_logger("odoo.sql_db"):
                call_kw(env[model], method, args, {})
                env.flush_all()
        except SENTENCES as error:
            return str(error)
        except (
            psycopg2.errors.CheckViolation,
            psycopg2.errors.NotNullViolation,
            psycopg2.errors.UniqueViolation,
        ) as error:
            violation = error
        finally:
            env.transaction.clear()
            savepoint.close(rollback=True)
        # Odoo says of a constraint what we say of it, or which field is mandatory
        return violation and env[model]._sql_error_to_message(violation)

    def _get_models(self):
        """Return our models that a client may create, or write."""
        for name in self.env:
            model = self.env[name].with_user(self.user_admin)
            if name.startswith("interaction.") and not model._abstract:
                for operation in ("create", "write"):
                    if model.has_access(operation):
                        yield model, operation

    def _get_fields(self, model):
        """Return the fields of a model that somebody can give a value."""
        own = [field for field in model._fields.values() if not field.related]
        return [
            field
            for field in own
            if (field.store or field.inverse)
            and not field.name.startswith(("message_", "activity_"))
        ]

    def test_every_field_of_every_model(self):
        """Each as the only value, so that it is met before what is missing."""
        self._log()
        calls, failures = 0, []
        for model, operation in self._get_models():
            ids = (
                [] if operation == "create" else [model.sudo().search([], limit=1).ids]
            )
            for field in self._get_fields(model):
                is_text = field.type in ("char", "text", "html")
                for value in (*NONSENSE, TOO_LONG) if is_text else NONSENSE:
                    calls += 1
                    vals = {field.name: value}
                    # a subtest each would take longer than the calls
                    try:
                        sentence = self._call(model._name, operation, *ids, vals)
                        self.assertNotIn("violates", sentence or "")
                    except Exception as error:
                        text = str(value)[:40].encode(errors="replace")
                        failures.append((operation, field, text, repr(error)[:200]))
        self.assertFalse(failures)
        self.assertGreater(calls, 1_000)

    def test_unknown_fields(self):
        self._log()
        for model, operation in self._get_models():
            record = model.sudo().search([], limit=1)
            ids = [] if operation == "create" else [record.ids]
            with self.subTest(model=model._name, operation=operation):
                sentence = self._call(model._name, operation, *ids, {"colour": 1})
                self.assertTrue(sentence)

    def test_methods_with_arguments(self):
        for model, method, *arguments in (
            ("interaction.log.entry", "log_interactions"),
            ("interaction.log.entry", "get_announcement"),
            ("interaction.log.entry", "log_announced"),
            ("interaction.log.entry", "undo_announced"),
            ("interaction.segment", "keep_lines", []),
            ("res.partner", "action_log_favorite", self.anna.ids),
            ("res.partner", "action_log_call", self.anna.ids),
        ):
            for value in NONSENSE:
                text = str(value)[:40].encode(errors="replace")
                with self.subTest(method=method, value=text):
                    self._call(model, method, *arguments, value)

    def test_border_values_of_interactions(self):
        for values in (
            {"template_id": 0},
            {"template_id": 2**40},
            {"partner_id": 2**40},
            {"company_id": False},
            {"company_id": 2**40},
            {"res_model": "sale.order", "res_id": 2**40},
            {"batch_id": 2**40},
            {"attachment_ids": [2**40]},
            {"attachment_ids": [UNKNOWN_ID]},
            {"state": "postponed", "postponed_vals": {"x": "NUL\x00"}},
        ):
            vals = {"template_id": self.template_call.id, "partner_id": self.anna.id}
            with self.subTest(values=values):
                sentence = self._call(
                    "interaction.log.entry", "log_interactions", [{**vals, **values}]
                )
                # an empty company is the user's own
                self.assertEqual(bool(sentence), values != {"company_id": False})
                self.assertNotIn("False", sentence or "")
