"""What is there to do, does the log miss anything, and what is set up first?

Uses all rooms before it.
Hooks: `_get_tiles`, `_get_breakdowns`, `_measure_tile` of `interaction.overview`.
"""

from . import interaction_completeness_share
from . import interaction_overview
from . import interaction_overview_checklist
from . import onboarding_onboarding_step
from . import res_company
from . import res_config_settings
from . import res_partner
