from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, clean_context

from ..base.constants import (
    CHANNELS,
    EVALUATIONS,
    FLOWS,
    HAND_EVENTS,
    INITIATORS,
    OUTCOMES,
)
from ..base.interaction_value_mixin import is_id

# How the source key begins that stands for a document, not for one happening
ONCE = "once,"
# The keys that are free again once their entry is canceled: what they stand for may be
# logged again. The canceled entry keeps its own behind this beginning.
RELEASED_KEYS = (ONCE, "meeting,", "activity,")
RELEASED = "released,"

# What may change after logging, by who may write the entry (`_get_mutable_fields`)
MUTABLE_FIELDS = frozenset(("evaluation", "outcome", "note"))


class InteractionLogEntry(models.Model):
    """One interaction with one contact, as it happened.

    Written once, by `log_interactions` only. Afterwards only evaluation, outcome, note
    and delivery change, and the entry can be canceled and restored. Only canceled
    entries can be deleted. It outlives its contact and its document.
    """

    _name = "interaction.log.entry"
    _description = "Interaction Log Entry"
    _inherit = [
        "interaction.former.user.mixin",
        "interaction.event.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "interaction.value.mixin",
        "interaction.document.link.mixin",
        "interaction.document.mixin",
        "interaction.technical.mixin",
    ]
    _order = "date desc, id desc"
    _rec_names_search = ["name", "partner_name", "document_name"]
    _former_user_fields = ("user_id", "cancel_uid", "create_uid")
    # who reads an interaction may comment on it and plan what follows
    _mail_post_access = "read"

    # What it was about
    name = fields.Char(string="Subject", required=True, index="trigram")
    # Searching in it reads all notes. An index would take 0.1 ms more for each note of
    # 300 characters, where a row takes 0.04 in a segment.
    note = fields.Html()
    template_id = fields.Many2one(
        "interaction.template", required=True, index=True, ondelete="restrict"
    )
    group_id = fields.Many2one(
        "interaction.group", required=True, index=True, ondelete="restrict"
    )
    # With whom. No constraint may name a contact column: merging contacts deletes the
    # rows that violate one (base_partner_merge).
    partner_id = fields.Many2one("res.partner", string="Contact", ondelete="set null")
    partner_name = fields.Char(
        string="Contact Name",
        index="trigram",
        help="Name of the contact at that time.",
    )
    commercial_partner_id = fields.Many2one(
        "res.partner",
        string="Company of the Contact",
        ondelete="set null",
        help="Company of the contact at that time.",
    )
    contact_via = fields.Char(
        string="Phone or Address", help="Phone number or address used."
    )
    lang = fields.Selection(selection="_get_lang_selection", string="Language")
    user_id = fields.Many2one(
        "res.users", string="Salesperson", index=True, ondelete="set null"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    # How it went
    channel = fields.Selection(CHANNELS, required=True)
    flow = fields.Selection(FLOWS, string="Information Flow", required=True)
    initiated_by = fields.Selection(INITIATORS, required=True)
    date = fields.Datetime(
        required=True, index=True, help="Date of the interaction, not of the log entry."
    )
    duration = fields.Float(help="Duration in hours.")
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")
    cost = fields.Monetary()
    evaluation = fields.Selection(EVALUATIONS, tracking=True)
    outcome = fields.Selection(OUTCOMES, tracking=True)
    campaign_id = fields.Many2one(
        "utm.campaign", index="btree_not_null", ondelete="set null"
    )
    campaign_target = fields.Boolean()
    campaign_response = fields.Boolean()
    batch_id = fields.Many2one(
        "interaction.batch",
        ondelete="set null",
        help="Batch of interactions logged together, such as a meeting with several "
        "contacts.",
    )
    # Where it comes from
    event = fields.Selection(string="Recorded As", required=True, default="manual")
    # of the event that it comes from: the same event is never logged twice
    source_key = fields.Char(copy=False, technical=True)
    occurrence_count = fields.Integer(
        string="Occurrences",
        default=1,
        help="Number of occurrences, if repeats are merged.",
    )
    last_date = fields.Datetime(
        string="Last Occurrence",
        help="Date of the last occurrence, if repeats are merged.",
    )
    document_name = fields.Char(index="trigram")
    # from the traces that the document left: messages, stored files and the like
    is_backfilled = fields.Boolean(string="Filled In Later", copy=False)
    delivery_status = fields.Selection(
        [
            ("none", "None"),
            ("pending", "Pending"),
            ("sent", "Sent"),
            ("opened", "Opened"),
            ("bounced", "Bounced"),
            ("error", "Not Delivered"),
        ],
        required=True,
        default="none",
    )
    # Whether it counts
    state = fields.Selection(
        [("postponed", "Draft"), ("logged", "Logged"), ("canceled", "Canceled")],
        string="Status",
        required=True,
        default="logged",
    )

    # the key first: those of the system are asked for whatever the company
    _source_key_uniq = models.UniqueIndex(
        "(source_key, company_id) WHERE source_key IS NOT NULL",
        "This event is already logged.",
    )

    # when somebody logged what by hand last (`_get_suggested` of the templates)
    _by_hand_idx = models.Index(
        f"(create_uid, template_id, date) WHERE event IN {HAND_EVENTS}"
    )

    @api.model
    def _get_lang_selection(self):
        return self.env["res.lang"].get_installed()

    # ------------------------------------------------------------------
    # Logging
    # ------------------------------------------------------------------

    @api.model
    def log_interactions(self, vals_list: list[api.ValuesType]) -> api.Self:
        """Log interactions: the one method for people, event sources, addons and RPC.

        Values that are not given come from the template, the contact and the company
        (`_prepare_log_vals`). A `source_key` that the company has logged already is not
        logged again: its entry is returned. Wrong values abort the whole call before
        anything is written.

        The number of queries does not depend on the number of interactions, but for
        those with attachments.

        :param vals_list: one dict of field values for each interaction; at least
            `template_id` and `partner_id`. `duration` in hours, `date` in UTC,
            `cost` in the currency of the company. Of a document `res_model` and
            `res_id` are enough: its name is taken from it.
        :return: the entries, old and new, in the order of `vals_list`
        :raises UserError: where a value is missing or wrong; names the interaction
        :raises AccessError: where the user may not log, or not for that company
        :raises psycopg2.errors.SerializationFailure: where another transaction logs the
            same `source_key` at this moment; Odoo runs such a request again
        """
        if not isinstance(vals_list, list | tuple) or not all(
            isinstance(vals, dict) for vals in vals_list
        ):
            raise ValidationError(
                self.env._(
                    "Provide a list of interactions, each as a dictionary of field "
                    "names and values."
                )
            )
        return self.create(vals_list)

    @api.model_create_multi
    def create(self, vals_list):
        # Whatever creates, import and RPC too, is checked and completed here. The
        # context is cleaned: a default of another model must not become a fact.
        log = self.with_context(clean_context(self.env.context))
        log.check_access("create")
        if not vals_list:
            return super().create(vals_list)
        complete = log._complete_log_vals(vals_list)
        contents = log._prepare_contents(vals_list, complete)
        entries, created = log._insert_entries(complete)
        created.check_access("create")
        if any(vals.get("attachment_ids") for vals in complete):
            created._assign_attachments()
        # where a key was given twice, the first one is the one that was inserted
        created._attach_files(
            dict(zip(reversed(entries._ids), reversed(contents), strict=True))
        )
        vals_of_id = dict(zip(reversed(entries._ids), reversed(complete), strict=True))
        created.browse(
            id_
            for id_ in created._ids
            if vals_of_id[id_].get("state", "logged") == "logged"
        )._after_log()
        return entries.with_env(self.env)

    def _after_log(self) -> None:
        """Called once on new entries, however many were logged; override to do more.

        Not on postponed ones: they are logged when they are finished.
        """

    def _prepare_log_vals(
        self,
        vals: api.ValuesType,
        template: models.BaseModel,
        partner: models.BaseModel,
        company: models.BaseModel,
    ) -> api.ValuesType:
        """Return the values of an entry where `vals` doesn't say otherwise.

        This is the whole contract between a template and its entries. Override to pass
        more on. Called once for each interaction, before anything is written.

        :param vals: what the caller says, and the date in UTC
        :param template: `interaction.template`
        :param partner: `res.partner` with whom it was
        :param company: `res.company` that logs it
        :return: dict of field values; `duration` in hours, `cost` in the currency of
            the company
        """
        return {
            "name": template._get_subject(vals.get("document_name")),
            "group_id": template.group_id.id,
            "channel": template._get_channel(partner, vals.get("event") or "manual"),
            "flow": template.flow,
            "initiated_by": template.initiated_by,
            "duration": template.unit_duration,
            "is_duration_estimated": "duration" not in vals
            and bool(template.unit_duration),
            "cost": self._get_template_cost(template, company, vals["date"]),
            "campaign_id": template.campaign_id.id,
            "campaign_target": template.campaign_target,
            "campaign_response": template.campaign_response,
            "company_id": company.id,
            "currency_id": company.sudo().currency_id.id,
            "partner_name": partner.complete_name,
            "commercial_partner_id": partner.commercial_partner_id.id,
            "lang": partner.lang,
            "user_id": self.env.uid,
            "last_date": vals["date"],
        }

    def _get_template_cost(self, template, company, date):
        """Return the template's unit cost in the currency of `company` on `date`."""
        currency = company.sudo().currency_id
        if not template.unit_cost or template.currency_id == currency:
            return template.unit_cost
        day = fields.Datetime.to_datetime(date).date()
        return template.currency_id._convert(template.unit_cost, currency, company, day)

    def _complete_log_vals(self, vals_list):
        """Check what is given and complete it; writes nothing.

        :raises UserError: with one sentence for each wrong value
        """
        known = self._browse_given(vals_list)

        def find(name, vals):
            return known[name].get(vals[name]) if is_id(vals.get(name)) else None

        result, errors = [], []
        for number, vals in enumerate(vals_list, 1):
            template = find("template_id", vals)
            partner = find("partner_id", vals)
            company = find("company_id", vals)
            if not vals.get("company_id"):
                company = self.env.company
            sentences = self._get_log_errors(vals, template, partner, company, known)
            if sentences:
                errors += [(number, sentence) for sentence in sentences]
            else:
                date = fields.Datetime.to_datetime(vals.get("date"))
                given = {
                    **vals,
                    "company_id": company.id,
                    "date": (date or fields.Datetime.now()).replace(microsecond=0),
                    "source_key": vals.get("source_key") or False,  # "" is none
                }
                document = known["res_id"].get(
                    (vals.get("res_model"), vals.get("res_id"))
                )
                if document and "document_name" not in vals:
                    given["document_name"] = document.display_name
                defaults = self._prepare_log_vals(given, template, partner, company)
                result.append({**defaults, **given})
        if errors and len(vals_list) == 1:
            raise ValidationError("\n".join(sentence for _number, sentence in errors))
        if errors:
            raise ValidationError(
                "\n".join(
                    self.env._(
                        "Interaction %(number)s: %(error)s",
                        number=number,
                        error=sentence,
                    )
                    for number, sentence in errors
                )
            )
        return result

    def _insert_entries(self, vals_list):
        """Insert complete values with one statement, whatever their number.

        The ORM's own INSERT knows no ON CONFLICT and takes a hundred rows at a time,
        and fills the cache with each field of each row (`./dev bench create`: a tenth
        to a half more time). Here replayed keys are left out by the database, and a key
        that another transaction is writing raises a serialization failure, which Odoo
        retries.
        What the ORM does around its INSERT (defaults, computed and x2many fields,
        Python constraints) is done here, too.

        :return: (entries in the order of `vals_list`, those of them that are new)
        """
        rows = self._prepare_create_values(vals_list)
        for vals in rows:
            vals.pop("__precomputed__", None)
            # nobody has changed it yet, and the database checks each user
            vals.pop("write_uid", None)
        computed = [self._get_inserted_sql(vals) for vals in rows]
        names = sorted({name for vals in (*rows, *computed) for name in vals})
        columns = [name for name in names if self._fields[name].column_type]
        self.flush_model(["source_key"])
        inserted = self.env.execute_query(
            SQL(
                """INSERT INTO %s (%s) VALUES %s
                ON CONFLICT (source_key, company_id) WHERE source_key IS NOT NULL
                DO NOTHING RETURNING id, company_id, source_key""",
                SQL.identifier(self._table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(
                    self._get_row_sql(vals, columns, known)
                    for vals, known in zip(rows, computed, strict=True)
                ),
            )
        )
        created = self.browse(id_ for id_, *_key in inserted)
        id_of_key = {(company_id, key): id_ for id_, company_id, key in inserted if key}
        keys = [
            (vals["company_id"], vals["source_key"]) if vals.get("source_key") else None
            for vals in rows
        ]
        id_of_key.update(self._find_source_keys({*keys} - {None} - id_of_key.keys()))
        # RETURNING keeps the order of the rows, less those left out
        unkeyed = iter([id_ for id_, _company_id, key in inserted if not key])
        ids = [id_of_key[key] if key else next(unkeyed) for key in keys]
        # where a key was given twice, the first row is the one that was inserted
        vals_of_id = dict(zip(reversed(ids), reversed(rows), strict=True))
        created._after_insert([vals_of_id[id_] for id_ in created._ids], names)
        return self.browse(ids), created

    def _find_source_keys(self, keys):
        """Return {(company id, key): id} of the entries that are logged already.

        :param keys: set of (company id, key)
        :raises AccessError: where the user may not see one of them
        """
        if not keys:
            return {}
        entries = (
            self.sudo()
            .search_fetch(  # an entry out of sight has its key, too
                [
                    ("source_key", "in", [key for _company_id, key in keys]),
                    (
                        "company_id",
                        "in",
                        list({company_id for company_id, _key in keys}),
                    ),
                ],
                ["company_id", "source_key"],
            )
            .filtered(lambda entry: (entry.company_id.id, entry.source_key) in keys)
        )
        if len(entries.sudo(self.env.su)._filtered_access("read")) < len(entries):
            raise AccessError(
                self.env._(
                    "This source key is used by an interaction you can't access."
                )
            )
        return {(entry.company_id.id, entry.source_key): entry.id for entry in entries}

    def _after_insert(self, vals_list, names):
        """Do for inserted rows what the ORM does after its own INSERT."""
        given = [
            ([self._fields[name] for name in vals if self._fields[name].compute], entry)
            for entry, vals in zip(self, vals_list, strict=True)
        ]
        with self.env.protecting(given):
            self.modified(self._fields, create=True)
            for name in names:
                if not self._fields[name].column_type:
                    self._fields[name].create(
                        [
                            (entry, vals[name])
                            for entry, vals in zip(self, vals_list, strict=True)
                            if vals.get(name)
                        ]
                    )
        # what is asked of every new entry, also by the rules on logging, is not read
        for name in ("state", "company_id"):
            values = [vals.get(name) or None for vals in vals_list]
            self._fields[name]._insert_cache(self, values)
        for field in self._fields.values():
            if field.type == "one2many":
                continue  # nothing points to what is new
            for inverse in self.pool.field_inverses[field]:
                self.env[inverse.model_name].invalidate_model([inverse.name])
        self._validate_fields(names)

    # ------------------------------------------------------------------
    # Facts are written once
    # ------------------------------------------------------------------

    @api.model
    def _get_mutable_fields(self) -> frozenset[str]:
        """Return the names of the fields that users may change after logging.

        Override to add your own: what is no fact of the interaction itself.
        """
        return MUTABLE_FIELDS

    def write(self, vals):
        facts = sorted(set(vals) - self._get_mutable_fields())
        if facts:
            raise UserError(
                self.env._(
                    "%(fields)s can't be changed after logging. Correct the "
                    "interaction instead.",
                    fields=", ".join(
                        self._get_label(name) if name in self._fields else name
                        for name in facts
                    ),
                )
            )
        for name, value in vals.items():
            if errors := self._get_value_errors(name, value, {}):
                raise ValidationError(errors[0])
        self._check_not_canceled()
        notes = {entry: entry.note for entry in self} if "note" in vals else {}
        result = super().write(vals)
        self._log_note_changes(notes)
        return result

    def _write_facts(self, vals):
        """Write what a user can't; for server code that has checked the case.

        Past the check in `write`, and past what other addons add to that.
        """
        entries = self.with_context(mail_notrack=True)  # facts are no changes
        return super(InteractionLogEntry, entries).write(vals)  # pylint: disable=super-method-mismatch,bad-super-call # see above

    def _lock_table(self):
        """Take the table as an insert does, or fail at once.

        An insert would wait for as long as who maintains the table needs.

        :raises psycopg2.errors.LockNotAvailable: where the table is locked
        """
        self.env.cr.execute(
            SQL(
                "LOCK TABLE %s IN ROW EXCLUSIVE MODE NOWAIT",
                SQL.identifier(self._table),
            ),
            log_exceptions=False,
        )
