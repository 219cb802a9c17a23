"""Where addresses stand on paper: on a page behind a window, on a sheet of labels.

All lengths are in mm from the top left corner of an A4 page.
"""

import textwrap
import unicodedata
from dataclasses import dataclass

# How large letters are, and how much of its size a line needs
FONT_SIZES = (4.2, 3.9, 3.6, 3.3, 3, 2.7, 2.4, 2.1)
LINE_HEIGHT = 1.2


@dataclass(frozen=True)
class Layout:
    """A sheet with fields for addresses; the one of a page has one."""

    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    # from one field to the next
    step_x: float = 0
    step_y: float = 0
    # of what may be written into
    width: float = 0
    height: float = 0
    is_page: bool = False

    def get_fields(self, rows):
        """Return (left, top, row) of each row on the sheet, line by line."""
        return [
            (
                self.left + number % self.columns * self.step_x,
                self.top + number // self.columns * self.step_y,
                row,
            )
            for number, row in enumerate(rows)
        ]


# The reports that print addresses, by the end of their name
LAYOUTS = {
    # the window of DIN 5008 form B, below its line for the sender
    "address_pages": Layout(left=25, top=63, width=75, height=27, is_page=True),
    # 3 x 8 of 70 x 37
    "labels": Layout(3, 8, 5, 4.5, 70, 37, width=60, height=29),
    # 2 x 7 of 99.1 x 38.1
    "labels_large": Layout(2, 7, 10.65, 19.15, 101.6, 38.1, width=87, height=30),
}


def get_layout(report_name):
    """Return the `Layout` of a report, or None where it prints no addresses."""
    for model in ("segment", "batch"):
        beginning = f"interaction_log.report_{model}_"
        if (report_name or "").startswith(beginning):
            return LAYOUTS.get(report_name.removeprefix(beginning))
    return None


def fit(lines, width, height):
    """Return (size of the letters, lines) so that the lines fit into a field.

    Long lines are wrapped, where smaller letters don't make them fit. What fits
    nowhere is cut at the bottom.
    """
    if not lines:
        return FONT_SIZES[0], []
    for size in FONT_SIZES[:4]:
        if len(lines) * size * LINE_HEIGHT <= height and all(
            _get_length(line) * size <= width for line in lines
        ):
            return size, lines
    for size in FONT_SIZES:
        wrapped = [part for line in lines for part in _wrap(line, width / size)]
        if len(wrapped) * size * LINE_HEIGHT <= height:
            return size, wrapped
    return size, wrapped[: int(height / size / LINE_HEIGHT)]


def _get_length(text):
    """Return about how long a text is, in sizes of its letters."""
    return sum(
        1
        if unicodedata.east_asian_width(character) in "WF"
        else 0.7
        if character.isupper()
        else 0.52
        for character in text
    )


def _wrap(line, length):
    """Return the parts of a line that are at most that long; see `_get_length`."""
    characters = int(length * len(line) / (_get_length(line) or 1))
    return textwrap.wrap(line, max(characters, 1)) or [""]
