from . import interaction_code_mixin
from . import interaction_use_mixin
from . import interaction_document_link_mixin
from . import ir_model
from . import mail_alias_domain
from . import res_company
from . import res_partner
