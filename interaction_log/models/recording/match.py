"""What is to be logged of one document, and with whom."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Self

from .outgoing_file import OutgoingFile


@dataclass(frozen=True, eq=False, slots=True)
class Match:
    """One document, with one contact: a rule wants it logged, or an event source does.

    Made by `interaction.rule._make_match`. It never changes: who knows more returns
    another one, by `with_vals` and `dataclasses.replace`.
    """

    record: Any  # the document
    rule: Any  # `interaction.rule`, an empty one where no rule decides
    vals: Mapping[str, Any]  # of the entry, as of `log_interactions`; read-only
    reason: str | bool = False  # why it can't be logged
    exclusion: str | None = None  # the key of why it is not for the log at all
    source_key: str | None = None  # of the entry, where the source says it all
    batch: str | None = None  # the name of what it is logged together with
    file: OutgoingFile | None = None  # what left
    token: str | None = None  # how the web client asks what was logged

    def __post_init__(self):
        # what others hold of it must not change behind their backs
        object.__setattr__(self, "vals", MappingProxyType(dict(self.vals)))

    def with_vals(self, **vals: Any) -> Self:
        """Return the match with other values of the entry."""
        return replace(self, vals={**self.vals, **vals})

    def with_env(self, env: Any) -> Self:
        """Return the match with its records in another environment."""
        file = self.file
        if file and file.attachment:
            file = replace(file, attachment=file.attachment.with_env(env))
        return replace(
            self,
            record=self.record.with_env(env),
            rule=self.rule.with_env(env),
            file=file,
        )

    @property
    def document(self) -> tuple[str, int]:
        """The model and the id of the document."""
        return self.record._name, self.record.id
