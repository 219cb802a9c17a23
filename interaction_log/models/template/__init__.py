from . import interaction_group
from . import interaction_template
from . import interaction_template_file
from . import res_partner
