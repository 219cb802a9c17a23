import logging

from psycopg2 import IntegrityError, OperationalError

from odoo import api, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger

from ..base.failure import report_failure
from ..base.savepoint import isolated_savepoint

_logger = logging.getLogger(__name__)

# How many contacts are logged at once: with one statement where all of it comes from
# the database, one by one where something is made for each of them
SLICE = 20_000
SLICE_OF_CONTENTS = 200
# How often a slice is tried that met another transaction
TRIES = 5


class InteractionSegment(models.Model):
    """Logging the contacts of a segment, slice by slice.

    Each slice is a transaction of its own where there are many: a worker that is killed
    loses its slice only, and the next one goes on after `log_cursor`.
    """

    _inherit = "interaction.segment"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    # ------------------------------------------------------------------
    # In the background
    # ------------------------------------------------------------------

    @api.model
    def _cron_log(self):
        """Log what is to be logged, slice by slice; each one is committed."""
        cron = self.env["ir.cron"]
        segments = self.with_context(active_test=False)
        while segment := segments.search(
            self._get_waiting_domain(), limit=1, order="id"
        ):
            done = segment.log_done
            try:
                segment._log_slice_or_pause()
            except ConcurrencyError:
                # somebody changes it at this moment; Odoo calls it again soon
                self.env.cr.rollback()
                # one at least: all may be logged but the end
                cron._commit_progress(remaining=max(segments._count_waiting(), 1))
                break
            segment.invalidate_recordset()
            if not cron._commit_progress(
                max(segment.log_done - done, 0), remaining=segments._count_waiting()
            ):
                break  # its time is up; Odoo calls it again

    @api.model
    def _get_waiting_domain(self):
        return Domain("state", "=", "logging") & Domain("is_paused", "=", False)

    @api.model
    def _count_waiting(self):
        """Return how many contacts are still to be logged, of all segments (int)."""
        waiting = self.search(self._get_waiting_domain())
        return sum(waiting.mapped(lambda segment: segment.log_total - segment.log_done))

    def _log_slice_or_pause(self):
        """Log one slice as the user who asked for it; pause where it fails."""
        self.ensure_one()
        for tried in range(1, TRIES + 1):
            try:
                with mute_logger("odoo.sql_db"):
                    self._with_log_user()._log_slice()
                    self.env.flush_all()
                return
            except (IntegrityError, OperationalError) as error:
                # it met another transaction, as one that deletes a contact
                self.env.cr.rollback()
                if tried == TRIES:
                    self._pause(self._report(error))
            except ConcurrencyError:
                raise
            except Exception as error:
                # one that can't go on must not keep the others from being logged
                self.env.cr.rollback()
                self._pause(self._report(error))
                return

    def _report(self, error):
        return report_failure(self.env, error, _logger, "Could not log %s", self)

    def _with_log_user(self):
        """Return the segment as the user sees it who logs it."""
        user = self.log_uid.with_context(active_test=False)
        if not user.active:
            return self.sudo()
        return self.with_user(user).with_context(
            allowed_company_ids=self.company_id.ids, lang=user.lang, tz=user.tz
        )

    def _pause(self, problem):
        """Pause logging until a user has fixed the problem."""
        self._write_log(
            {
                "is_paused": True,
                "log_problem": self.env._(
                    "Logging is paused. Logged interactions are kept. %(error)s",
                    error=problem,
                ),
            }
        )

    # ------------------------------------------------------------------
    # One slice
    # ------------------------------------------------------------------

    def _get_slice_size(self):
        is_slow = (self.log_options or {}).get("is_slow")
        return SLICE_OF_CONTENTS if is_slow else SLICE

    def _log_slice(self):
        """Log the next contacts, and say how far it is."""
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            raise ConcurrencyError(f"{self} is locked")
        self.invalidate_recordset()
        if self.state != "logging" or self.is_paused:
            return
        batch = self._get_batch().sudo()  # nobody writes a batch
        if request := batch.log_request:
            batch.log_request = False
            self._apply_log_request(request)
            return
        if problem := self.template_id._get_problem(self.company_id):
            self._pause(problem)
            return
        self.env.flush_all()
        started = self._now()
        upto, count = self._get_slice_end()
        if count:
            left_out = self._leave_out(upto)
            if self.log_options["is_slow"]:
                left_out += self._log_contents(upto)
            else:
                self._log_set(upto)
            seconds = (self._now() - started).total_seconds()
            self._write_log(
                {
                    "log_cursor": upto,
                    "log_done": self.log_done + count,
                    "left_out_count": self.left_out_count + left_out,
                    "log_rate": count / max(seconds, 0.001),
                }
            )
        if count < self._get_slice_size():
            self._finish_log()

    def _now(self):
        [[now]] = self.env.execute_query(SQL("SELECT clock_timestamp()"))
        return now

    def _get_slice_end(self):
        """Return (the last line of the next slice, how many lines it has)."""
        [row] = self.env.execute_query(
            SQL(
                """SELECT MAX(id), COUNT(*) FROM (
                    SELECT id FROM interaction_segment_line
                    WHERE segment_id = %s AND id > %s AND is_removed IS NOT TRUE
                    ORDER BY id LIMIT %s
                ) line""",
                self.id,
                self.log_cursor,
                self._get_slice_size(),
            )
        )
        return row

    def _get_slice_sql(self, upto):
        """Return the SQL of which lines are in the slice that ends with `upto`."""
        return SQL(
            """line.segment_id = %s AND line.id > %s AND line.id <= %s
            AND line.is_removed IS NOT TRUE""",
            self.id,
            self.log_cursor,
            upto,
        )

    def _leave_out(self, upto):
        """Note which lines of the slice are left out, and why.

        :return: how many they are (int)
        """
        Line = self.env["interaction.segment.line"]
        self.env.cr.execute(
            SQL(
                """UPDATE %s line SET left_out = reasons.reason
                FROM (%s) reasons
                WHERE line.id = reasons.id AND reasons.reason IS NOT NULL""",
                SQL.identifier(Line._table),
                Line._get_reason_query(
                    self._get_slice_sql(upto),
                    self.log_options["chosen"],
                    deliver=self.log_options["deliver"],
                ),
            )
        )
        count = self.env.cr.rowcount
        Line.invalidate_model(["left_out"], flush=False)
        return count

    # ------------------------------------------------------------------
    # With one statement for many contacts
    # ------------------------------------------------------------------

    def _log_set(self, upto):
        """Log the lines of the slice with one statement for each kind of them."""
        Entry = self.env["interaction.log.entry"]
        for template, lang in self._get_templates_and_languages(upto):
            vals = self._prepare_set_vals(template, lang)
            vals["batch_id"] = self.log_options["batch_id"]
            entries = Entry._log_set(
                vals,
                self._prepare_set_columns(template, vals),
                self._get_set_source(upto, template, lang),
            )
            self._link_files(entries, template, lang)
            entries._after_log()
        self.env.invalidate_all(flush=False)
        self._add_line_files(upto)

    def _get_templates_and_languages(self, upto):
        """Return the (template, language) of the lines of the slice."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT template.id, %s %s",
                self._get_lang_sql(),
                self._get_source_sql(upto),
            )
        )
        templates = self.env["interaction.template"].browse(id_ for id_, _lang in rows)
        return sorted(
            zip(templates, (lang for _id, lang in rows), strict=True),
            key=lambda kind: (kind[0].id, kind[1]),
        )

    def _get_lang_sql(self):
        value = self.env["interaction.segment.line"]._get_line_value("lang")
        return value.get_sql(SQL("''"))

    def _get_source_sql(self, upto):
        Line = self.env["interaction.segment.line"]
        return SQL(
            """FROM interaction_segment_line line
            JOIN interaction_segment segment ON segment.id = line.segment_id
            JOIN res_partner partner ON partner.id = line.partner_id
            JOIN interaction_template template ON template.id = %s
            WHERE line.left_out IS NULL AND %s""",
            Line._get_line_value("template_id").get_sql(),
            self._get_slice_sql(upto),
        )

    def _get_set_source(self, upto, template, lang):
        return SQL(
            "%s AND template.id = %s AND %s = %s ORDER BY line.id",
            self._get_source_sql(upto),
            template.id,
            self._get_lang_sql(),
            lang,
        )

    # ------------------------------------------------------------------
    # One by one, where something is made for each contact
    # ------------------------------------------------------------------

    def _log_contents(self, upto):
        """Log the lines of the slice, making what goes with each.

        :return: how many were left out, as their content can't be made (int)
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT line.id %s",
                self._get_source_sql(upto),
            )
        )
        lines = self.env["interaction.segment.line"].browse(
            sorted(id_ for (id_,) in rows)
        )
        if not lines:
            return 0
        try:
            with isolated_savepoint(self.env.cr):
                entries = lines._log()
            failed = lines.browse()
        except UserError:
            entries, failed = lines._log_one_by_one()
        for (template, lang), group in entries.grouped(
            lambda entry: (entry.template_id, entry.lang)
        ).items():
            self._link_files(group, template, lang)
        if self.log_options["deliver"]:
            self._deliver(entries)
        return len(failed)
