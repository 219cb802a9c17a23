from collections.abc import Collection

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

# What server code alone writes
SERVER_FIELDS = ("editor_id", "is_broken")


class InteractionRule(models.Model):
    """Whose rights a rule has: those of who wrote what it reads.

    The conditions and the paths to contact and salesperson may ask for the models and
    fields that this user may read. That is checked when they are saved, and every
    night. Where it doesn't hold any more, the rule is listed as broken, and its events
    as skipped, to be logged once it is fixed. Which documents the user may read does
    not matter to them: what a colleague prints is recorded, too. But conditions on what
    a document is linked to see only what this user sees.

    The subject is rendered as this user: see there.

    What the system wrote, as the rules that are shipped, is code of an addon: its
    conditions and paths ask for what they like. An administrator stands in where its
    subject is rendered, and for users who are archived.
    """

    _inherit = "interaction.rule"  # pylint: disable=consider-merging-classes-inherited # one subject of the model

    editor_id = fields.Many2one(
        "res.users",
        string="Written By",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Last user who edited the conditions, fields or subject. The rule can "
        "only read what this user can read. Empty for default rules.",
    )
    is_broken = fields.Boolean(string="Broken", readonly=True, copy=False)
    access_warning = fields.Char(
        compute="_compute_access_warning",
        help="What the rule can no longer read, and for which user.",
    )

    @api.depends("is_broken")
    def _compute_access_warning(self):
        for rule in self:
            # the user may read neither the documents nor the other users
            rule.access_warning = rule.is_broken and rule.sudo()._get_problem()

    def _has_field_access(self, field, operation):
        # EXTENDS base: a client does not say who wrote it
        return super()._has_field_access(field, operation) and (
            self.env.su or operation == "read" or field.name not in SERVER_FIELDS
        )

    def _sign(self):
        """Remember the user as who wrote the rules, and check what they may read.

        :raises ValidationError: names the rule, and says what is wrong; not where the
            system writes, as an update would fail: such a rule is listed
        """
        system = self.env.su
        rules = self.sudo()
        rules.editor_id = False if system else self.env.user
        for rule in rules:
            problem = rule._get_problem()
            if problem and not system:
                raise ValidationError(problem)
            rule._set_broken(problem)

    @api.autovacuum
    def _check_rights(self):
        """List the rules that ask for more than who wrote them may read by now."""
        for rule in self.sudo().search([("active", "in", (True, False))]):
            rule._set_broken(rule._get_problem())

    def _set_broken(self, problem):
        if self.is_broken != bool(problem):
            self.is_broken = bool(problem)

    def _get_problem(self):
        """Say in one sentence why the rule can't do what it says, or return None."""
        return self._get_reading_problem() or self._get_subject_problem()

    def _get_reading_problem(self):
        """Say why conditions or paths can't be read as who wrote them, or return None.

        Access to fields and models counts, that to single documents doesn't. What a
        rule asks for where nobody says anything, nobody has written.
        """
        try:
            self._check_domain()
            self._check_paths()
        except ValidationError as error:
            return str(error)
        if not self.editor_id:
            return None
        documents = self._get_editor_env()[self.model_id.model]
        fname, domain = "domain", self._get_document_domain()
        try:
            if not domain.is_true():
                self._check_readable(documents, domain)
            for fname in self._get_path_targets():
                if self[fname] and self[fname] != self._get_default_path(fname):
                    target = documents
                    for name in self[fname].split("."):
                        target.check_access("read")
                        target = target[name]
        except AccessError as error:
            return self._get_denial(fname, error)
        return None

    @api.model
    def _check_readable(self, documents, domain):
        """Check that the user of `documents` may read the fields that `domain` names.

        Not by a search: a rule may ask for fields that can't be searched.

        :raises AccessError: where they may not
        """
        documents.check_access("read")
        for condition in domain.optimize(documents).iter_conditions():
            # a property is named after its field
            target = documents[condition.field_expr.split(".")[0]]
            if isinstance(condition.value, Domain):
                self._check_readable(target, condition.value)

    def _has_linked_conditions(self):
        """Say whether the conditions ask what the document is linked to, or a name."""
        fields_ = self.env[self.model_id.sudo().model]._fields

        def is_linked(condition):
            if "." in condition.field_expr or "any" in condition.operator:
                return True
            value, field = condition.value, fields_.get(condition.field_expr)
            values = value if isinstance(value, Collection) else [value]
            return (
                bool(field)
                and field.relational
                and any(isinstance(value, str) for value in values)
            )

        return any(map(is_linked, self._get_document_domain().iter_conditions()))

    def _filter_as_editor(self, documents, domain):
        """Return those of the documents that meet linked conditions.

        What who wrote the rule may not read does not count, as that of another company:
        trying the rule would tell it letter by letter. Of a document that this user
        doesn't see, nothing is told.

        :param documents: with all rights
        """
        if not self.sudo().editor_id:
            return documents.filtered_domain(domain)  # the system's own
        seen = documents.with_env(self._get_editor_env())._filtered_access("read")
        hidden = documents.filtered(lambda document: document.id not in seen._ids)
        active = seen._active_name
        try:
            # not in Python: what was read with all rights is in the cache
            found = seen.search(
                Domain("id", "in", seen.ids)
                & domain
                & (Domain(active, "in", [True, False]) if active else Domain.TRUE)
            )
        except ValueError:  # a field that can't be searched, or a value
            self.env.invalidate_all()
            found = seen.filtered_domain(domain)
            self.env.invalidate_all()  # others may read more
        wanted = {*found._ids, *hidden.filtered_domain(domain)._ids}
        return documents.filtered(lambda document: document.id in wanted)

    def _get_broken_reason(self):
        """Say why the events of the rule are skipped for now, or return False."""
        return (self.is_broken and self._get_reading_problem()) or False

    def _get_denial(self, fname, error):
        """Say that who wrote the field may not read what it asks for.

        :param error: the AccessError
        """
        return self.env._(
            "%(user)s is not allowed to read what the field %(field)s of the rule "
            "%(rule)s uses: %(error)s",
            user=self._get_editor().name,
            field=self._fields[fname].get_description(self.env, ["string"])["string"],
            rule=self.name,
            error=str(error).split("\n")[0],
        )

    def _get_editor_env(self):
        """Return the environment of who wrote the rule, with all their companies.

        The company of the rule, else that of who acts, comes first.
        """
        editor = self._get_editor()
        company = self.company_id or self.env.company
        companies = company & editor.company_ids | editor.company_ids
        return self.env(
            user=editor,
            context={**self.env.context, "allowed_company_ids": companies.ids},
        )

    def _get_editor(self):
        """Return who wrote the rule, or the administrator who stands in.

        That is the one who was created first, of those of the company where there are
        some, and then of those who may read the documents.
        """
        rule = self.sudo()
        if rule.editor_id.active:
            return rule.editor_id
        company = rule.company_id or self.env.company
        documents = self.env[rule.model_id.model]
        administrators = rule.env.ref("base.group_system").all_user_ids
        return min(
            administrators.filtered("active"),
            key=lambda user: (
                company not in user.company_ids,
                not documents.with_user(user).has_access("read"),
                user.id,
            ),
        )
