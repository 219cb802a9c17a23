"""Who initiates, how fast do we answer, and what does a contact cost and earn?

Uses base, template and log, and Odoo's working schedules, invoices and orders.
Hooks: `_get_question_domain` and `_get_answer_domain` of an entry, and
`_get_cost_sources` of `interaction.cost.report`.
"""

from . import resource_calendar
from . import res_company
from . import interaction_template
from . import interaction_log_entry
from . import interaction_answer_report
from . import interaction_cost_report
from . import digest_digest
from . import res_config_settings
from . import res_partner
