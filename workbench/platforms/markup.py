"""Bytes of an XML file → the same plain data as JSON gives, or a refusal that says where and why.

`<Flow><label>Orders</label><rules><name>a</name></rules></Flow>` becomes
`{"Flow": {"label": ["Orders"], "rules": [{"name": ["a"]}]}}`: a name maps to the list of its children of that name,
a child that is only text is that text. Attributes are `"@name"`, text beside children is `"#text"`. Namespaces are
dropped. So masking, pointers and readers treat both formats alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from workbench.platforms.documents import FEWER, Limits, cleaned, escape
from workbench.platforms.draft import Note, RefusedError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ATTRIBUTE = (b'="', b"='")


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
    except RefusedError:
        raise
    except (LookupError, ValueError):
        raise RefusedError("encoding", where, "its encoding is unknown; save it as UTF-8") from None
    name = _local(root.tag)
    return {name: _value(root, where, f"/{name}", notes)}


def _parsed(data: bytes, where: str, limits: Limits) -> Element:
    # All attributes of an element arrive together, so that they have to be counted before.
    if sum(map(data.count, _ATTRIBUTE)) > limits.values:
        raise RefusedError("too-many-values", where, f"more than {limits.values:,} attributes; {FEWER}")
    builder = _Builder(where, limits)
    # In one piece: fed in many, older expats look through a long token again with each.
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    parser.feed(data)
    return parser.close()


class _Builder(TreeBuilder):
    """Builds the tree, and counts what it is to be built of."""

    def __init__(self, where: str, limits: Limits) -> None:
        super().__init__()
        self._where, self._limits = where, limits
        self._depth = self._count = 0

    def start(self, tag: Any, attrs: dict[Any, Any], /) -> Element:
        """Admit an element, or refuse the document."""
        self._depth, self._count = self._depth + 1, self._count + 1 + len(attrs)
        if self._depth > self._limits.depth:
            problem = f"elements nested more than {self._limits.depth} deep; no export needs that"
            raise RefusedError("too-deep", self._where, problem)
        if self._count > self._limits.values:
            raise RefusedError("too-many-values", self._where, f"more than {self._limits.values:,} elements; {FEWER}")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        """Close an element."""
        self._depth -= 1
        return super().end(tag)


def _value(element: Element, where: str, pointer: str, notes: list[Note] | None) -> Any:
    texts = [(part or "").strip() for part in (element.text, *(child.tail for child in element))]
    text = cleaned("\n".join(filter(None, texts)), where, pointer, notes)
    attributes = _attributes(element, where, pointer, notes)
    children: dict[str, list[Any]] = {}
    for child in element:
        name = _local(child.tag)
        same = children.setdefault(name, [])
        same.append(_value(child, where, f"{pointer}/{name}/{len(same)}", notes))
    if not children and not attributes:
        return text
    return {**attributes, **children, **({"#text": text} if text else {})}


def _attributes(element: Element, where: str, pointer: str, notes: list[Note] | None) -> dict[str, str]:
    """Return the attributes; one of a namespace keeps it where another has the same name."""
    found: dict[str, str] = {}
    for name, value in sorted(element.attrib.items(), key=lambda item: item[0].startswith("{")):
        key = f"@{_local(name)}"
        key = f"@{name}" if key in found else key
        found[key] = cleaned(value, where, f"{pointer}/{escape(key)}", notes)
    return found


def _local(name: str) -> str:
    return name.rpartition("}")[2]
