from . import ir_actions_report
from . import printing_printer
