"""Ten thousand interactions: canceled, restored, shown and purged, against a few."""

from functools import partial
from statistics import median
from time import perf_counter

from .common import make_figure, take_turns

TURNS = 11
FEW, MANY = 100, 10_000
# What acts on all at once takes as many queries for many as for a few
FLAT = ("cancel", "restore", "show")
GOAL_RATIO = 1
TIMELINE = ("interaction_count", "interaction_cost", "interaction_last_date")


def bench(env):
    """Return the seconds, and how many queries many take for each one of a few."""
    env = env(user=env.ref("base.user_admin"))
    taken = take_turns(
        {number: partial(do_all, env, number) for number in (FEW, MANY)}, TURNS
    )
    few, many = taken[FEW], taken[MANY]
    figures = []
    for name in many[0]:
        seconds = [turn[name][0] for turn in many]
        figures.append(make_figure(f"{name} {MANY}", seconds, "s"))
        if name in FLAT:
            queries, queries_of_few = (
                median(turn[name][1] for turn in turns) for turns in (many, few)
            )
            figures.append(
                make_figure(
                    f"{name} {MANY}",
                    queries,
                    "queries",
                    GOAL_RATIO,
                    ratio=queries / queries_of_few,
                )
            )
    return figures


def do_all(env, number):
    """Return (seconds, number of queries) of each act with a batch of that many."""
    reason = env.ref("interaction_log.interaction_cancel_reason_entered_in_error")
    batch = make_batch(env, number)
    taken = {
        "cancel": measure(lambda batch: batch._cancel(reason), batch),
        "restore": measure(lambda batch: batch.action_restore(), batch),
        "show": measure(show_timeline, batch),
    }
    batch._cancel(reason)
    taken["purge"] = measure(purge, batch)
    taken["look unknown values up of"] = measure(partial(add_unknown, number), batch)
    env.cr.rollback()
    return taken


def make_batch(env, number):
    """Return a batch with that many interactions of one contact."""
    partner = env["res.partner"].create({"name": f"Bench {number}"})
    batch = env["interaction.batch"].create({"name": "Bench", "event": "manual"})
    template = env.ref("interaction_log.interaction_template_note")
    env["interaction.log.entry"].log_interactions(
        [
            {
                "template_id": template.id,
                "partner_id": partner.id,
                "batch_id": batch.id,
            }
        ]
        * number
    )
    return batch


def measure(act, batch):
    """Return (seconds, number of queries) that the act takes."""
    env = batch.env
    env.flush_all()
    env.invalidate_all()
    queries, started = env.cr.sql_log_count, perf_counter()
    act(batch)
    env.flush_all()
    return perf_counter() - started, env.cr.sql_log_count - queries


def get_entries(batch):
    entries = batch.env["interaction.log.entry"]
    return entries.search([("batch_id", "=", batch.id)], order="id")


def show_timeline(batch):
    """Read what the form of a contact shows."""
    entries = batch.env["interaction.log.entry"]
    partner = entries.search([("batch_id", "=", batch.id)], limit=1).partner_id
    partner.read(TIMELINE)
    partner.get_interaction_timeline()


def purge(batch):
    wizard = batch.env["interaction.log.purge"]
    vals = {"entry_ids": get_entries(batch).ids, "with_recent": True}
    wizard = wizard.create(vals)
    wizard.action_delete()


def add_unknown(number, batch):
    """Add contacts to a segment by a list in which only one of many is known."""
    partner = batch.env["res.partner"].create({"name": "Known", "ref": "BENCH-KNOWN"})
    lines = [f"unknown{line}@example.com" for line in range(number)]
    segment = batch.env["interaction.segment"].create({"name": "Bench"})
    step = batch.env["interaction.segment.step"].create(
        {
            "segment_id": segment.id,
            "operation": "add",
            "list_text": "\n".join([*lines, partner.ref]),
        }
    )
    assert step.unknown_count == number
