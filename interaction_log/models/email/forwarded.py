"""What a mail program writes above an e-mail that it forwards: whose it was, and when.

Outlook, Gmail, Apple Mail and Thunderbird, in the languages of `LOCALES`.
"""

import re
from datetime import datetime, timedelta
from typing import NamedTuple

import lxml.html
import pytz
from babel.dates import get_month_names

from odoo.tools import email_normalize, formataddr

LOCALES = ("en", "de", "nl", "fr", "es", "it", "pt", "fi", "sv")

# By what each line begins, in the order of LOCALES
LABELS = {
    "from": "from von van de da lähettäjä från expéditeur remitente mittente",
    "date": "date sent datum gesendet verzonden envoyé envoyée fecha enviado "
    "enviado~el enviada enviada~em enviado~em data inviato lähetetty päivämäärä "
    "päiväys skickat",
    "subject": "subject betreff onderwerp objet sujet asunto oggetto assunto aihe ämne",
    "to": "to an aan à para a per vastaanottaja till cc kopie copie kopio kopia "
    "destinataire destinatario",
}
_KINDS = {
    label.replace("~", " "): kind
    for kind, labels in LABELS.items()
    for label in labels.split()
}
_ANY_LABEL = "|".join(sorted(_KINDS, key=len, reverse=True))
# A label, with the marks of a quotation and of bold text around it; French sets a
# space before the colon
_LINE = re.compile(rf"^[>\s*|]*({_ANY_LABEL})[\s*]*:[\s*]*(.*)$", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
# How many lines may stand between two labels, such as those of many recipients
MAX_GAP = 4
# How much of a line is looked at, in characters: no name or date is longer
MAX_VALUE = 500

# Tags that end a line
_BLOCKS = ("br", "p", "div", "tr", "li", "pre", "hr", "blockquote", "table", "h1", "h2")

_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b")
_SHORT_NUMBERS = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](\d{2})\b")
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")
_WORD = re.compile(r"[^\W\d_]{3,}")
_DAY_BEFORE = re.compile(r"\b(\d{1,2})(?:\.|º|°|er|st|nd|rd|th)?\s*(?:de\s+|of\s+)?$")
_DAY_AFTER = re.compile(r"^\.?\s*(\d{1,2})\b(?!\s*[:.h]\s*\d\d)")
_TIME = re.compile(
    r"\b(\d{1,2})\s?[:.h]\s?(\d{2})(?:[:.]\d{2})?(?:\s*([ap])\.?\s?m\b)?", re.IGNORECASE
)
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?\)?\s*$")


class Original(NamedTuple):
    """The e-mail that was forwarded."""

    email_from: str | None  # with the name; None where no address is written
    date: datetime | None  # in UTC
    subject: str | None


def _get_months():
    """Return {name of a month in one of the languages: its number}."""
    months = {
        name.rstrip(".").lower(): number
        for locale in LOCALES
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, locale).items()
    }
    # Finnish mail programs write one letter more than Babel
    finnish = get_month_names("abbreviated", "format", "fi")
    return months | {f"{name}k": number for number, name in finnish.items()}


_MONTHS = _get_months()


def find_original(body: str, timezone: str | None, latest: datetime) -> Original | None:
    """Return what is written above the first e-mail that the text quotes, or None.

    :param body: HTML of the e-mail that forwards
    :param timezone: name of that in which the times are written, of who forwards
    :param latest: when it was forwarded, in UTC
    """
    for block in _find_blocks(_get_lines(body)):
        address = _ADDRESS.search(block["from"])
        email_from = None
        if address and email_normalize(address[0]):
            name = block["from"][: address.start()].strip(" \t\"'<[(*,;")
            name = re.sub(r"[<\[(]?\s*mailto:$", "", name).strip(" \"'")
            email_from = formataddr((name, address[0]))
        date = parse_date(block["date"], timezone, latest)
        return Original(email_from, date, block.get("subject"))
    return None


