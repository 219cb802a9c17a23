"""What a request remembers while it is handled: all attributes that we give it.

The models fill some of them: see `get_watch` of `models/recording/ir_http.py`.
"""

from uuid import uuid4

from odoo.http import request


def count_try():
    """Return (key of this request, how often something was recorded in it, with this).

    A request is one happening, however often Odoo runs it: the key stays.
    """
    if not hasattr(request, "interaction_log_source"):
        request.interaction_log_source = str(uuid4())
        request.interaction_log_tries = 0
    request.interaction_log_tries += 1
    return request.interaction_log_source, request.interaction_log_tries


def watch_prints():
    """Let the prints of this request wait until its last step that can fail is done."""
    request.interaction_log_printed = []


def get_prints():
    """Return the list of the prints that wait, or None where they need not wait."""
    return getattr(request, "interaction_log_printed", None)


def watch_report():
    """Let the reports of this request keep what they make of each document."""
    request.interaction_log_parts = {}
    request.interaction_log_stored = []


def pop_parts(report_ref):
    """Return what the report made, and forget it.

    :param report_ref: the report as its route or page names it
    :return: dict of id of a document -> (bytes, the attachment that holds them or None)
    """
    return request.interaction_log_parts.pop(report_ref, {})


def get_stored():
    """Return list of (model, id, name) of the attachments that the reports stored."""
    return request.interaction_log_stored


def watch_downloads():
    """Return the dict that takes what `account.move` gives away in this request."""
    request.interaction_log_downloads = {}
    return request.interaction_log_downloads
