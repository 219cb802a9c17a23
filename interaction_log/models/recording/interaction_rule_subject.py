import ast
import logging
from collections import defaultdict
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.rendering_tools import parse_inline_template

_logger = logging.getLogger(__name__)

# What a subject may call. It reads the document, with all rights: nothing that could
# write, search or reach further.
FUNCTIONS = frozenset(
    (
        "abs",
        "format_amount",
        "format_date",
        "format_datetime",
        "format_duration",
        "format_time",
        "len",
        "max",
        "min",
        "round",
        "str",
        "sum",
    )
)
METHODS = frozenset(
    ("capitalize", "join", "lower", "mapped", "strftime", "strip", "title", "upper")
)
NAMES = FUNCTIONS | {"object", "True", "False", "None"}


class InteractionRule(models.Model):
    """The subject of what a rule records: an inline template, as in e-mails."""

    _inherit = "interaction.rule"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    subject = fields.Char(
        translate=True,
        help="What the interaction is about, with fields of the document, such as: "
        "Invoice {{ object.name }} of {{ format_date(object.invoice_date) }}. It is "
        "written in the contact's language. Left empty, it is the default subject of "
        "the template and the name of the document.",
    )

    def _check_subject(self):
        """Check what the rules say they are about, in every language.

        No constraint: it counts what the user may, and constraints have all rights.

        :raises ValidationError: names the rule, and says what is wrong
        """
        for rule in self:
            field = self._fields["subject"]
            texts = field._get_stored_translations(rule) or {}
            for text in {rule.subject, *texts.values()} - {False, None, ""}:
                rule._check_subject_text(text)

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        # EXTENDS base: the dialog of translations passes no constraint
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        if field_name == "subject":
            self._check_subject()
        return result

    def _check_subject_text(self, text):
        """Raise a ValidationError where `text` is no subject for the document."""
        problem = self._get_subject_problem(text)
        if problem:
            raise ValidationError(
                self.env._(
                    "The subject of the rule %(rule)s can't be used: %(problem)s",
                    rule=self.name,
                    problem=problem,
                )
            )

    def _get_subject_problem(self, text):
        """Return what is wrong with `text` as a subject, in one sentence, or None."""
        literals, expressions = [], []
        for literal, expression, _default in parse_inline_template(text):
            literals.append(literal)
            expressions.append(expression)
        if any("{{" in literal or "}}" in literal for literal in literals):
            return self.env._("Write each field as {{ object.field }}.")
        expressions = list(filter(None, expressions))
        render = self.env["mail.render.mixin"]
        editor = "mail.group_mail_template_editor"
        if (
            not self.env.su
            and not self.env.user.has_group(editor)
            # Odoo's own rule of what is harmless
            and render._has_unsafe_expression_template_inline_template(
                text, self.model_id.model
            )
        ):
            return self.env._(
                "Only members of %(group)s may use other fields than the name, the "
                "contact and the salesperson.",
                group=self.env.ref(editor).sudo().name,  # groups are the admin's
            )
        problems = map(self._get_expression_problem, expressions)
        return next(filter(None, problems), None)

    def _get_expression_problem(self, expression):
        """Return what is wrong with one expression, in one sentence, or None."""
        try:
            tree = ast.parse(expression, mode="eval")
        except (SyntaxError, ValueError):
            return self.env._(
                "%(expression)s can't be understood.", expression=expression
            )
        bound = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        for node in ast.walk(tree):
            problem = self._get_node_problem(node, bound)
            if problem:
                return problem
        return None

    def _get_node_problem(self, node, bound):
        """Return what is wrong with one node of an expression, or None.

        :param bound: the names that the expression binds itself
        """
        if isinstance(node, ast.Call):
            if not self._is_harmless(node):
                return self.env._(
                    "%(call)s can't be called in a subject.",
                    call=ast.unparse(node.func),
                )
        elif isinstance(node, ast.Name):
            if node.id not in NAMES | bound:
                return self.env._(
                    "%(name)s is unknown; the document is object.", name=node.id
                )
        elif isinstance(node, ast.Attribute):
            return self._get_attribute_problem(node)
        elif isinstance(node, ast.Lambda | ast.NamedExpr | ast.Await):
            return self.env._(
                "%(expression)s can't be understood.", expression=ast.unparse(node)
            )
        return None

    @api.model
    def _is_harmless(self, call):
        """Say whether a call can't but read."""
        function = call.func
        if isinstance(function, ast.Name):
            return function.id in FUNCTIONS
        if not isinstance(function, ast.Attribute) or function.attr not in METHODS:
            return False
        # a function given to `mapped` could do anything
        return function.attr != "mapped" or all(
            isinstance(argument, ast.Constant) for argument in call.args
        )

    def _get_attribute_problem(self, node):
        """Return what is wrong with an attribute of an expression, or None."""
        names = [node.attr]
        while isinstance(node.value, ast.Attribute):
            node = node.value
            names.insert(0, node.attr)
        if any(name.startswith("_") or name in ("env", "pool") for name in names):
            return self.env._("%(name)s can't be read.", name=".".join(names))
        if not (isinstance(node.value, ast.Name) and node.value.id == "object"):
            return None
        model = self.env.get(self.model_id.model)
        for name in names:
            if model is None or name in METHODS:
                return None
            field = model._fields.get(name)
            if not field or not model._has_field_access(field, "read"):
                return self.env._(
                    "there is no field %(field)s in %(document)s.",
                    field=name,
                    document=self.env["ir.model"].sudo()._get(model._name).name,
                )
            model = self.env[field.comodel_name] if field.relational else None
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
        try:
            subjects = rule._render_subjects([match.record.id for match in matches])
        except UserError:
            if len(matches) > 1:
                return [self._render_matches([match], lang)[0] for match in matches]
            reason = self.env._(
                "The subject of the rule %(rule)s can't be made for this document.",
                rule=self.name,
            )
            return [replace(matches[0], reason=reason)]
        subjects = {id_: " ".join(text.split()) for id_, text in subjects.items()}
        return [
            match.with_vals(name=subject)
            if (subject := subjects[match.record.id])
            else match
            for match in matches
        ]

    def _render_subjects(self, ids):
        """Return {id of the document: subject}, in the language of the context.

        :raises UserError: where it can't be rendered for one of them
        """
        # What is read was checked when it was saved; the rule decides, whatever the
        # user who acts may read.
        render = self.env["mail.render.mixin"].sudo()
        return render._render_template(self.subject, self.model_id.sudo().model, ids)
