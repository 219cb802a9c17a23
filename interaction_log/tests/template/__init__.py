from . import test_migration
from . import test_template
from . import test_template_files
from . import test_word_merge
