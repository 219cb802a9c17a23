from . import test_segment_letter
