from . import interaction_template_archive
