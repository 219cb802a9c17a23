from . import account
from . import portal
from . import report
from . import segment
