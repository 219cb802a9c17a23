"""The fields of a Word file, as they are written in it.

Read on its own, whatever the library that merges sees: what it doesn't see would go to
the contact unmerged.
"""

import io
import re
import shlex
import zipfile
from dataclasses import dataclass, field

from lxml import etree

# Files of ISO/IEC 29500 "Strict" have other names for all their elements
STRICT_NAMESPACE = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
# The elements that are read, of whatever namespace
TAGS = tuple(f"{{*}}{name}" for name in ("fldSimple", "fldChar", "instrText", "t", "p"))
STEP_KINDS = frozenset(("NEXT", "NEXTIF", "SKIPIF"))
# What takes its value from a mail merge, or asks the one who runs it
MERGE_KINDS = STEP_KINDS | {
    "ADDRESSBLOCK",
    "ASK",
    "COMPARE",
    "DATABASE",
    "FILLIN",
    "GREETINGLINE",
    "IF",
    "MERGEFIELD",
    "MERGEREC",
    "MERGESEQ",
    "SET",
}
# How people type what looks like a merge field: «name», <<name>>, {{name}}
TYPED = re.compile(r"(?:«|<<|\{\{)\s*(\w+)\s*(?:»|>>|\}\})")
# Where a field stands in the instructions of another one
NESTED = "\N{OBJECT REPLACEMENT CHARACTER}"
# What a field shows in the error, in characters
SHOWN = 60


@dataclass
class Field:
    """A field: what it is told to do, and what stands in that."""

    instructions: str = ""
    nested: list["Field"] = field(default_factory=list)
    # whether its instructions are over, and what it shows follows
    is_shown: bool = False

    @property
    def word_type(self) -> str:
        """What Word calls it, such as MERGEFIELD; Word takes small letters, too."""
        words = self.instructions.split(None, 1)
        return words[0].upper() if words else ""

    @property
    def is_merged(self) -> bool:
        """Whether a mail merge gives it its value.

        Also what is computed from a field that is merged; a link only leads elsewhere.
        """
        if self.word_type == "HYPERLINK":
            return False
        return self.word_type in MERGE_KINDS or any(
            inner.is_merged for inner in self.nested
        )

    def __str__(self):
        text = " ".join(self.instructions.replace(NESTED, "…").split())
        return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"

    @property
    def merge_name(self) -> str:
        """What a MERGEFIELD asks for, or "" where nobody can tell."""
        try:
            return shlex.split(self.instructions)[1]
        except (IndexError, ValueError):  # there is none, or half of it
            return ""

    def can_be_merged(self) -> bool:
        """Say whether the library does with it what Word would do."""
        words = self.instructions.split(None, 1)
        if words[0] == "IF":
            return self._is_plain_if() and all(
                inner.word_type in ("IF", "MERGEFIELD") and inner.can_be_merged()
                for inner in self.nested
            )
        # in capitals only; its name may be the value of no other field
        return words[0] == "MERGEFIELD" and not self.nested and bool(self.merge_name)

    def _is_plain_if(self):
        """Say whether it asks if two values are equal, and has a text for each answer.

        The other operators compare letters in the library, and numbers in Word.
        """
        if re.search("[{}“”„]", self.instructions):
            return False
        instructions = re.sub(r"\\\*\s*\w+", "", self.instructions)  # the format
        lexer = shlex.shlex(instructions, posix=True)
        lexer.whitespace_split, lexer.commenters, lexer.escape = True, "", ""
        try:
            words = list(lexer)
        except ValueError:
            return False
        return len(words) in (5, 6) and words[2] in ("=", "<>")


@dataclass
class Part:
    """What one part of the file says: its text, a header, a note."""

    fields: list[Field]
    # the text outside of what is merged, cut where that stands
    pieces: list[str]
    is_strict: bool

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def read_parts(content: bytes) -> list[Part]:
    """Return what the parts of a Word file say.

    :raises ValueError: where a field has no end
    """
    parts = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(".xml") and not name.startswith("customXml/"):
                parts.append(_read_part(archive.read(name)))
    return parts


def _read_part(xml):
    fields, pieces, stack = [], [""], []

    def begin(instructions=""):
        new = Field(instructions)
        if stack and not stack[-1].is_shown:
            stack[-1].nested.append(new)
            stack[-1].instructions += NESTED
        fields.append(new)
        stack.append(new)
        pieces.append("")

    for event, element in etree.iterwalk(
        etree.fromstring(xml), events=("start", "end"), tag=TAGS
    ):
        tag = element.tag.rpartition("}")[2]
        if event == "end":
            if tag == "fldSimple":
                stack.pop()
            elif tag == "p":
                pieces[-1] += "\n"
            continue
        match tag:
            case "fldSimple":
                begin(_get_attribute(element, "instr"))
                stack[-1].is_shown = True
            case "fldChar" if _get_attribute(element, "fldCharType") == "begin":
                begin()
            case "fldChar" if not stack:
                raise ValueError("a field has no beginning")
            case "fldChar" if _get_attribute(element, "fldCharType") == "separate":
                stack[-1].is_shown = True
            case "fldChar":
                stack.pop()
            case "instrText" if stack:
                stack[-1].instructions += element.text or ""
            case "t" if all(outer.is_shown and not outer.is_merged for outer in stack):
                pieces[-1] += element.text or ""
    if stack:
        raise ValueError("a field has no end")
    return Part(fields, pieces, STRICT_NAMESPACE in xml)


def _get_attribute(element, name):
    """Return an attribute, whatever its namespace."""
    values = (
        value for key, value in element.attrib.items() if key.rpartition("}")[2] == name
    )
    return next(values, "")
