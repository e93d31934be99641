"""Bytes of an XML file → the same plain data as JSON gives, or a refusal that says where and why.

`<Flow><label>Orders</label><rules><name>a</name></rules></Flow>` becomes
`{"Flow": {"label": ["Orders"], "rules": [{"name": ["a"]}]}}`: a name maps to the list of its children of that name,
a child that is only text is that text. Attributes are `"@name"`, text beside children is `"#text"`. Namespaces are
dropped. So masking, pointers and readers treat both formats alike.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, cast

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from workbench.platforms.documents import FEWER, Limits, cleaned
from workbench.platforms.draft import Note, RefusedError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def decode_xml(
    data: bytes, where: str, *, limits: Limits | None = None, notes: list[Note] | None = None
) -> dict[str, Any]:
    """Return the data of an XML document: its root's name mapped to what is in the root.

    Raises
    ------
    RefusedError
        If it is not well formed, declares a document type or entities, or asks for more than `limits`.
    """
    try:
        root = _parsed(data.lstrip(), where, limits or Limits())
    except ParseError as error:
        line, column = error.position
        problem = f"line {line}, column {column + 1}: not well-formed XML ({error.msg}); export it again"
        raise RefusedError("syntax", where, problem) from None
    except DefusedXmlException:
        problem = "it declares a document type or entities, which no export of these platforms has; remove the DOCTYPE"
        raise RefusedError("xml-dtd", where, problem) from None
    except (LookupError, ValueError):
        raise RefusedError("encoding", where, "its encoding is unknown; save it as UTF-8") from None
    name = _local(root.tag)
    return {name: _value(root, where, f"/{name}", notes)}


def _parsed(data: bytes, where: str, limits: Limits) -> Element:
    depth = values = 0
    root: Element | None = None
    for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
        if event == "end":
            depth -= 1
            continue
        root = element if root is None else root
        depth, values = depth + 1, values + 1 + len(element.attrib)
        if depth > limits.depth:
            problem = f"elements nested more than {limits.depth} deep; no export needs that"
            raise RefusedError("too-deep", where, problem)
        if values > limits.values:
            raise RefusedError("too-many-values", where, f"more than {limits.values:,} elements; {FEWER}")
    return cast("Element", root)


def _value(element: Element, where: str, pointer: str, notes: list[Note] | None) -> Any:
    text = cleaned((element.text or "").strip(), where, pointer, notes)
    attributes = {f"@{_local(name)}": value for name, value in element.attrib.items()}
    children: dict[str, list[Any]] = {}
    for child in element:
        name = _local(child.tag)
        same = children.setdefault(name, [])
        same.append(_value(child, where, f"{pointer}/{name}/{len(same)}", notes))
    if not children and not attributes:
        return text
    return {**attributes, **children, **({"#text": text} if text else {})}


def _local(name: str) -> str:
    return name.rpartition("}")[2]
