"""What `./dev` promises of the host, tried on the host itself."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from pypdf import PdfReader, PdfWriter

ROOT = Path(__file__).resolve().parents[1]
WRAPPER = ROOT / "host" / "wkhtmltopdf.py"
# names as Odoo gives them
DOCUMENTS = [f"report.body.tmp.{number}.html" for number in range(2)]
# a database that every PostgreSQL has, and no Odoo works in
DATABASE = "postgres"


def run_bash(script, **kwargs):
    """Run a script that knows all functions of `./dev`."""
    return subprocess.Popen(
        ["bash", "-c", f"source ./dev help >/dev/null\n{script}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **kwargs,
    )


# --- the PDF engine -------------------------------------------------------------------


@pytest.fixture
def print_documents(tmp_path):
    """A function that prints two documents with an engine that ends as it is told."""
    page = tmp_path / "page.pdf"
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(page)
    target = tmp_path / "target.pdf"

    def print_documents(command):
        engine = tmp_path / "engine"
        engine.write_text(f'#!/bin/sh\nfor file; do :; done\n{command} "$file"\n')
        engine.chmod(0o755)
        done = subprocess.run(
            [sys.executable, WRAPPER, engine, "--quiet", *DOCUMENTS, target],
            check=False,
        )
        pages = len(PdfReader(target).pages) if target.exists() else 0
        return done.returncode, pages

    print_documents.write = f"write() {{ cp {page} $1; return $code; }}; code=%s write"
    return print_documents


@pytest.mark.parametrize(("code", "expected"), [(0, (0, 2)), (1, (0, 2)), (2, (2, 0))])
def test_exit_code_of_the_pdf_engine(print_documents, code, expected):
    """1 is a warning: something in the page, as a picture, could not be loaded."""
    assert print_documents(print_documents.write % code) == expected


def test_pdf_engine_that_writes_nothing(print_documents):
    assert print_documents("exit 1;") == (1, 0)


# --- Odoo itself ----------------------------------------------------------------------


def test_where_debian_has_no_odoo():
    process = run_bash("get_odoo() { false; }\nfetch_odoo")
    output, _none = process.communicate(timeout=60)
    assert process.returncode == 1
    clone, export = [line.strip() for line in output.splitlines()][-2:]
    assert clone.startswith(
        "git clone --depth 1 --branch 19.0 https://github.com/odoo/"
    )
    assert export.startswith("export ODOO_SOURCE=")


def is_ready(port):
    try:
        with urlopen(f"http://127.0.0.1:{port}/web/health", timeout=5) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def test_odoo_starts_itself_anew():
    """As on a signal or past a limit: it is the same process, and answers again."""
    process = run_bash(
        f"""
        setup
        logs=$(mktemp --directory)
        answers() {{ [[ $(curl -s "127.0.0.1:$1/web/health") == *pass* ]]; }}
        welcome() {{ echo "process $server, port $1, log $2"; }}
        serve {DATABASE} "$(free_port 8269)"
        """,
        start_new_session=True,
    )
    try:
        for line in process.stdout:
            if found := re.match(r"process (\d+), port (\d+), log (.+)", line):
                break
        else:
            pytest.fail("Odoo has not started")
        server, port, log = int(found[1]), found[2], Path(found[3])
        assert is_ready(port)
        os.kill(server, signal.SIGHUP)
        # it ends by itself where it can't start anew: then the log ends, too
        with subprocess.Popen(
            ["tail", f"--pid={server}", "--lines=+1", "--follow", log],
            stdout=subprocess.PIPE,
            text=True,
        ) as tail:
            starts = 0
            for line in tail.stdout:
                starts += "HTTP service (werkzeug) running" in line
                if starts == 2:
                    break
            tail.terminate()
        assert starts == 2, log.read_text()
        # the line says that it has its port, not yet that it listens there
        deadline = time.monotonic() + 60
        while not (ready := is_ready(port)) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert ready, log.read_text()
    finally:
        process.terminate()
        process.wait(timeout=60)
