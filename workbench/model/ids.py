"""Stable ids: from the platform's own id, else from a slug of the name."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

_LONGEST = 80
_LONGEST_ID = 500


@lru_cache(maxsize=4096)  # the same few names are asked for again and again
def slug(text: str) -> str:
    """Return a lower-case, dash-separated form of `text`: never empty, the same for the same text.

    Text that loses something on the way (other scripts, signs, length) gets a short hash, so that two names that differ
    never give one slug by accident of what was dropped.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    result = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    lossless = re.fullmatch(r"[A-Za-z0-9 _\-]*", text) is not None and len(result) <= _LONGEST
    if result and lossless:
        return result
    return f"{result[:_LONGEST]}-{digest}".strip("-")


def element_id(app: str, kind: str, native: str) -> str:
    """Return the id of an element of an app: `app/kind:native`; what is too long for an id is shortened to a slug."""
    whole = f"{app}/{kind}:{native}"
    return whole if len(whole) <= _LONGEST_ID else f"{app}/{kind}:{slug(native)}"
