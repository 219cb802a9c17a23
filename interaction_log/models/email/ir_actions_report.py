import logging
from os.path import splitext

from odoo import models, tools
from odoo.tools.safe_eval import safe_eval, time

_logger = logging.getLogger(__name__)


class IrActionsReport(models.Model):
    """Reports that went with an e-mail, told by the names of its files."""

    _inherit = "ir.actions.report"  # pylint: disable=consider-merging-classes-inherited # room email adds to recording

    def write(self, vals):
        result = super().write(vals)
        if "print_report_name" in vals:
            self.env.registry.clear_cache()
        return result

    @tools.ormcache("self.id")
    def _get_name_expressions(self):
        """Return what makes the name of the report's file, in every language."""
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        names = {self.with_context(lang=code).print_report_name for code in codes}
        return frozenset(names - {False})

    def _filter_by_file_names(self, document, names):
        """Return the reports whose file of `document` is among the files `names`.

        :param names: of the files, with or without their endings
        """
        names = [name for name in names if name]
        names = {*names, *(splitext(name)[0] for name in names)}
        return self.filtered(lambda report: names & report._get_file_names(document))

    def _get_file_names(self, document):
        """Return the set of the names that the report's file of `document` may have."""
        names = set()
        for expression in self._get_name_expressions():
            try:
                name = safe_eval(expression, {"object": document, "time": time})
            except Exception:
                # an administrator's mistake: nothing can be named like that
                _logger.info("The report %s has no name for %s", self, document)
            else:
                names |= {str(name), str(name).replace("/", "_")}
        return names
