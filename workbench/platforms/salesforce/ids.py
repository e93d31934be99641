"""Keys within ids: API names as they are, since they are the same in every export."""

from __future__ import annotations

import re

from workbench.platforms.salesforce.element import START
from workbench.platforms.salesforce.values import slug

_API_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")


def key_of(name: str) -> str:
    """Return an API name in lower case, for Salesforce does not care about case; other names as a slug."""
    lower = name.lower()
    # No API name begins with an underscore.
    return "_start" if name == START else lower if _API_NAME.fullmatch(lower) else slug(name)
