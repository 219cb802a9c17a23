"""What the benches share: a figure, and a company with invoices."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command


def make_figure(name, value, unit, goal=None, ratio=None):
    """Return one figure.

    :param goal: an upper limit of the ratio, else of the value; none for what is there
        to compare with
    """
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "ratio": None if ratio is None else round(ratio, 4),
        "goal": goal,
        "holds": goal is None or (value if ratio is None else ratio) <= goal,
    }


def make_invoices(env, number):
    """Return that many posted invoices, each of another contact."""
    company = env.ref("base.main_company")
    if not company.chart_template:
        env["account.chart.template"].try_loading("generic_coa", company, False)
    # without a layout the web client asks for one; so does nobody here
    company.external_report_layout_id = env.ref("web.external_layout_standard")
    env.ref("base.user_admin").group_ids |= env.ref("account.group_account_manager")
    partners = env["res.partner"].create(
        [
            {"name": f"Customer {index}", "email": f"customer{index}@example.com"}
            for index in range(number)
        ]
    )
    product = env["product.product"].create({"name": "Product", "list_price": 100})
    invoices = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "quantity": quantity})
                    for quantity in range(1, 6)
                ],
            }
            for partner in partners
        ]
    )
    invoices.action_post()
    return invoices


@contextmanager
def no_rules(env, really=True):
    """Let no rule record e-mails, as if there were none."""
    if not really:
        yield
        return
    names = {"email_out": frozenset(), "email_in": frozenset(), "tracked": frozenset()}
    rule = env.registry["interaction.rule"]
    with patch.object(rule, "_get_email_models", lambda *args: names, create=True):
        yield


@contextmanager
def no_smtp():
    """Let e-mails leave to nowhere."""
    server = "odoo.addons.base.models.ir_mail_server.IrMail_Server"
    with (
        patch(f"{server}._connect__", lambda *args, **kwargs: None),
        patch(
            f"{server}.send_email",
            lambda self, message, *args, **kwargs: message["Message-Id"],
        ),
    ):
        yield
