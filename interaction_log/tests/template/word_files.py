"""Word files for tests, as small as Word takes them."""

import base64
import html
import io
import re
import zipfile

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPE = "application/vnd.openxmlformats-"
_PARTS = {
    "[Content_Types].xml": f"""{_HEAD}<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Default Extension="rels" ContentType="{_TYPE}package.relationships+xml"/>
<Override PartName="/word/document.xml"
ContentType="{_TYPE}officedocument.wordprocessingml.document.main+xml"/>
<Override PartName="/word/settings.xml"
ContentType="{_TYPE}officedocument.wordprocessingml.settings+xml"/>
</Types>""",
    "_rels/.rels": f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>
</Relationships>""",
    "word/_rels/document.xml.rels": f"""{_HEAD}
<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/settings" Target="settings.xml"/>
</Relationships>""".replace(f"{_HEAD}\n", _HEAD),
    "word/settings.xml": f'{_HEAD}<w:settings xmlns:w="{_WORD}"/>',
}


def make_word_file(text, **parts):
    """Return a Word file in base64.

    :param str text: its paragraphs, each on a line, with merge fields in braces:
        ``Dear {contact_name}``; any other field after an equals sign: ``{=NEXT}``
    :param parts: more files in the archive, with their content: ``{"name": "text"}``;
        None leaves the settings out
    """
    paragraphs = "".join(f"<w:p>{_get_runs(line)}</w:p>" for line in text.splitlines())
    document = (
        f'{_HEAD}<w:document xmlns:w="{_WORD}"><w:body>{paragraphs}'
        "<w:sectPr/></w:body></w:document>"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        files = {**_PARTS, "word/document.xml": document, **parts}
        if not files["word/settings.xml"]:
            del files["word/settings.xml"]
            files["[Content_Types].xml"] = re.sub(
                r"<Override PartName=./word/settings[^>]*>",
                "",
                files["[Content_Types].xml"],
            )
        for name, part in files.items():
            archive.writestr(name, part)
    return base64.b64encode(content.getvalue())


def _get_runs(line):
    runs = []
    for number, piece in enumerate(re.split(r"\{(.*?)\}", line)):
        if number % 2:
            code = piece[1:] if piece[0] == "=" else f"MERGEFIELD {piece}"
            runs.append(
                f'<w:fldSimple w:instr=" {code} ">'
                f"<w:r><w:t>«{piece}»</w:t></w:r></w:fldSimple>"
            )
        elif piece:
            runs.append(f'<w:r><w:t xml:space="preserve">{piece}</w:t></w:r>')
    return "".join(runs)


def read_word_file(content):
    """Return the text of a Word file, its paragraphs each on a line.

    :param bytes content: the file
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = archive.read("word/document.xml").decode()
    return "\n".join(
        "".join(
            "\n" if tag else html.unescape(text)
            for tag, text in re.findall(r"(<w:cr/>)|<w:t[^>]*>([^<]*)</w:t>", line)
        )
        for line in re.findall(r"<w:p\b.*?</w:p>", document, re.DOTALL)
    )
