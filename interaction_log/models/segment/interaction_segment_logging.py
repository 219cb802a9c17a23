import logging

from psycopg2 import IntegrityError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, clean_context, mute_logger

from ..base.savepoint import isolated_savepoint
from ..log.interaction_log_entry_checks import FUTURE
from .interaction_segment_line import CHOOSABLE, LEFT_OUT

_logger = logging.getLogger(__name__)

# How many contacts are logged at once: with one statement where all of it comes from
# the database, one by one where something is made for each of them
SLICE = 20_000
SLICE_OF_CONTENTS = 200
# How often a slice is tried that met another transaction
TRIES = 5
# How the source keys of segments begin
SEGMENT_KEY = "segment,"


class InteractionSegment(models.Model):
    """Logging a segment: exactly one entry for each contact, all in one batch.

    It goes in slices, each a transaction of its own where there are many: a worker that
    is killed loses its slice only, and the next one goes on after `log_cursor`.
    """

    _inherit = "interaction.segment"

    log_date = fields.Datetime(
        string="Logged For", readonly=True, copy=False, help="When it happened."
    )
    log_uid = fields.Many2one(
        "res.users",
        string="Logged By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    log_options = fields.Json(
        readonly=True,
        copy=False,
        help="What was chosen in the dialog: deliver, follow_up, chosen, and the files "
        "that all interactions share.",
    )
    log_cursor = fields.Integer(
        readonly=True, copy=False, help="The last line that is done."
    )
    log_total = fields.Integer(
        string="Contacts to Log", readonly=True, copy=False, aggregator=None
    )
    log_done = fields.Integer(
        string="Contacts Done", readonly=True, copy=False, aggregator=None
    )
    left_out_count = fields.Integer(
        string="Left Out", readonly=True, copy=False, aggregator=None
    )
    log_rate = fields.Float(
        string="Contacts per Second", readonly=True, copy=False, aggregator=None
    )
    is_paused = fields.Boolean(string="Paused", readonly=True, copy=False)
    log_problem = fields.Text(
        string="Why It Pauses",
        readonly=True,
        copy=False,
        help="Mend it, then continue.",
    )
    log_progress = fields.Float(string="Progress", compute="_compute_log_progress")
    log_estimate = fields.Char(string="Time Left", compute="_compute_log_progress")

    @api.depends("log_done", "log_total", "log_rate", "state")
    def _compute_log_progress(self):
        for segment in self:
            done, total = segment.log_done, segment.log_total
            segment.log_progress = 100 * done / total if total else 0
            segment.log_estimate = False
            if segment.state == "logging" and segment.log_rate:
                seconds = (total - done) / segment.log_rate
                segment.log_estimate = segment._get_duration_text(seconds)

    def _get_duration_text(self, seconds):
        if seconds < 90:
            return self.env._("%(count)s seconds", count=max(1, round(seconds)))
        if seconds < 5400:
            return self.env._("%(count)s minutes", count=round(seconds / 60))
        return self.env._("%(count)s hours", count=round(seconds / 3600, 1))

    # ------------------------------------------------------------------
    # Before anything is written
    # ------------------------------------------------------------------

    def _count_reasons(self, chosen=(), deliver=False):
        """Count the lines by why they will be left out.

        :param chosen: which of `CHOOSABLE` are logged all the same
        :param bool deliver: whether letters need an address
        :return: {reason, or None for those that will be logged: number}
        """
        self.ensure_one()
        self.env.flush_all()
        query = self.env["interaction.segment.line"]._get_reason_query(
            SQL("line.segment_id = %s AND line.is_removed IS NOT TRUE", self.id),
            chosen,
            self._get_templates(),
            deliver=deliver,
        )
        return dict(
            self.env.execute_query(
                SQL("SELECT reason, COUNT(*) FROM (%s) line GROUP BY reason", query)
            )
        )

    def _find_loggable(self, chosen, deliver):
        """Return {None: 1} where at least one line will be logged, else {}.

        All that is asked before logging; counting all of them takes a moment.
        """
        self.env.flush_all()
        query = self.env["interaction.segment.line"]._get_reason_query(
            SQL("line.segment_id = %s AND line.is_removed IS NOT TRUE", self.id),
            chosen,
            self._get_templates(),
            deliver=deliver,
        )
        rows = self.env.execute_query(
            SQL("SELECT 1 FROM (%s) line WHERE reason IS NULL LIMIT 1", query)
        )
        return {None: len(rows)} if rows else {}

    def _get_log_problem(self, reasons, date, deliver):
        """Say in one sentence why the segment can't be logged, or return False.

        :param dict reasons: as `_count_reasons` returns it
        """
        self.ensure_one()
        template = self.template_id
        if not template:
            return self.env._(
                "Choose a template for %(name)s: it says what kind of interaction it "
                "is.",
                name=self.name,
            )
        if problem := template._get_problem(self.company_id):
            return problem
        if not reasons:
            return self.env._(
                "%(name)s has no contacts. Add some first.", name=self.name
            )
        if date > fields.Datetime.now() + FUTURE:
            return self.env._(
                "%(date)s is too far ahead: the log says what happened.", date=date
            )
        if not reasons.get(None):
            return self.env._(
                "None of the contacts of %(name)s can be logged. Left out: "
                "%(reasons)s.",
                name=self.name,
                reasons=self._get_reasons_text(reasons),
            )
        if deliver:
            return self._get_delivery_problem()
        return False

    def _get_reasons_text(self, reasons):
        """Return how many are left out and why, as one phrase."""
        field = self.env["interaction.segment.line"]._fields["left_out"]
        labels = dict(field._description_selection(self.env))
        return ", ".join(
            self.env._(
                "%(reason)s (%(count)s)", reason=labels[name], count=reasons[name]
            )
            for name, _label in LEFT_OUT
            if reasons.get(name)
        )

    # ------------------------------------------------------------------
    # Log, pause, continue, stop
    # ------------------------------------------------------------------

    def action_log(self):
        """Log the segment as it stands: now, delivering nothing.

        Small ones at once, large ones in the background. `action_open_log` asks first.

        :return: the action that tells the user
        :raises UserError: where it can't be logged, or was logged before; says why
        :raises AccessError: where the user may not log, or not this segment
        """
        self.ensure_one()
        return self._start_log()

    def action_open_log(self):
        """Open the dialog that asks when it happened, and whether to deliver."""
        self.ensure_one()
        self._check_open()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "interaction_log.interaction_segment_log_action"
        )
        action["context"] = {"default_segment_id": self.id}
        return action

    def _start_log(self, date=None, deliver=False, follow_up=False, chosen=()):
        """Begin to log the segment; finish where it is small.

        :param date: when it happened, in UTC; now if not given
        :param bool deliver: send e-mails and make letters
        :param bool follow_up: make a segment of those that were logged
        :param chosen: which of `CHOOSABLE` are logged all the same
        :return: the action that tells the user
        :raises UserError, AccessError: see `action_log`; nothing is written then
        """
        self.ensure_one()
        self._lock()
        self._check_open()
        self.env["interaction.log.entry"].check_access("create")
        date = (date or fields.Datetime.now()).replace(microsecond=0)
        chosen = [name for name in CHOOSABLE if name in chosen]
        reasons = self._find_loggable(chosen, deliver) or self._count_reasons(
            chosen, deliver
        )
        if problem := self._get_log_problem(reasons, date, deliver):
            raise UserError(problem)
        # a default of another model must not become a fact
        batch = self.env["interaction.batch"].with_context(
            clean_context(self.env.context)
        )
        # the right to log was asked; only the system says that it is a segment's
        batch = batch.sudo().create(
            {
                "name": self.subject or self.name,
                "event": "segment",
                "company_id": self.company_id.id,
                "segment_id": self.id,
            }
        )
        self._write_log(
            {
                "state": "logging",
                "log_date": date,
                "log_uid": self.env.uid,
                "log_total": self.line_count,
                "log_options": {
                    "batch_id": batch.id,
                    "deliver": deliver,
                    "follow_up": follow_up,
                    "chosen": chosen,
                    "is_slow": self._has_contents() or deliver,
                },
            }
        )
        self._share_files()
        if self.line_count > self._get_slice_size():
            self.env.ref("interaction_log.ir_cron_log_segments")._trigger()
            return self._get_notification(
                self.env._(
                    "%(name)s is being logged in the background: %(count)s contacts. "
                    "You can go on with your work.",
                    name=self.name,
                    count=self.line_count,
                )
            )
        try:
            while self.state == "logging" and not self.is_paused:
                self._log_slice()
        except IntegrityError as error:
            # a contact was deleted a moment ago: with fresh eyes it is left out
            raise ConcurrencyError(str(error)) from error
        if self.is_paused:
            raise UserError(self.log_problem)
        return self._get_notification(self._get_result_text())

    def _write_log(self, vals):
        """Write how far logging is; no user does it by hand."""
        self.sudo().write(vals)
        self.flush_recordset()

    def _get_notification(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_result_text(self):
        """Return how many were logged and left out, in one sentence."""
        logged = self.log_done - self.left_out_count
        if not self.left_out_count:
            return self.env._(
                "%(name)s: %(count)s interactions logged.",
                name=self.name,
                count=logged,
            )
        return self.env._(
            "%(name)s: %(count)s interactions logged, %(left_out)s contacts left out.",
            name=self.name,
            count=logged,
            left_out=self.left_out_count,
        )

    def action_pause(self):
        """Let logging rest after the contacts that are being logged at this moment."""
        return self._control("pause")

    def action_stop(self):
        """End logging; those that are not logged yet are left out for good."""
        return self._control("stop")

    def action_continue(self):
        """Go on with logging."""
        self._check_logging()
        for segment in self:
            segment._lock()
            # who continues takes over: the other one may have lost the right
            segment._write_log(
                {"is_paused": False, "log_problem": False, "log_uid": self.env.uid}
            )
        self.env.ref("interaction_log.ir_cron_log_segments").sudo()._trigger()

    def _check_logging(self):
        """Raise an error unless the segments are being logged, and by the user's right.

        :raises UserError: where one is not being logged
        """
        self.check_access("write")
        for segment in self:
            if segment.state != "logging":
                raise UserError(
                    self.env._("%(name)s is not being logged.", name=segment.name)
                )

    def _control(self, request):
        """Let logging pause or stop: now, or after the slice that is being logged.

        Who logs a slice holds the segment. The batch is free: what is to be done next
        is written there.

        :param str request: `pause` or `stop`
        :return: the action that tells the user, where it is done a little later
        :raises UserError: where nothing is being logged
        """
        self._check_logging()
        busy = self - self.try_lock_for_update(allow_referencing=True)
        for segment in self - busy:
            segment._take_request(request)
        if not busy:
            return None
        for segment in busy:
            # nobody writes a batch
            segment._get_batch().sudo().log_request = request
        return self._get_notification(
            self.env._("It takes effect after the contacts that are being logged now.")
        )

    def _take_request(self, request):
        """Pause or stop logging; the segment is locked."""
        if request == "stop":
            self._leave_out_rest()
            self._finish_log()
        else:
            self._write_log({"is_paused": True, "log_problem": False})

    def _leave_out_rest(self):
        Line = self.env["interaction.segment.line"]
        Line.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE %s SET left_out = 'stopped'
                WHERE segment_id = %s AND id > %s AND is_removed IS NOT TRUE""",
                SQL.identifier(Line._table),
                self.id,
                self.log_cursor,
            )
        )
        count = self.env.cr.rowcount
        Line.invalidate_model(["left_out"])
        self._write_log(
            {
                "left_out_count": self.left_out_count + count,
                "log_done": self.log_done + count,
            }
        )

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
                segment._log_slice_guarded()
            except ConcurrencyError:
                self.env.cr.rollback()
                break  # somebody changes it at this moment; Odoo calls it again
            segment.invalidate_recordset()
            rest = segments.search(self._get_waiting_domain())
            remaining = sum(rest.mapped(lambda one: one.log_total - one.log_done))
            if not cron._commit_progress(
                max(segment.log_done - done, 0), remaining=remaining
            ):
                break  # its time is up; Odoo calls it again

    @api.model
    def _get_waiting_domain(self):
        return Domain("state", "=", "logging") & Domain("is_paused", "=", False)

    def _log_slice_guarded(self):
        """Log one slice as the user who asked for it; pause where it fails."""
        self.ensure_one()
        for tried in range(1, TRIES + 1):
            try:
                with mute_logger("odoo.sql_db"):
                    self._as_logger()._log_slice()
                    self.env.flush_all()
                return
            except (IntegrityError, OperationalError) as error:
                # it met another transaction, as one that deletes a contact
                self.env.cr.rollback()
                if tried == TRIES:
                    self._pause(error)
            except ConcurrencyError:
                raise
            except Exception as error:
                # one that can't go on must not keep the others from being logged
                self.env.cr.rollback()
                _logger.exception("Could not log %s", self)
                self._pause(error)
                return

    def _as_logger(self):
        """Return the segment as the user sees it who logs it."""
        user = self.log_uid.with_context(active_test=False)
        if not user.active:
            return self.sudo()
        return self.with_user(user).with_context(
            allowed_company_ids=self.company_id.ids, lang=user.lang, tz=user.tz
        )

    def _pause(self, error):
        """Let logging rest until somebody has mended what is wrong."""
        self._write_log(
            {
                "is_paused": True,
                "log_problem": self.env._(
                    "Logging pauses, nothing is lost: %(error)s", error=error
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
            self._take_request(request)
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
                    self._get_templates(),
                    deliver=self.log_options["deliver"],
                ),
            )
        )
        count = self.env.cr.rowcount
        Line.invalidate_model(["left_out"], flush=False)
        return count

    def _log_set(self, upto):
        """Log the lines of the slice with one statement for each kind of them."""
        Entry = self.env["interaction.log.entry"]
        for template, lang in self._get_kinds(upto):
            vals = self._prepare_set_vals(template, lang)
            entries = Entry._log_set(
                vals,
                self._prepare_set_columns(template, vals),
                self._get_set_source(upto, template, lang),
            )
            self._link_files(entries, template, lang)
            entries._after_log()
        self.env.invalidate_all(flush=False)
        self._add_line_files(upto)

    def _add_line_files(self, upto):
        """Give the entries of the slice the files that only their lines have."""
        lines = self.env["interaction.segment.line"].search(
            [
                ("segment_id", "=", self.id),
                ("id", ">", self.log_cursor),
                ("id", "<=", upto),
                ("is_removed", "=", False),
                ("left_out", "=", False),
                ("attachment_ids", "!=", False),
            ]
        )
        if not lines:
            return
        Entry = self.env["interaction.log.entry"].sudo()  # as `_log` of the lines
        ids = Entry._find_source_keys(
            {f"{self._get_key_prefix()}{line.id}" for line in lines}
        )
        for line in lines:
            entry = Entry.browse(ids[f"{self._get_key_prefix()}{line.id}"])
            entry._add_attachments(line.attachment_ids)

    def _get_kinds(self, upto):
        """Return the (template, language) of the lines of the slice."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT template.id,
                    COALESCE(line.lang, segment.lang, partner.lang, '')
                %s""",
                self._get_source_sql(self._get_slice_sql(upto), self._get_templates()),
            )
        )
        templates = self.env["interaction.template"].browse(id_ for id_, _lang in rows)
        return sorted(
            zip(templates, (lang for _id, lang in rows), strict=True),
            key=lambda kind: (kind[0].id, kind[1]),
        )

    def _get_source_sql(self, condition, templates):
        return SQL(
            """FROM interaction_segment_line line
            JOIN interaction_segment segment ON segment.id = line.segment_id
            JOIN res_partner partner ON partner.id = line.partner_id
            JOIN %s template
                ON template.id = COALESCE(line.template_id, segment.template_id)
            WHERE line.left_out IS NULL AND %s""",
            self.env["interaction.segment.line"]._get_templates_sql(templates),
            condition,
        )

    def _get_set_source(self, upto, template, lang):
        return SQL(
            """%s AND COALESCE(line.lang, segment.lang, partner.lang, '') = %s
            ORDER BY line.id""",
            self._get_source_sql(self._get_slice_sql(upto), template),
            lang,
        )

    def _get_key_prefix(self):
        return f"{SEGMENT_KEY}{self.id},"

    # ------------------------------------------------------------------
    # What is made for each contact
    # ------------------------------------------------------------------

    def _has_contents(self):
        """Say whether something is made for each contact: a text or a merged file."""
        templates = self._get_templates()
        return bool(templates.mail_template_id) or any(
            language.merge and language.merge_fields
            for language in templates.language_ids
        )

    def _get_templates(self):
        """Return the templates of the segment and of its lines."""
        self.env["interaction.segment.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT template_id FROM interaction_segment_line
                WHERE segment_id = %s AND template_id IS NOT NULL""",
                self.id,
            )
        )
        return self.template_id | self.template_id.browse(id_ for (id_,) in rows)

    def _log_contents(self, upto):
        """Log the lines of the slice, making what goes with each.

        :return: how many were left out, as their content can't be made (int)
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT line.id %s",
                self._get_source_sql(self._get_slice_sql(upto), self._get_templates()),
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

    # ------------------------------------------------------------------
    # Files that all have
    # ------------------------------------------------------------------

    def _share_files(self):
        """Let the batch own the files that are the same for many contacts.

        Each is stored once, whatever becomes of segment and template, and who reads
        the batch reads it.
        """
        batch = self._get_batch()
        shared, own = {}, []
        if not self.log_options["is_slow"]:
            # else each entry has its own: `_prepare_contents`
            for language in self._get_templates().language_ids:
                shared[str(language.id)] = self._share_file(
                    batch, language.filename, language._get_content()
                )
        for file in self.attachment_ids:
            own.append(self._share_file(batch, file.name, file.raw))
        if shared or own:
            self._write_log(
                {"log_options": {**self.log_options, "shared": shared, "own": own}}
            )

    def _share_file(self, batch, name, content):
        return (
            self.env["ir.attachment"]
            .sudo()  # nobody writes a batch
            .create(
                {
                    "name": name,
                    "raw": content,
                    "res_model": batch._name,
                    "res_id": batch.id,
                }
            )
            .id
        )

    def _get_batch(self):
        """Return the batch that the segment is logged into."""
        return self.env["interaction.batch"].browse(self.log_options["batch_id"])

    def _link_files(self, entries, template, lang):
        """Give new entries the files that they share."""
        options = self.log_options
        ids = list(options.get("own") or ())
        if shared := options.get("shared"):
            ids += [
                shared[str(language.id)]
                for language in template._get_files(lang)
                if str(language.id) in shared
            ]
        entries._link_shared_files(ids)

    # ------------------------------------------------------------------
    # The end
    # ------------------------------------------------------------------

    def _finish_log(self):
        """Say that the segment is logged, and make what was to come after it."""
        self.ensure_one()
        options, batch = self.log_options, self._get_batch()
        self._write_log({"state": "logged", "is_paused": False, "log_problem": False})
        text = self._get_result_text()
        self.sudo()._message_log(body=text)  # also where only managers may write
        if options["follow_up"] and self.log_done > self.left_out_count:
            try:
                with isolated_savepoint(self.env.cr):
                    self._create_follow_up(batch, "all")
            except UserError as error:
                # all of them are logged: that stays, and the batch can be followed up
                self.sudo()._message_log(
                    body=self.env._(
                        "The follow-up segment could not be made: %(error)s",
                        error=error,
                    )
                )
        if self.log_total > self._get_slice_size():
            self.log_uid._bus_send(
                "simple_notification", {"type": "success", "message": text}
            )
