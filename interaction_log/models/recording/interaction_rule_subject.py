from collections import defaultdict
from dataclasses import replace

from psycopg2 import InternalError
from psycopg2.errors import ReadOnlySqlTransaction

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.rendering_tools import parse_inline_template

from ..base.savepoint import read_only_savepoint


def get_causes(error):
    """Yield an error and those that it was raised for; Odoo wraps them."""
    while error:
        yield error
        error = error.__cause__ or error.__context__


class InteractionRule(models.Model):
    """The subject of what a rule records: an inline template, as in e-mails.

    Odoo decides who may write which expressions, when they are rendered: they are
    rendered as who wrote them (`_get_editor`), and can't change anything. A document
    of which that user may not read what the subject asks for is logged all the same,
    with the subject of the template. Where it can't be made for another reason, the
    document is listed as skipped.
    """

    _inherit = "interaction.rule"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    subject = fields.Char(
        translate=True,
        help="Subject of the interaction, with fields of the document, for example: "
        "Invoice {{ object.name }} of {{ format_date(object.invoice_date) }}. It "
        "is generated in the language of the contact. Leave empty to use the "
        "default subject of the template and the name of the document.",
    )

    def _get_subject_problem(self):
        """Return what is wrong with the subject, in any language, or None.

        It is rendered for the newest document that the rule wants.
        """
        texts = self._fields["subject"]._get_stored_translations(self) or {}
        for text in {self.subject, *texts.values()} - {False, None, ""}:
            problem = self._get_text_problem(text)
            if problem:
                return problem
        return None

    def _get_text_problem(self, text):
        problem = None
        literals = [literal for literal, _code, _default in parse_inline_template(text)]
        if any("{{" in literal or "}}" in literal for literal in literals):
            problem = self.env._("Write fields as {{ object.field }}.")
        elif "{{" in text:
            try:
                self._render_subject(
                    text,
                    lambda documents: self._find_wanted(documents) or documents.new(),
                )
            except (UserError, InternalError) as error:
                for cause in get_causes(error):
                    if isinstance(cause, AccessError):
                        return self._get_denial("subject", cause)
                problem = self._get_expression_problem(error)
        return problem and self.env._(
            "The subject of the rule %(rule)s is not valid: %(problem)s",
            rule=self.name,
            problem=problem,
        )

    def _get_expression_problem(self, error):
        """Say what is wrong with an expression by the error that it raised.

        :return: str, or None where it may be right for other documents
        """
        for cause in get_causes(error):
            if isinstance(cause, ReadOnlySqlTransaction):
                return self.env._("it changes data.")
            if isinstance(cause, SyntaxError):
                return self.env._(
                    "%(expression)s is not a valid expression.",
                    expression=(cause.text or str(cause)).strip(),
                )
            if isinstance(cause, NameError | KeyError):
                # a name that Odoo forbids has none
                name = getattr(cause, "name", None) or cause.args[0]
                return self.env._(
                    "%(name)s is unknown. Use object for the document.", name=name
                )
            if isinstance(cause, AttributeError) and isinstance(
                cause.obj, models.BaseModel
            ):
                return self.env._(
                    "%(document)s has no field %(field)s.",
                    field=cause.name,
                    document=self.env["ir.model"].sudo()._get(cause.obj._name).name,
                )
        return None

    @api.model
    def _add_subjects(self, matches):
        """Return the matches with what their rules say that they are about.

        All documents of a rule and a language are rendered at once.
        """
        named = [match for match in matches if match.rule.subject and not match.reason]
        if not named:
            return matches
        partners = self.env["res.partner"].sudo()  # whatever the user may read
        partners = partners.browse({match.vals["partner_id"] for match in named})
        lang_of = {partner.id: partner.lang for partner in partners}
        groups = defaultdict(list)
        for match in named:
            groups[match.rule, lang_of[match.vals["partner_id"]]].append(match)
        result = {match: match for match in matches}
        for (rule, lang), group in groups.items():
            result |= zip(group, rule._render_matches(group, lang), strict=True)
        return list(result.values())

    def _render_matches(self, matches, lang):
        """Return the matches with the subject for their documents, in one language."""
        installed = lang and self.env["res.lang"]._get_data(code=lang)
        rule = self.with_context(lang=lang) if installed else self
        ids = [match.record.id for match in matches]
        try:
            subjects = rule._render_subject(
                rule.subject,
                lambda documents: documents.browse(ids)._filtered_access("read"),
            )
        except (UserError, InternalError) as error:
            if len(matches) > 1:
                return [self._render_matches([match], lang)[0] for match in matches]
            if any(isinstance(cause, AccessError) for cause in get_causes(error)):
                return matches
            reason = self.env._(
                "The subject of the rule %(rule)s can't be generated for this "
                "document.",
                rule=self.name,
            )
            return [replace(matches[0], reason=reason)]
        subjects = {id_: " ".join(text.split()) for id_, text in subjects.items()}
        return [
            match.with_vals(name=subject)
            if (subject := subjects.get(match.record.id))
            else match
            for match in matches
        ]

    def _render_subject(self, text, find, renderer=None):
        """Return {id of a document: subject}, as who wrote it, and change nothing.

        :param text: the template, which has the language of the context
        :param find: function that is given an empty recordset of the documents, as
            who wrote it, and returns those to render
        :param renderer: the model that renders it, as the user to do that instead
        :raises UserError: where it can't be rendered for one of them
        :raises psycopg2.InternalError: where it changes something
        """
        model = self.model_id.sudo().model
        if renderer is None:
            renderer = self._get_editor_env()["mail.render.mixin"]
        with read_only_savepoint(renderer.env) as env:
            documents = find(env[model])
            return renderer.with_env(env)._render_template(text, model, documents._ids)
