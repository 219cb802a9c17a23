"""Our own INSERT of entries against the ORM's `create`, for as long as we have it.

Both ways take turns, in processor time: each row costs the ORM a value in the cache for
each of the entry's fields, and a look-up of the keys comes before it.
"""

from time import process_time
from unittest.mock import patch

from odoo import models

from .common import get_ratio, make_figure

# how often each size is measured
SIZES = {1: 100, 30: 40, 150: 20, 5000: 11}


def bench(env):
    """Return what each row takes us, as a part of what it takes the ORM."""
    env = env(user=env.ref("base.user_admin"))
    entries = env["interaction.log.entry"].sudo()  # as event sources log
    partners = env["res.partner"].create([{"name": "Bench"}] * max(SIZES))
    values = {"template_id": env.ref("interaction_log.interaction_template_note").id}
    figures = []
    for size, times in SIZES.items():
        vals_list = [
            {**values, "partner_id": partner.id, "source_key": f"bench,{partner.id}"}
            for partner in partners[:size]
        ]
        ours, orm = zip(
            *(compare(entries, vals_list, time % 2) for time in range(times + 1)),
            strict=True,
        )
        # the first time fills the caches
        figures.append(
            make_figure(
                f"create {size} entries",
                [seconds * 1000 / size for seconds in ours[1:]],
                "ms each",
                ratio=get_ratio(ours[1:], orm[1:]),
            )
        )
    env.cr.rollback()
    return figures


def compare(entries, vals_list, is_orm_first):
    """Return the seconds that it takes us and the ORM."""
    with patch.object(type(entries), "_insert_entries", insert_by_orm):
        orm = measure(entries, vals_list) if is_orm_first else None
    ours = measure(entries, vals_list)
    with patch.object(type(entries), "_insert_entries", insert_by_orm):
        return ours, orm or measure(entries, vals_list)


def insert_by_orm(entries, vals_list):
    """Do what `_insert_entries` does, by the ORM."""
    keys = [(vals["company_id"], vals["source_key"]) for vals in vals_list]
    ids = entries._find_source_keys(set(keys))
    missing = {
        key: vals for key, vals in zip(keys, vals_list, strict=True) if key not in ids
    }
    # the next `create` is that of mail.thread, which does nothing so
    quiet = entries.with_context(tracking_disable=True)
    created = models.BaseModel.create(quiet, list(missing.values()))
    ids.update(zip(missing, created._ids, strict=True))
    rows = entries.browse(ids[key] for key in keys)
    return rows, created.with_env(entries.env)


def measure(entries, vals_list):
    """Log and take it back; return the seconds of processor time."""
    entries.env.flush_all()
    entries.env.invalidate_all()
    with entries.env.cr.savepoint() as savepoint:
        started = process_time()
        entries.log_interactions(vals_list)
        entries.env.flush_all()
        seconds = process_time() - started
        savepoint.rollback()
    entries.env.invalidate_all()
    return seconds
