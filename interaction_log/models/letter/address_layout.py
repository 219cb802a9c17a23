"""Where addresses stand on paper: on a page behind a window, on a sheet of labels.

All lengths are in mm from the top left corner of an A4 page.
"""

import unicodedata
from dataclasses import dataclass


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

    def get_sheet(self, rows):
        """Return the rows with where each is on the sheet, line by line."""
        return [
            {
                **row,
                "left": self.left + number % self.columns * self.step_x,
                "top": self.top + number // self.columns * self.step_y,
            }
            for number, row in enumerate(rows)
        ]

    @staticmethod
    def split_runs(line):
        """Return the pieces of text that the engine gets of a line, one by one.

        These are words. It writes words of Arabic over each other where a piece has
        more than letters, as one with its comma: there, digits and signs are pieces of
        their own. Spaces go with what is before them.
        """
        is_arabic = any(unicodedata.bidirectional(letter) == "AL" for letter in line)

        def get_kind(character):
            kind = unicodedata.category(character)[0]
            # marks and joiners go with their letters
            return kind if kind == "Z" or (is_arabic and kind not in "CM") else "L"

        runs, last_kind = [], None
        for character in " ".join(line.split()):
            kind = get_kind(character)
            if kind in (last_kind, "Z"):
                runs[-1] += character
            else:
                runs.append(character)
            last_kind = kind
        return runs


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
