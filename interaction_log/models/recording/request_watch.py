"""What a request remembers for the log while it is handled."""

from dataclasses import dataclass, field
from typing import Self
from uuid import uuid4

from odoo.http import request


@dataclass
class RequestWatch:
    """What happens in a request, until it is known that the request succeeds.

    Controllers begin to watch, the models fill it in, and controllers record it. It is
    the request's one attribute of ours.
    """

    # A request is one happening, however often Odoo runs it: the key stays.
    key: str = field(default_factory=lambda: str(uuid4()))
    # how often something was recorded in it
    tries: int = 0
    # (report, documents, details) of the prints that wait for the last step that can
    # fail; None where they need not wait
    prints: list[tuple] | None = None
    # the id of the `ir.actions.report` whose print a controller records in any case
    report_id: int | None = None
    # what reports made, while somebody waits for it: {report as its route or page names
    # it: {id of a document: (bytes, the attachment that holds them or None)}}
    parts: dict[str, dict] | None = None
    # (model, id, name) of the attachments that reports stored, as above
    stored: list[tuple] | None = None
    # {id of an `account.move`: the files that it gives away}, as above
    downloads: dict[int, list[dict]] | None = None

    @classmethod
    def get(cls) -> Self:
        """Return what the current request remembers; outside of one, an empty one."""
        if not request:
            return cls()
        if not isinstance(getattr(request, "interaction_log", None), cls):
            request.interaction_log = cls()
        return request.interaction_log

    def watch_report(self) -> None:
        """Let the reports of this request keep what they make of each document."""
        self.parts, self.stored = {}, []

    def watch_downloads(self) -> dict[int, list[dict]]:
        """Return the dict that takes what `account.move` gives away in this request."""
        self.downloads = {}
        return self.downloads
