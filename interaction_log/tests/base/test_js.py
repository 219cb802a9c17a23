import logging
import re
from contextlib import contextmanager
from logging.handlers import BufferingHandler
from pathlib import Path

from odoo.tests import HttpCase, no_retry, tagged
from odoo.tools import file_path

from odoo.addons.web.tests.test_js import unit_test_error_checker

from ..common import PATIENCE

# What Hoot, Odoo's runner of unit tests of JavaScript, says at the end of each file
RE_SUITE = re.compile(r'"@interaction_log/([\w/]+)" ended \(passed: \d+ / time: ')
# What makes it leave tests out, or be content with a failure
RE_LEFT_OUT = re.compile(r"\.(debug|only|skip|todo)\(")


@tagged("-at_install", "post_install")
class TestInteractionJavaScript(HttpCase):
    # how long a request waits for the one before it, which may make a bundle
    test_cursor_lock_timeout = PATIENCE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(file_path("interaction_log/static/tests"))
        cls.files = {
            path.relative_to(folder).as_posix(): path.read_text()
            for path in folder.rglob("*.test.js")
        }

    @no_retry
    def test_unit(self):
        """All unit tests of our JavaScript pass."""
        with self._console() as lines:
            self.browser_js(
                "/web/tests?headless&loglevel=1&preset=desktop&timeout=15000"
                "&filter=/^@interaction_log//",
                "",
                login="admin",
                timeout=5 * PATIENCE,
                success_signal="[HOOT] Test suite succeeded",
                error_checker=unit_test_error_checker,
            )
        # Hoot is content with no tests at all
        passed = RE_SUITE.findall("\n".join(lines))
        self.assertTrue(passed)
        self.assertCountEqual([f"{name}.test.js" for name in passed], self.files)

    def test_none_is_left_out(self):
        """No test is skipped, or runs instead of the others."""
        self.assertTrue(self.files)
        for name, text in self.files.items():
            with self.subTest(name):
                self.assertNotRegex(text, RE_LEFT_OUT)

    @contextmanager
    def _console(self):
        """Collect what the browser says.

        :return: as a context the list of its lines
        """
        logger, lines = self._logger.getChild("browser"), []
        handler = BufferingHandler(100_000)
        level = logger.level
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        try:
            yield lines
        finally:
            logger.setLevel(level)
            logger.removeHandler(handler)
            lines += [record.getMessage() for record in handler.buffer]
