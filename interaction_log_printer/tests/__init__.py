from . import test_direct_print
