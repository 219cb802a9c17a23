from . import interaction_completeness_check
from . import interaction_completeness_missing
from . import interaction_rule_explain
from . import interaction_rule_proposal
from . import interaction_template_archive
