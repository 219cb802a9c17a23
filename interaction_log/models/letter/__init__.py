from . import interaction_address_mixin
from . import interaction_batch
from . import interaction_segment
from . import ir_actions_report
from . import res_partner
