from odoo import models


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _has_hours(self):
        """Say whether the working schedule says which hours are worked.

        None, an empty or a flexible one does not: all hours count then.
        """
        return bool(self.attendance_ids) and not self.flexible_hours