def _get_lines(body):
    """Return the lines of text of `body` that are not empty."""
    root = lxml.html.fromstring(f"<div>{body}</div>")
    for node in root.iter(*_BLOCKS):
        node.text = f"\n{node.text or ''}"
        node.tail = f"\n{node.tail or ''}"
    text = root.text_content().replace("\xa0", " ").replace("\u200e", "")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _find_blocks(lines):
    """Yield dicts of the lines with labels that stand together: {kind: value}.

    They say of whom and when an e-mail was, and something else of it: a single line
    with a colon is no header.
    """
    block, gap = {}, 0
    for number, line in enumerate(lines):
        match = _LINE.match(line)
        if match and _KINDS[match[1].lower()] not in block:
            value = match[2].strip()
            if not value and number + 1 < len(lines):  # in a table, on the next line
                value = "" if _LINE.match(lines[number + 1]) else lines[number + 1]
            block[_KINDS[match[1].lower()]] = value[:MAX_VALUE].strip(" *")
            gap = 0
        elif block and not match:
            gap += 1
        if len(block) >= 3 and {"from", "date"} <= block.keys() and gap == 0:
            last = number + 1 >= len(lines) or not _LINE.match(lines[number + 1])
            if last:
                yield block
                block = {}
        elif gap > MAX_GAP:
            block, gap = {}, 0


def parse_date(text: str, timezone: str | None, latest: datetime) -> datetime | None:
    """Return the date that a mail program wrote, in UTC, or None.

    :param timezone: name of that in which it is written, where it does not say so
    :param latest: in UTC; of two readings of a date it is the one before that
    """
    text = " ".join(text.replace("\u202f", " ").lower().split())
    days, rest = _find_days(text)
    time = _TIME.search(rest)
    if not (days and time):
        return None
    hour, minute = int(time[1]), int(time[2])
    if time[3]:
        hour = hour % 12 + (12 if time[3] == "p" else 0)
    dates = []
    for year, month, day in days:
        try:
            local = datetime(year, month, day, hour, minute)
        except ValueError:
            continue
        dates.append(_to_utc(local, rest[time.end() :], timezone))
    # clocks differ
    dates = [date for date in dates if date <= latest + timedelta(hours=1)]
    return min(dates[0], latest) if dates else None


def _find_days(text):
    """Return (list of (year, month, day), the rest), the likeliest reading first."""
    if match := _ISO.search(text):
        return [tuple(map(int, match.groups()))], text[match.end() :]
    # a weekday may be called as a month is, and a time may look like a short date
    for find in (_NUMBERS.search, _find_month, _SHORT_NUMBERS.search):
        match = find(text)
        if isinstance(match, tuple):
            return match
        if match:
            rest = text[match.end() :]
            return _read_numbers(*map(int, match.groups()), match[0], rest), rest
    return [], text


def _read_numbers(first, second, year, written, rest):
    """Return the readings of a date in numbers, the likeliest first."""
    year += 2000 if year < 100 else 0
    readings = [(year, second, first)]
    if "/" in written:
        # Americans write the month first, and half a day
        position = 0 if re.search(r"\d\s*[ap]\.?\s?m\b", rest) else 1
        readings.insert(position, (year, first, second))
    return readings


def _find_month(text):
    """Return what `_find_days` does of a date with the name of a month, or None."""
    year = _YEAR.search(text)
    before, after = [], []
    for word in _WORD.finditer(text) if year else ():
        month = _MONTHS.get(word[0])
        if not month:
            continue
        if day := _DAY_BEFORE.search(text[: word.start()]):
            before.append((int(year[1]), month, int(day[1])))
        elif day := _DAY_AFTER.search(text[word.end() :]):
            after.append((int(year[1]), month, int(day[1])))
    # "mar. 14 avr. 2026" is no day in March
    days = before or after
    return (days, text[year.end() :]) if days else None


def _to_utc(local, rest, timezone):
    """Return the time in UTC.

    :param str rest: what is written behind it, such as `+0200`
    """
    if offset := _OFFSET.search(rest):
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        delta = timedelta(minutes=minutes)
        return local - delta if offset[1] == "+" else local + delta
    if re.search(r"\b(utc|gmt)\b", rest):
        return local
    zone = pytz.timezone(timezone) if timezone else pytz.utc
    return zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)
