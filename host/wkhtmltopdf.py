"""Let Debian's wkhtmltopdf print several documents at once.

Odoo hands all documents of one print to one call, which only a wkhtmltopdf with patched
Qt understands; Debian's has none. So each document is printed by the real engine in a
call of its own, and the pages are put together. Everything else goes through unchanged:
the real engine's answer to --version too, so that Odoo knows what it deals with.

Usage: wkhtmltopdf.py REAL_ENGINE ARGUMENTS...
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from pypdf import PdfWriter

# the names that Odoo gives to documents (base, ir_actions_report.py); headers and
# footers are files too, but called otherwise
DOCUMENT = "report.body.tmp."


def main(engine, *arguments):
    documents = [arg for arg in arguments if Path(arg).name.startswith(DOCUMENT)]
    if len(documents) < 2:
        return subprocess.run([engine, *arguments], check=False).returncode
    *options, target = [arg for arg in arguments if arg not in documents]
    writer = PdfWriter()
    with tempfile.TemporaryDirectory(prefix="wkhtmltopdf.") as folder:
        for number, document in enumerate(documents):
            pages = f"{folder}/{number}.pdf"
            done = subprocess.run([engine, *options, document, pages], check=False)
            # 1: there are pages, but something in them could not be loaded, which Odoo
            # only warns of for a single document; of several it takes any code but 0
            # for an engine that can't do it
            if done.returncode not in (0, 1) or not Path(pages).exists():
                return done.returncode or 1
            # without their outlines: Odoo would take each for a document
            writer.append(pages, import_outline=False)
    writer.write(target)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
