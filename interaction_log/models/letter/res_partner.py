from odoo import models


class ResPartner(models.Model):
    """What stands on an envelope."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited # room letter adds to segment

    def _get_postal_lines(self):
        """Return the lines of the address as its country writes them.

        The company of a person comes first.
        """
        self.ensure_one()
        company = not self.is_company and self.commercial_company_name
        address = self._display_address(without_company=True)
        lines = [
            " ".join(line.split())
            for line in (company, self.name, *address.splitlines())
            if line
        ]
        return list(dict.fromkeys(filter(None, lines)))
