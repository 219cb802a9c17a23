from .base import *
from .template import *
from .log import *
from .recording import *
from .email import *
from .meeting import *
from .segment import *
from .letter import *
