from . import test_migration
from . import test_template
from . import test_template_files
