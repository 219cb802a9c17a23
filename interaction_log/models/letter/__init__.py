"""Paper: address pages and labels, and the letters of a batch in few files to print.

Uses base, log and segment.
Hooks: `_get_addressees` and `_get_address_rows` of `interaction.address.mixin`,
`_get_addressed_reasons` (segment).
"""

from . import interaction_address_mixin
from . import interaction_batch
from . import interaction_segment
from . import ir_actions_report
from . import res_partner
