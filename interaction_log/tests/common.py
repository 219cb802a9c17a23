import importlib.util
import json
from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command, http
from odoo.exceptions import ConcurrencyError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import file_path, mute_logger

from odoo.addons.account.models.ir_actions_report import IrActionsReport
from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.product.tests.common import ProductCommon

# The first print of a database makes its style sheets, and a machine may be busy with
# other suites; in seconds
PATIENCE = 120
# Salespeople have a level of the log by these
SALES_GROUPS = (
    "sales_team.group_sale_salesman",
    "sales_team.group_sale_salesman_all_leads",
)


class InteractionCommon(ProductCommon):
    """A company with a user for every role, contacts, orders and templates.

    It has no chart of accounts: see `InteractionAccountCommon`. `cls.env` is somebody
    who sets the system up and has no right on the log; `cls.Entry` and `cls.Rule` read
    and match with all rights.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Entry = cls.env["interaction.log.entry"].sudo()
        cls.Recorder = cls.env["interaction.recorder"].sudo()
        cls.Rule = cls.env["interaction.rule"].sudo()
        cls.Skipped = cls.env["interaction.skipped.event"].sudo()
        # as where an administrator has taken the level from salespeople: who has no
        # right on the log is the hardest case, and users here say which one they have
        for xml_id in SALES_GROUPS:
            group = cls.env.ref(xml_id).sudo()
            group.implied_ids -= cls._shipped("group_user") + cls._shipped(
                "group_user_own"
            )
        sales = "sales_team.group_sale_salesman_all_leads"
        invoicing = "account.group_account_invoice"
        internal = "base.group_user"
        (
            cls.user_sales,
            cls.user_other_sales,
            cls.user_assistant,
            cls.user_manager,
            cls.user_admin,
            cls.user_portal,
        ) = cls._new_users(
            {
                "il_sales": (internal, sales, "interaction_log.group_user"),
                "il_other_sales": (internal, sales, "interaction_log.group_user"),
                "il_assistant": (internal, sales, invoicing),
                "il_manager": (
                    internal,
                    sales,
                    invoicing,
                    "interaction_log.group_manager",
                ),
                "il_admin": (internal, sales, invoicing, "interaction_log.group_admin"),
                "il_portal": ("base.group_portal",),
            }
        )
        cls.company_a = cls.env.company
        # a total with the tax is another one than without
        cls.product.sudo().write(
            {"list_price": 1000, "taxes_id": [Command.set(cls._new_tax(15).ids)]}
        )
        cls.acme = cls.env["res.partner"].create(
            {
                "name": "Acme",
                "is_company": True,
                "country_id": cls.env.ref("base.be").id,
            }
        )
        cls.anna = cls.env["res.partner"].create(
            {"name": "Anna", "parent_id": cls.acme.id, "user_id": cls.user_sales.id}
        )
        cls.template_call = cls._shipped("interaction_template_call_out")
        cls.template_call.unit_duration = 0.25
        cls.template_invoice = cls._shipped("interaction_template_invoice")
        cls.reason = cls._shipped("interaction_cancel_reason_entered_in_error")
        cls.report_invoice = cls.env.ref("account.account_invoices")
        cls.report_quotation = cls.env.ref("sale.action_report_saleorder")

    @classmethod
    def setup_independent_user(cls):
        return new_test_user(
            cls.env,
            login="il_system",
            group_ids=cls.get_default_groups().ids,
            company_id=cls.env.company.id,
        )

    @classmethod
    def setup_independent_company(cls, **kwargs):
        return cls._create_company(name="Company A", **kwargs)

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.quick_ref("base.group_partner_manager")
            | cls.quick_ref("base.group_system")
        )

    def _restrict(self, template, company):
        """Let a template be of one company: what all use has it no more."""
        types = self.env["mail.activity.type"].sudo()
        types.search([("interaction_template_id", "=", template.id)]).write(
            {"interaction_template_id": False}
        )
        template.sudo().company_id = company

    def _let_open_campaigns(self, user):
        """Let a user open campaigns: Email Marketing lets only its own users."""
        group = self.env.ref(
            "mass_mailing.group_mass_mailing_user", raise_if_not_found=False
        )
        if group:
            user.sudo().group_ids += group

    @classmethod
    def _new_company(cls, name="Company B", **vals):
        """Create another company; it has no chart of accounts."""
        return cls.env["res.company"].create({"name": name, **vals})

    @classmethod
    def _new_tax(cls, percent):
        company = cls.env.company.sudo()
        # that of a chart of accounts, where there is one
        company.account_fiscal_country_id = (
            company.account_fiscal_country_id or cls.env.ref("base.be")
        )
        owner = {
            "company_id": company.id,
            "country_id": company.account_fiscal_country_id.id,
        }
        group = cls.env["account.tax.group"].sudo()
        group = group.create({"name": "Tax", **owner})
        return (
            cls.env["account.tax"]
            .sudo()
            .create(
                {
                    "name": f"{percent} % of these tests",
                    "amount": percent,
                    "tax_group_id": group.id,
                    **owner,
                }
            )
        )

    @classmethod
    def _shipped(cls, xml_id):
        return cls.env.ref(f"interaction_log.{xml_id}").sudo()

    @classmethod
    def _new_user(cls, login, *groups, company=None):
        return cls._new_users({login: ("base.group_user", *groups)}, company)

    @classmethod
    def _new_users(cls, groups, company=None):
        """Create several at once: one by one they take longest of all.

        :param groups: the XML ids of the groups of each login
        """
        company = company or cls.env.company
        users = cls.env["res.users"].create(
            [
                {
                    "login": login,
                    "password": login,
                    "name": login.removeprefix("il_").replace("_", " ").title(),
                    "email": f"{login}@example.com",
                    "group_ids": [Command.set([cls.env.ref(id_).id for id_ in ids])],
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                }
                for login, ids in groups.items()
            ]
        )
        if "odoobot_state" in users._fields:
            # the bot's welcome in the first tour would fetch while pages are left
            users.sudo().odoobot_state = "disabled"
        return users

    @classmethod
    def _new_order(cls, partner=None, **vals):
        return (
            cls.env["sale.order"]
            .sudo()
            .create(
                {
                    "partner_id": (partner or cls.anna).id,
                    "user_id": cls.user_sales.id,
                    "order_line": [Command.create({"product_id": cls.product.id})],
                    **vals,
                }
            )
        )

    @classmethod
    def _log(cls, user=None, **vals):
        """Log one interaction as `user`."""
        return (
            cls.env["interaction.log.entry"]
            .with_user(user or cls.user_sales)
            .log_interactions(
                [
                    {
                        "template_id": cls.template_call.id,
                        "partner_id": cls.anna.id,
                        **vals,
                    }
                ]
            )
        )

    def _run_job(self, name):
        """Run a shipped job as the scheduler does, in transactions of its own."""
        with self.enter_registry_test_mode():
            self._shipped(name).method_direct_trigger()

    def _run_slices(self, record):
        """Do what is left of an operation, as its job does in the background."""
        while record.operation:
            record.sudo()._run_slice()

    @classmethod
    def _migrate(cls, version, stage="post", name="migration"):
        """Run the script that brings a database up to `version`.

        :param str stage: "pre" for the one that runs before the addon is loaded
        :param str name: the rest of the name of the script
        """
        path = file_path(f"interaction_log/migrations/{version}/{stage}-{name}.py")
        spec = importlib.util.spec_from_file_location("migration", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        cls.env.flush_all()
        module.migrate(cls.env.cr, None)
        cls.env.invalidate_all()

    def _get_timeline(self, record, user=None, **kwargs):
        """Return the entries that the timeline of a record shows to the user."""
        record = record.with_user(user or self.user_sales)
        timeline = record.get_interaction_timeline(**kwargs)
        return self.Entry.browse(row["id"] for row in timeline["entries"])

    @classmethod
    def _find(cls, documents):
        """Return the entries of the documents, in the order they were logged."""
        return cls.Entry.search(
            [("res_model", "=", documents._name), ("res_id", "in", documents.ids)],
            order="id",
        )


class InteractionAccountCommon(InteractionCommon):
    """The same with what invoices and payments need: accounts and journals.

    A chart of accounts takes seconds: see `InteractionChartCommon`.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_journals(cls.company_a)

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref(
            "account.group_account_manager"
        )

    @classmethod
    def _create_journals(cls, company):
        Account = cls.env["account.account"].with_company(company)
        receivable, payable, income, expense, bank, transfer = Account.create(
            [
                {"code": code, "name": account_type, "account_type": account_type}
                for code, account_type in (
                    ("400000", "asset_receivable"),
                    ("440000", "liability_payable"),
                    ("700000", "income"),
                    ("600000", "expense"),
                    ("550000", "asset_cash"),
                    ("580000", "asset_current"),
                )
            ]
        )
        (receivable | payable | transfer).reconcile = True
        company.transfer_account_id = transfer
        cls.env["account.journal"].create(
            [
                {
                    "name": name,
                    "code": code,
                    "type": type_,
                    "default_account_id": account.id,
                    "company_id": company.id,
                }
                for name, code, type_, account in (
                    ("Customer Invoices", "INV", "sale", income),
                    ("Vendor Bills", "BILL", "purchase", expense),
                    ("Miscellaneous", "MISC", "general", expense),
                    ("Bank", "BNK", "bank", bank),
                )
            ]
        )

    @classmethod
    def _new_move(cls, move_type="out_invoice", partner=None, post=True, **vals):
        move = (
            cls.env["account.move"]
            .sudo()
            .create(
                {
                    "move_type": move_type,
                    "partner_id": (partner or cls.anna).id,
                    "invoice_date": "2026-01-15",
                    "invoice_user_id": cls.user_sales.id,
                    "invoice_line_ids": [
                        Command.create({"product_id": cls.product.id})
                    ],
                    **vals,
                }
            )
        )
        if post:
            move.action_post()
        return move


