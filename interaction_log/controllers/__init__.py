from . import account
from . import letter
from . import portal
from . import report
from . import segment
