from . import template
from . import log
from . import recording
from . import email
from . import meeting
from . import segment
