from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class InteractionLogEntry(models.Model):
    """What goes with an interaction: its files, and the e-mail text that is its note.

    The template's are made for the contact, before the interaction is written: what
    goes wrong goes wrong before anything is written.
    """

    _inherit = "interaction.log.entry"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    # the access is checked of its own files; otherwise of all there are, for each page
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Attachments", bypass_search_access=True
    )

    @api.model
    def _get_inserted_sql(self, vals) -> dict[str, SQL]:
        """Return {column: SQL} of what the database finds when `vals` are inserted.

        A hook: extend it, where another query for each insert is too much.
        """
        return {}

    @api.model
    def _get_row_sql(self, vals, columns, computed):
        row = tuple(
            self._fields[name].convert_to_column_insert(vals.get(name), self, vals)
            for name in columns
        )
        if not computed:
            return row
        values = (
            computed.get(name) or SQL("%s", value)
            for name, value in zip(columns, row, strict=True)
        )
        return SQL("(%s)", SQL(", ").join(values))

    @api.model
    def _prepare_contents(self, vals_list, complete_list):
        """Make the files and texts of interactions that are about to be logged.

        Puts the e-mail text into the values as subject and note where nobody says
        otherwise; writes nothing.

        :param list vals_list: what the caller says of each interaction
        :param list complete_list: its complete values
        :return: list of lists of (file name, content in bytes), one for each
        :raises UserError: where a file or a text can't be made
        """
        contents = [[] for _vals in complete_list]
        templates = self.env["interaction.template"].browse(
            {vals["template_id"] for vals in complete_list}
        )
        if not any(
            template.default_lang_id or template.mail_template_id
            for template in templates
        ):
            return contents
        logged = self._find_source_keys(
            {
                (vals["company_id"], vals["source_key"])
                for vals in complete_list
                if vals["source_key"]
            }
        )
        rows = [
            row
            for row in zip(vals_list, complete_list, contents, strict=True)
            # a replay; its entry has it all
            if (row[1]["company_id"], row[1]["source_key"]) not in logged
        ]
        drafts_by_mail = defaultdict(list)
        stored = {}  # a file that is the same for all is read once
        # one recordset, so that all contacts are read at once
        drafts = self.browse().concat(*(self.new(vals) for _given, vals, _ in rows))
        for draft, (given, vals, files) in zip(drafts, rows, strict=True):
            template = draft.template_id
            if not given.get("name"):
                # the log is read by users, what goes with it by the contact
                draft.name = template.with_context(
                    lang=draft._get_content_lang()
                )._get_subject(draft.document_name)
            if "attachment_ids" not in given:
                files.extend(draft._make_files(template._get_files(draft.lang), stored))
            is_told = bool(given.get("name")) and "note" in given
            if template.mail_template_id and vals["channel"] == "email" and not is_told:
                drafts_by_mail[template.mail_template_id].append((draft, given, vals))
        for mail_template, drafts in drafts_by_mail.items():
            texts = self._render_mail(
                mail_template, [draft for draft, _given, _vals in drafts]
            )
            for (_draft, given, vals), (subject, body) in zip(
                drafts, texts, strict=True
            ):
                vals["name"] = given.get("name") or subject or vals["name"]
                if "note" not in given:
                    vals["note"] = body
        return contents

    def _make_files(self, template_files, stored):
        """Return (file name, content in bytes) of each file, merged where it is to be.

        :param template_files: `interaction.template.file`
        :param dict stored: {file: content} of those read before; is added to
        :raises UserError: where a file can't be merged
        """
        files = []
        for file in template_files:
            if file.merge and file.merge_fields:
                content = file._get_merged_content(self._get_merge_values())
            else:
                if file not in stored:
                    stored[file] = file._get_plain_content()
                content = stored[file]
            if not content:
                raise UserError(
                    self.env._(
                        "The file %(name)s of the template %(template)s is missing. "
                        "Upload it again.",
                        name=file.filename,
                        template=file.template_id.name,
                    )
                )
            files.append((file.filename, content))
        return files

    def _get_content_lang(self):
        """Return the language of what the contact gets: an installed one."""
        lang = self.env["res.lang"]._get_code(self.lang) if self.lang else False
        return lang or self.env.lang

    @api.model
    def _render_mail(self, mail_template, drafts):
        """Return (subject, body) of the e-mail text for each interaction.

        :param mail_template: `mail.template` for interaction log entries
        :param list drafts: `interaction.log.entry` records, stored or not; the text is
            in the language of each
        :raises UserError: where the text can't be made; names the contact
        """
        langs = {draft.id: draft._get_content_lang() for draft in drafts}
        try:
            subjects, bodies = (
                mail_template._render_field(field, list(langs), res_ids_lang=langs)
                for field in ("subject", "body_html")
            )
        except (UserError, ValueError) as error:
            if len(drafts) > 1:  # find the one that fails, and say so
                return [self._render_mail(mail_template, [one])[0] for one in drafts]
            raise UserError(
                self.env._(
                    "The e-mail text %(text)s can't be generated for %(contact)s: "
                    "%(error)s",
                    text=mail_template.name,
                    contact=drafts[0].partner_name or "",
                    error=error,
                )
            ) from error
        return [
            (draft._complete_subject(subjects[draft.id]), bodies[draft.id])
            for draft in drafts
        ]

    def _complete_subject(self, subject):
        """Return the subject of an e-mail with the document that it is about."""
        subject = " ".join((subject or "").split())
        if subject and self.document_name and self.document_name not in subject:
            subject = f"{subject} {self.document_name}"
        return subject

    def _attach_files(self, contents):
        """Give the new entries the files that were made for them.

        Each entry gets attachments of its own; Odoo stores equal contents once.

        :param dict contents: {id of an entry: list of (file name, content in bytes)}
        :return: the attachments
        """
        vals_list = [
            {
                "name": filename,
                "raw": content,
                "res_model": self._name,
                "res_id": entry.id,
            }
            for entry in self
            # the last one first: attachments are shown in that order
            for filename, content in reversed(contents[entry.id])
        ]
        attachments = self.env["ir.attachment"].create(vals_list)
        if not attachments:
            return attachments
        self._fields["attachment_ids"].write_batch(
            [
                (
                    self.browse(entry_id),
                    [Command.link(attachment.id) for attachment in owned],
                )
                for entry_id, owned in attachments.grouped("res_id").items()
            ]
        )
        return attachments

    def _assign_attachments(self):
        """Give each entry attachments of its own, so that who reads it reads them.

        The user's own attachment of nothing becomes the entry's; any other one is
        copied, which stores no content twice (`ir.attachment`).
        """
        for entry in self:
            owned = entry.attachment_ids.browse()
            # read access was checked when they were linked
            for attachment in entry.attachment_ids.sudo():
                link = {"res_model": self._name, "res_id": entry.id}
                if link == {name: attachment[name] for name in link}:
                    owned |= attachment  # made for it: `_attach_files`
                elif attachment.res_model or attachment.create_uid != self.env.user:
                    # the copy is the file of no field, and open to nobody by a token
                    owned |= attachment.copy(
                        {**link, "res_field": False, "access_token": False}
                    )
                else:
                    attachment.write(link)
                    owned |= attachment
            if owned:
                entry.sudo()._write_facts({"attachment_ids": [Command.set(owned.ids)]})

    def _add_attachments(self, attachments):
        """Give each new entry more files: its own copy of each, stored once."""
        for entry in self:
            entry._write_facts(
                {"attachment_ids": [Command.link(file.id) for file in attachments]}
            )
        self._assign_attachments()

    # ------------------------------------------------------------------
    # Merge fields
    # ------------------------------------------------------------------

    @api.model
    def _get_merge_field_names(self):
        """Return the names of all merge fields, in their order."""
        return list(self.new()._get_merge_values())

    def _get_merge_values(self) -> dict[str, str]:
        """Return the text of each merge field; override to add fields.

        In the language of the interaction. What is empty is an empty text. Also called
        on a draft that is not stored, and on an empty one for the names.

        :return: dict of {name of the field, in lower case: text}
        """
        entry = self.with_context(lang=self._get_content_lang())
        partner, user, company = entry.partner_id, entry.user_id, entry.company_id
        bank = company.partner_id.bank_ids[:1]
        day = self.date and fields.Datetime.context_timestamp(self, self.date)
        lang = entry.env.lang
        values = {
            **self._get_address_merge_values("contact", partner),
            "contact_company": partner.commercial_company_name,
            "contact_function": partner.function,
            "contact_ref": partner.ref,
            "salesperson_name": user.name,
            "salesperson_function": user.partner_id.function,
            "salesperson_email": user.email,
            "salesperson_phone": user.phone,
            **self._get_address_merge_values("company", company.partner_id),
            "company_registry": company.company_registry,
            "company_iban": bank.acc_number,
            "company_bic": bank.bank_bic,
            "date": day and format_date(entry.env, day, lang),
            "date_long": day and format_date(entry.env, day, lang, "long"),
            "document": entry.document_name,
            "subject": entry.name,
            "campaign": entry.campaign_id.title,
        }
        return {name: value or "" for name, value in values.items()}

    def _get_address_merge_values(self, prefix, partner):
        """Return the merge fields of a contact whose names begin with `prefix`."""
        address = partner and partner._display_address(without_company=True)
        return {
            f"{prefix}_name": partner.name,
            f"{prefix}_address": "\n".join(filter(None, (address or "").splitlines())),
            f"{prefix}_street": partner.street,
            f"{prefix}_street2": partner.street2,
            f"{prefix}_zip": partner.zip,
            f"{prefix}_city": partner.city,
            f"{prefix}_state": partner.state_id.name,
            f"{prefix}_country": partner.country_id.name,
            f"{prefix}_email": partner.email,
            f"{prefix}_phone": partner.phone,
            f"{prefix}_website": partner.website,
            f"{prefix}_vat": partner.vat,
        }
