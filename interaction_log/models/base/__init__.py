"""What do all rooms share? Choices, savepoints, notifications, mixins, who is external.

Uses Odoo only.
Hooks: `_get_uses`, `_drop_event`, `_count_operation`, `_run_slice` and
`_is_operation_shared` (mixins), `_get_interaction_document_labels`.
"""

from . import interaction_code_mixin
from . import interaction_copy_mixin
from . import interaction_event_mixin
from . import interaction_former_user_mixin
from . import interaction_state_mixin
from . import interaction_technical_mixin
from . import interaction_operation_mixin
from . import interaction_use_mixin
from . import interaction_document_link_mixin
from . import interaction_value_mixin
from . import ir_attachment
from . import ir_model
from . import mail_alias_domain
from . import res_company
from . import res_partner
from . import res_users
