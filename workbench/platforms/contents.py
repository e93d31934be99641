"""What the bytes of a file are, told by its name and its first signs: JSON, XML, YAML, or text."""

from __future__ import annotations

from typing import Any

from workbench.platforms.documents import Limits, cleaned, decode, text_of
from workbench.platforms.draft import Note, RefusedError
from workbench.platforms.markup import decode_xml
from workbench.platforms.yaml_data import decode_yaml

_MARKS = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
# Text that may begin with < and is none of the metadata that platforms keep as XML.
_PAGES = (".html", ".htm", ".svg", ".js", ".ts", ".txt", ".md", ".sql")
# PouchDB writes a database down as JSON documents, one a line, in a text file of one of these names.
_DUMPS = ("db.txt", "dump.txt")


def looks_like_json(data: bytes) -> bool:
    """Tell whether the first sign is one that a JSON object or list begins with."""
    return data.lstrip(_MARKS).startswith((b"{", b"["))


def claims_json(name: str) -> bool:
    """Tell whether a name ends like that of a JSON file, also of one that was saved with a quote after it."""
    return name.lower().rstrip('"').endswith(".json")


def claims_yaml(name: str) -> bool:
    """Tell whether a name ends like that of a YAML file."""
    return name.lower().endswith((".yaml", ".yml"))


def claims_xml(name: str, data: bytes) -> bool:
    """Tell whether a file says that it is XML; others that begin with < may be templates, which are text."""
    return name.lower().endswith(".xml") or data.lstrip(_MARKS).startswith(b"<?xml")


def looks_like_xml(name: str, data: bytes) -> bool:
    """Tell whether a file is XML that is no page and no picture."""
    return data.lstrip(_MARKS).startswith(b"<") and not name.lower().endswith(_PAGES)


def decode_any(
    data: bytes, name: str, where: str, *, limits: Limits | None = None, notes: list[Note] | None = None
) -> Any:
    """Return the content of a file: data of JSON, XML or YAML (a list, if it has several documents), else its text.

    Raises
    ------
    RefusedError
        If it is not what its name or first sign says, or asks for more than `limits`.
    """
    if claims_yaml(name):
        return _one_or_all(decode_yaml(data, where, limits=limits, notes=notes))
    try:
        if claims_json(name) or (looks_like_json(data) and not _is_text(name)):
            return _one_or_all(decode(data, where, limits=limits, notes=notes))
        if looks_like_xml(name, data):
            return decode_xml(data, where, limits=limits, notes=notes)
    except RefusedError as error:
        if error.code != "syntax" or claims_json(name) or claims_xml(name, data):
            raise
    return _text(data, where, notes)


def _is_text(name: str) -> bool:
    """Tell whether a file is text, whatever it begins with."""
    return name.lower().endswith(_PAGES[3:]) and name.lower().rpartition("/")[2] not in _DUMPS


def _text(data: bytes, where: str, notes: list[Note] | None) -> str:
    try:
        text = text_of(data, where)
    except RefusedError:
        text = data.decode("utf-8", errors="replace")
        if notes is not None:
            notes.append(Note("warning", where, "signs that are not UTF-8 were replaced; save it as UTF-8"))
    return cleaned(text, where, "", notes)


def _one_or_all(documents: list[tuple[str, Any]]) -> Any:
    contents = [content for _, content in documents]
    return contents[0] if len(contents) == 1 else contents