class InteractionChartCommon(InteractionAccountCommon, AccountTestInvoicingCommon):
    """The same with a whole chart of accounts, with taxes and terms of payment."""

    @classmethod
    def _create_journals(cls, company):
        """The chart has brought them."""


@tagged("-at_install", "post_install")
class InteractionHttpCommon(InteractionCommon, HttpCase):
    """The requests by which the web client prints, and tours."""

    # how long a request waits for the one before it
    test_cursor_lock_timeout = PATIENCE

    def start_tour(self, *args, **kwargs):
        return super().start_tour(*args, **{"timeout": PATIENCE, **kwargs})

    def url_open(self, *args, **kwargs):
        return super().url_open(*args, **{"timeout": PATIENCE, **kwargs})

    @contextmanager
    def _real_pdfs(self):
        """Let reports be made by the engine, which Odoo's tests do without.

        :return: as a context the list of the types that were made
        """
        pre_render, made = IrActionsReport._pre_render_qweb_pdf, []

        def render_real_pdf(report, *args, **kwargs):
            content, type_ = pre_render(
                report.with_context(force_report_rendering=True), *args, **kwargs
            )
            made.append(type_)
            return content, type_

        with patch.object(IrActionsReport, "_pre_render_qweb_pdf", render_real_pdf):
            yield made

    @contextmanager
    def _broken_database(self):
        """Let the database refuse the entries."""

        def fail(entries, vals_list):
            entries.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(type(self.Entry), "_insert_entries", fail),
            mute_logger("odoo.sql_db"),
        ):
            yield

    @contextmanager
    def _conflict_once(self):
        """Let the first try to log meet another transaction.

        :return: as a context the list of the source keys of each try
        """
        keys, log_matches = [], type(self.Recorder)._log_matches

        def conflict_once(recorder, matches, source):
            entries = log_matches(recorder, matches, source)
            keys.append(entries.source_key)
            if len(keys) == 1:
                raise ConcurrencyError("met another transaction")
            return entries

        with (
            patch.object(type(self.Recorder), "_log_matches", conflict_once),
            patch("odoo.service.model.time.sleep"),
        ):
            yield keys

    def _print(self, report_name, documents, user=None, context=None, type_="pdf"):
        """Print as the web client does; see `downloadReport` of `web`."""
        self._login(user)
        ids = ",".join(map(str, documents.ids))
        return self.url_open(
            "/report/download",
            data={
                "data": json.dumps(
                    [f"/report/{type_}/{report_name}/{ids}", f"qweb-{type_}"]
                ),
                "context": json.dumps({"lang": "en_US", **(context or {})}),
                "token": "unused",
                "csrf_token": http.Request.csrf_token(self),
            },
        )

    def _open(self, path, user=None):
        self._login(user)
        return self.url_open(path)

    def _login(self, user=None):
        login = (user or self.user_assistant).login
        self.authenticate(login, login)
