"""What is an interaction of a kind usually: channel, cost, text, files, campaign?

Uses base.
Hooks: `_get_channel`, `_get_files`, `_get_shared_users`, `_get_merge_field_names`.
"""

from . import interaction_group
from . import interaction_template
from . import interaction_template_file
from . import res_partner
