"""Show characters that hide: direction marks, zero-width signs, controls. Text from exports may carry any of them."""

from __future__ import annotations

import re
import unicodedata

_KEPT = {"\n", "\t", "\ufe0e", "\ufe0f"}  # line breaks, tabs and the choice of emoji or text style are harmless
_JOINER = "\u200d"
_SPACE, _DELETE = 0x20, 0x7F
# A quick no for the many texts that have nothing to hide: printable ASCII and Latin-1, Greek, Cyrillic, CJK, …
_SUSPECT = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def visible(text: str) -> str:
    """Return `text` with every hidden character written out, such as `[U+202E]`; a NUL becomes `␀`.

    Line breaks and tabs stay, and so do joiners within emoji. The result can be stored in XML, HTML and spreadsheets.
    """
    text = text.replace("\r\n", "\n")
    if _SUSPECT.search(text) is None:
        return text
    return "".join(_shown(text, place, sign) for place, sign in enumerate(text))


def is_hiding(text: str) -> bool:
    """Return whether `text` holds a character that `visible` writes out."""
    return visible(text) != text


def _shown(text: str, place: int, sign: str) -> str:
    if sign in _KEPT or _SUSPECT.match(sign) is None or (sign == _JOINER and _within_emoji(text, place)):
        return sign
    code = ord(sign)
    if code < _SPACE:
        return chr(0x2400 + code)
    return "\u2421" if code == _DELETE else f"[U+{code:04X}]"


def _within_emoji(text: str, place: int) -> bool:
    before, after = text[:place].rstrip("\ufe0f")[-1:], text[place + 1 : place + 2]
    return _is_emoji(before) and _is_emoji(after)


def _is_emoji(sign: str) -> bool:
    return sign != "" and (unicodedata.category(sign) == "So" or "\U0001f3fb" <= sign <= "\U0001f3ff")
