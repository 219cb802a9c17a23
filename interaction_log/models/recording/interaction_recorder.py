import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..base.failure import report_failure
from ..base.savepoint import RETRIED, isolated_savepoint
from ..log.interaction_log_entry import ONCE
from ..log.interaction_log_entry_checks import MAX_LINE
from .match import Match

_logger = logging.getLogger(__name__)

# What others than users say in one line
LINES = ("name", "document_name", "contact_via")
SKIPPED = "interaction.skipped.event"
# How often what left is logged anew, each time knowing what others have logged
MAX_TRIES = 5


class InteractionRecorder(models.AbstractModel):
    """Automatic recording: from an event source, through the rules, to the log.

    An event source is where something happened: a controller, a mail, a meeting. It
    says what, to which documents, and calls `_record_event`.
    """

    _name = "interaction.recorder"
    _description = "Automatic Recording"

    @api.model
    def _record_event(
        self,
        event: str,
        records: models.BaseModel,
        report: models.BaseModel | None = None,
        source: str | None = None,
        may_retry: bool = False,
        find: Callable[[], list[Match]] | None = None,
        find_unmatched: Callable[[], list[Match]] | None = None,
        details: dict | None = None,
    ) -> models.BaseModel:
        """Record that `event` happened to `records`: what the rules say of it.

        Every event source calls it. Whatever goes wrong, the caller goes on: the event
        is listed as skipped, with its reason, and the server log has the details.

        :param event: one of the events of a rule
        :param records: the documents, as the user who acts sees them
        :param report: the `ir.actions.report` that was printed, or None
        :param source: key of this one happening; the key of an entry is
            `<source>,<model>,<id>`. None where a replay can't be told.
        :param may_retry: raise the failures that a retry of the transaction fixes
            (`odoo.service.model.retrying`). False once something has left: it is
            logged after the commit then, in a transaction of its own.
        :param find: function that returns the matches where more than the documents
            decides, or no rule but the event source itself; made by
            `interaction.rule._make_match`, and with the `source_key` of the entry. What
            is not for the log it leaves out itself, by `_filter_recordable`.
        :param find_unmatched: function that returns what is known where `find` fails:
            matches without a rule. None where the documents are all that is known.
        :param details: what else the event source knows of it; see `_add_details`
        :return: the entries, new ones and those that took up a repeat
        :raises Exception: none but the failures that a retry fixes, with `may_retry`
        """
        Entry = self.env["interaction.log.entry"].browse()
        matches = []
        is_complete = False
        try:
            if not (find or self._may_match(event, records)):
                return Entry
            try:
                # one for finding and logging: also what is only read can fail in the
                # database, and would end the transaction of the user
                with isolated_savepoint(self.env.cr):
                    matches = find() if find else self._match(event, records, report)
                    if not matches:
                        return Entry
                    if details:
                        matches = self._add_details(matches, **details)
                    if not matches:
                        return Entry
                    is_complete = True
                    # The user may print but not log. Nothing that a client sends comes
                    # through here but the ids of documents, which are checked.
                    entries = self.sudo()._log_matches(matches, source)
            except UserError as error:
                if not is_complete:
                    raise
                entries = self.sudo()._log_one_by_one(matches, source, error)
            except LockNotAvailable:
                # no retry of the transaction: who maintains the log takes longer
                self.sudo()._log_after_commit(matches, source)
                return Entry
            except RETRIED:
                if may_retry or not is_complete:
                    raise
                self.sudo()._log_after_commit(matches, source)
                return Entry
            return entries.sudo(self.env.su)
        except Exception as error:
            if may_retry and isinstance(error, RETRIED):
                raise
            reason = report_failure(
                self.env,
                error,
                _logger,
                "Could not log the event %s of %s",
                event,
                records,
            )
            self._skip(
                lambda: (
                    matches
                    or (find_unmatched and find_unmatched())
                    or self._get_unmatched(event, records, report)
                ),
                reason,
                source,
            )
            return Entry

    @api.model
    def _get_unmatched(self, event, records, report=None):
        """Return the matches of documents of which no rule could be asked."""
        vals = {"event": event, "report_id": report.id if report else False}
        none = self.env["interaction.rule"]
        return [none._make_match(record, vals) for record in records]

    def _skip(self, find, reason, source=None):
        """List matches as skipped, whatever happened before.

        :param find: function that returns them
        :param reason: why all of them are
        :param source: key of this one happening
        :return: the skipped events
        """
        try:
            with isolated_savepoint(self.env.cr):
                return self.env[SKIPPED].sudo()._record(find(), reason, source)
        except Exception:
            # nothing is left but the server log
            _logger.exception("Could not list as skipped: %s", reason)
            return self.env[SKIPPED].browse()

    def _log_safely(self, matches, source):
        """Log in a savepoint; where one document is refused, each in one of its own."""
        try:
            with isolated_savepoint(self.env.cr):
                return self._log_matches(matches, source)
        except UserError as error:
            return self._log_one_by_one(matches, source, error)

    def _log_one_by_one(self, matches, source, error):
        """Log each of the matches on its own, as they were refused together.

        :param error: why they were; one alone is listed as skipped for it
        """
        Entry = self.env["interaction.log.entry"].browse()
        if len(matches) > 1:
            return Entry.union(
                *(self._log_safely([match], source) for match in matches)
            )
        reason = report_failure(
            self.env, error, _logger, "Could not log the event of %s", matches
        )
        self._skip(lambda: matches, reason, source)
        return Entry

    def _log_after_commit(self, matches, source):
        """Log the matches in a transaction of their own, once this one is committed.

        This one sees nothing of what another has logged since it began, and what left
        can't be undone. Until then they are listed as skipped: nothing is lost where
        the server stops, or where the log stays locked.
        """
        reason = self.env._("The log was busy at that time. Log the interaction now.")
        events = self._skip(lambda: matches, reason, source)
        self.env.cr.postcommit.add(lambda: self._log_apart(matches, source, events.ids))

    def _log_apart(self, matches, source, event_ids):
        """Log the matches in a transaction of their own.

        :param event_ids: the skipped events, which are deleted then. They stay where
            it fails.
        """
        for _time in range(MAX_TRIES):
            try:
                with self.env.registry.cursor() as cr:
                    env = self.env(cr=cr)
                    events = env[SKIPPED].browse(event_ids).try_lock_for_update()
                    if events.filtered(lambda event: event.state != "todo") or (
                        len(events) < len(event_ids)
                    ):
                        return  # a manager does it at this moment, or did
                    self.with_env(env)._log_matches(
                        [match.with_env(env) for match in matches], source
                    )
                    events.unlink()
                return
            except RETRIED:
                _logger.info("What left is logged again, with %s", source)
            except Exception:
                _logger.exception("Could not log what left, with %s", source)
                return

    @api.model
    def _add_details(self, matches, partner=None, vals=None, files=None, token=None):
        """Return the matches with what the event source knows of them.

        Those of which nothing left are left out.

        :param partner: the contact who did it, whatever the document says; none where
            the document's is the one
        :param dict vals: values of the entries, whatever the template says
        :param files: function that returns {id of a document: `OutgoingFile`}
        :param str token: how the web client asks what was logged, where the user can
            be told and asked
        """
        files = files() if files else {}
        # where Odoo has lost a file it answers with no bytes: nothing left
        gone = {id_ for id_, file in files.items() if not file.raw}
        result = []
        for match in matches:
            if match.record.id in gone:
                continue
            added, reason = {}, match.reason
            if partner:
                reason = match.rule._get_skip_reason(match.record, partner)
                added["partner_id"] = partner.id
                added["user_id"] = match.vals["user_id"] or partner.user_id.id
            file = files.get(match.record.id)
            added |= {**(vals or {}), **(file.get_vals() if file else {})}
            result.append(
                replace(match.with_vals(**added), reason=reason, file=file, token=token)
            )
        return result

    def _may_match(self, event, records):
        """Say, without a query, whether there can be anything to record."""
        return self.env["interaction.rule"]._may_match(event, records._name)

    def _match(self, event, records, report):
        """Return what the rules say of the documents that the user may read."""
        matches = self.env["interaction.rule"]._match(event, records, report)
        if not matches:
            return []
        records = records.browse(match.record.id for match in matches)
        readable = records.with_env(self.env)._filtered_access("read")
        return [match for match in matches if match.record.id in readable._ids]

    def _log_matches(self, matches, source):
        """Log what can be logged, and list the rest as skipped; see `_record_event`.

        What is asked first is not logged now; the rest is told.

        :return: the entries, those that took up a repeat first
        :raises psycopg2.errors.LockNotAvailable: where the log is being maintained
        """
        self.env["interaction.log.entry"]._lock_table()
        asked = [match for match in matches if self._is_asked(match)]
        matches = [match for match in matches if not self._is_asked(match)]
        skipped = [match for match in matches if match.reason]
        if skipped:
            self.env[SKIPPED]._record(skipped, source=source)
        wanted = [match for match in matches if not match.reason]
        new, repeats = self._merge_repeats(self._add_batches(wanted))
        new = self._add_print_batches(new)
        entries = self.env["interaction.log.entry"].log_interactions(
            [
                {
                    **self._shorten(match.vals),
                    "source_key": self._get_source_key(match, source),
                }
                for match in new
            ]
        )
        logged = list(zip(new, entries, strict=True))
        self._keep_copies(logged)
        self.env["interaction.announcement"]._announce(
            matches, repeats, logged, asked, source
        )
        return repeats + entries

    @api.model
    def _is_asked(self, match):
        """Say whether the user is asked before the match is logged.

        Where nobody can be asked, what left is on record all the same. Who has no right
        on the log is not asked: that user can undo it.
        """
        return bool(
            match.token
            and not match.reason
            and match.rule.announce == "ask"
            and self.env["interaction.log.entry"]._is_announced_in_full()
        )

    @api.model
    def _shorten(self, vals):
        """Return `vals` with lines no longer than an entry takes.

        What happened is logged, however long an e-mail says what it is about.
        """
        lines = {name: vals.get(name) or "" for name in LINES}
        return {**vals} | {
            name: f"{line[: MAX_LINE - 1]}…"
            for name, line in lines.items()
            if len(line) > MAX_LINE
        }

    def _get_source_key(self, match, source):
        """Return the key of what happened to the document, or False.

        What has a key of its own is told by it alone.

        Under a rule that logs once per document the document is all that tells.
        """
        if match.source_key:
            return match.source_key
        model_name, id_ = match.document
        if match.rule.repeat == "once":
            return f"{ONCE}{match.rule.id},{model_name},{id_}"
        return source and f"{source},{model_name},{id_}"

    @api.model
    def _get_identities(self, match: Match, source: str | None = None) -> set[str]:
        """Return what tells that the happening of a match is in the log, or was.

        A hook; see `_get_identities_sql` of an entry.

        :param source: key of this one happening
        """
        key = self._get_source_key(match, source)
        return {self.env["interaction.log.entry"]._get_key_identity(key)} - {None}

    def _merge_repeats(self, matches):
        """Count the matches that repeat an entry on that entry.

        Which ones do is said by their rule: *once* takes every entry of the rule and
        the document, *merge* those of the same user within the rule's minutes. Canceled
        entries take no repeats.

        :return: (the matches that repeat none, the entries that took up a repeat)
        """
        Entry = self.env["interaction.log.entry"]
        now = fields.Datetime.now()
        repeating = [
            match
            for match in matches
            if match.rule.repeat != "every" and not match.source_key
        ]
        if not repeating:
            return matches, Entry
        entries = Entry.search_fetch(
            Domain("rule_id", "in", [match.rule.id for match in repeating])
            & Domain("res_id", "in", [match.record.id for match in repeating])
            & Domain("res_model", "=", repeating[0].record._name)
            & Domain("state", "=", "logged"),
            [
                "rule_id",
                "res_id",
                "create_uid",
                "date",
                "last_date",
                "content_fingerprint",
            ],
            order="last_date, id",
        )
        by_document = entries.grouped(lambda entry: (entry.rule_id.id, entry.res_id))
        merged = defaultdict(Entry.browse)  # by when it happened
        repeats = set()
        for match in repeating:
            # what was skipped is logged later than it happened
            date = fields.Datetime.to_datetime(match.vals.get("date")) or now
            key = (match.rule.id, match.record.id)
            entry = by_document.get(key, Entry).filtered(
                lambda entry, match=match, date=date: self._is_repeat(
                    match, entry, date
                )
            )[-1:]
            if entry:
                repeats.add(match)
                merged[date] |= entry
        for date, repeated in merged.items():
            self.env.execute_query(
                SQL(
                    """UPDATE %s SET occurrence_count = occurrence_count + 1,
                    last_date = GREATEST(last_date, %s)
                    WHERE id IN %s RETURNING id""",
                    SQL.identifier(Entry._table),
                    date,
                    repeated._ids,
                )
            )
            repeated.invalidate_recordset(["occurrence_count", "last_date"])
        new = [match for match in matches if match not in repeats]
        return new, Entry.union(*merged.values())

    def _is_repeat(self, match, entry, date):
        """Say whether a match of `date` is counted on an entry of its rule."""
        rule = match.rule
        if rule.repeat == "once":
            return True
        span = timedelta(minutes=rule.merge_minutes)
        return (
            entry.create_uid.id == self.env.uid
            and entry.date - span <= date <= entry.last_date + span
            and not entry._is_other_content(match.vals)
        )

    def _keep_copies(self, logged):
        """Keep what left as a file of the entry, where the rule says so.

        Odoo stores equal contents once. A replay keeps nothing again.

        :param list logged: of (match, entry)
        """
        contents = {
            entry.id: [(file.get_name(match.vals.get("document_name")), file.raw)]
            for match, entry in logged
            if (file := match.file)
            and match.rule.keep_copy
            and entry.content_attachment_id.res_model != entry._name
        }
        entries = self.env["interaction.log.entry"].browse(contents)
        for attachment in entries._attach_files(contents):
            entry = entries.browse(attachment.res_id)
            entry._write_facts({"content_attachment_id": attachment.id})
