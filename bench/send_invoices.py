"""Invoices sent by Odoo's scheduled action, with the rules and with none."""

from statistics import median
from time import perf_counter

from .common import make_figure, make_invoices, no_rules, no_smtp
from .print_invoice import serve

INVOICES = 480
# what one run of the scheduled action takes
SLICE = 20
GOAL = 1.05


def bench(env):
    """Return the time of 480 invoices: half of them logged, in slices by turns.

    PDF, message and e-mail are made as always; only nothing leaves by SMTP. The ratio
    is that of the median difference between the two slices of a pair.
    """
    invoices = make_invoices(env, INVOICES)
    invoices.sending_data = {
        "author_user_id": env.ref("base.user_admin").id,
        "author_partner_id": env.ref("base.user_admin").partner_id.id,
        "sending_methods": ["email"],
    }
    env.cr.commit()
    taken = {True: [], False: []}
    with serve(env), no_smtp():
        for pair in range(INVOICES // SLICE // 2):
            for logged in (True, False) if pair % 2 else (False, True):
                taken[logged].append(send(env, logged))
    entries = env["interaction.log.entry"].search([("res_id", "in", invoices.ids)])
    assert len(entries) == INVOICES // 2, len(entries)
    assert not any(invoices.mapped("sending_data"))
    differences = [on - off for on, off in zip(taken[True], taken[False], strict=True)]
    return [
        make_figure(
            f"invoices by the scheduled action, {SLICE} at a time",
            [seconds * 1000 / SLICE for seconds in taken[True]],
            "ms each",
            GOAL,
            ratio=1 + median(differences) / median(taken[False]),
        )
    ]


def send(env, logged):
    """Send the next slice; return how long it took, in seconds."""
    env.invalidate_all()
    with no_rules(env, not logged):
        started = perf_counter()
        env["account.move"]._cron_account_move_send(job_count=SLICE)
        env.cr.commit()
        return perf_counter() - started
