from . import interaction_template_copy_files
