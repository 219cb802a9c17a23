from . import test_activity
from . import test_announce_done
from . import test_completeness_meeting
from . import test_correct_meeting
from . import test_event_switches
from . import test_meeting
