"""What Make's expressions take from which module: `{{1.body.email}}`, ``{{2.`Full name`}}``, `{{first(map(3.rows; "x"))}}`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.platforms.braces import Piece, pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED = re.compile(r'"[^"]*"')
# The number of a module, then a field: a letter, a line below or a backtick; after a digit it would be a decimal number.
_REFERENCE = re.compile(
    r"(?<![\w.`])(\d{1,9})\.((?:`[^`]{0,200}`|[^\W\d]\w{0,200})(?:[\w.\-\[\]]|`[^`]{0,200}`){0,400})"
)
# The whole bundle of a module: `{{5}}`, `{{toJSON(5)}}`.
_WHOLE = re.compile(r"(?i)^\s*(?:\w{0,20}json\(\s*)?(\d{1,9})\s*\)?\s*$")
_PART = re.compile(r"`([^`]*)`|([^.\[\]`]+)")
_MAKES_NUMBER = re.compile(
    r"^\s*(?:parseNumber|round|floor|ceil|abs|length|sum|average|formatDate|formatNumber|md5|sha\d+)\s*\("
)
_ENCODES = {"url": re.compile(r"^\s*encodeURL\s*\("), "html": re.compile(r"^\s*(?:escapeHTML|stripHTML)\s*\(")}


@dataclass(frozen=True)
class Reference:
    """A field of an earlier module's output."""

    module: str
    path: tuple[str, ...]
    piece: Piece

    def safe_in(self, sink: str) -> bool | None:
        """Tell whether the function around it makes it harmless in a sink; None where nothing is known to be wrong."""
        if sink == "parameter":
            return None
        encodes = _ENCODES.get(sink)
        return bool(_MAKES_NUMBER.match(self.piece.text) or (encodes and encodes.match(self.piece.text)))


def references(text: str) -> Iterator[Reference]:
    """Yield what a text takes from earlier modules."""
    for piece in pieces(text):
        bare = _QUOTED.sub('""', piece.text)
        for match in _REFERENCE.finditer(bare):
            path = tuple(a or b for a, b in _PART.findall(match.group(2)))
            yield Reference(match.group(1), path, piece)
        whole = _WHOLE.match(bare)
        if whole is not None:
            yield Reference(whole.group(1), (), piece)
