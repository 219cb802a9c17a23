from . import test_dialogs
from . import test_fields
from . import test_file_name
from . import test_js
from . import test_rooms
from . import test_upgrading
from . import test_values
