"""XML becomes the same plain data as JSON gives, or is refused with place and reason."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from workbench.platforms.documents import Limits
from workbench.platforms.draft import Note, RefusedError
from workbench.platforms.markup import decode_xml


def refusal(data: bytes, limits: Limits | None = None) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        decode_xml(data, "flow.xml", limits=limits)
    return caught.value


def test_elements_become_lists_by_name() -> None:
    """A child that is only text is that text; attributes have an @; text beside children is #text."""
    xml = b"<Flow a='1'><label>Orders</label><rules><name>a</name></rules><rules/>beside</Flow>"
    expected = {"Flow": {"@a": "1", "label": ["Orders"], "rules": [{"name": ["a"]}, ""], "#text": "beside"}}
    assert decode_xml(xml, "x") == expected


def test_no_text_is_lost_between_children() -> None:
    """What stands after a child belongs to the element, line by line."""
    assert decode_xml(b"<p>one <b>two</b> three <b>four</b> five</p>", "x") == {
        "p": {"b": ["two", "four"], "#text": "one\nthree\nfive"}
    }


def test_namespaces_are_dropped_and_no_attribute_with_them() -> None:
    """Where two attributes have one name, that of a namespace keeps it."""
    xml = b'<m:a xmlns="urn:x" xmlns:m="urn:m" m:id="2" id="1" m:type="t"><b/><m:b/></m:a>'
    assert decode_xml(xml, "x") == {"a": {"@id": "1", "@{urn:m}id": "2", "@type": "t", "b": ["", ""]}}


def test_comments_and_instructions_are_no_content() -> None:
    """CDATA is."""
    assert decode_xml(b"<?xml version='1.0'?><!-- a --><a><?go x?><!-- b --><![CDATA[<x>&]]></a>", "x") == {"a": "<x>&"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings_are_read_as_declared(encoding: str) -> None:
    """With a mark or a declaration."""
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    data = f"<?xml version='1.0' encoding='{name}'?><a>größer</a>".encode(encoding)
    assert decode_xml(data, "x") == {"a": "größer"}


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BAD = {
    "billion laughs": (f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>', "xml-dtd", "DOCTYPE"),
    "quadratic": (f'<!DOCTYPE a [<!ENTITY x "{"x" * 50_000}">]><a>{"&x;" * 50_000}</a>', "xml-dtd", "DOCTYPE"),
    "document type": ("<!DOCTYPE a><a/>", "xml-dtd", "DOCTYPE"),
    "outer type": ('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "xml-dtd", "DOCTYPE"),
    "parameter entity": ('<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><a/>', "xml-dtd", "DOCTYPE"),
    "unknown entity": ("<a>&nbsp;</a>", "syntax", "line 1, column 4"),
    "depth": ("<a>" * 200_000 + "</a>" * 200_000, "too-deep", "100 deep"),
    "depth without end": ("<a>" * 200_000, "too-deep", "100 deep"),
    "elements": ("<a>" + "<b/>" * 500_001 + "</a>", "too-many-values", "500,000"),
    "attributes": ("<a " + " ".join(f'x{n}=""' for n in range(500_001)) + "/>", "too-many-values", "500,000"),
    "token without end": ("<a x='" + "x" * 20_000_000, "syntax", "line 1"),
    "comment without end": ("<!--" + "x" * 20_000_000, "syntax", "line 1"),
    "cut short": ("<a><b>x</b>", "syntax", "line 1"),
    "two roots": ("<a/><b/>", "syntax", "line 1, column 5"),
    "no root": ("<?xml version='1.0'?>", "syntax", "line 1"),
    "nothing": ("", "syntax", "line 1"),
    "control sign": ("<a>\x01</a>", "syntax", "line 1, column 4"),
    "written control sign": ("<a>&#1;</a>", "syntax", "line 1, column 4"),
    "half sign": ("<a>&#xD800;</a>", "syntax", "line 1, column 4"),
    "attribute twice": ("<a x='1' x='2'/>", "syntax", "line 1, column 10"),
    "prefix of nothing": ("<x:a/>", "syntax", "line 1"),
    "unknown encoding": ("<?xml version='1.0' encoding='martian'?><a/>", "encoding", "UTF-8"),
    "encoding of no bytes": ("<?xml version='1.0' encoding='utf-7'?><a/>", "encoding", "UTF-8"),
    "encoding of many bytes": ("<?xml version='1.0' encoding='shift_jis'?><a/>", "encoding", "UTF-8"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_xml_is_refused_with_code_place_and_what_to_do(name: str) -> None:
    """Nothing is expanded, fetched, guessed or half-read."""
    text, code, words = BAD[name]
    error = refusal(text.encode())
    assert (error.code, error.where) == (code, "flow.xml")
    assert words in error.text
    assert any(word in error.text for word in ("export", "save", "remove"))


def test_bytes_that_are_not_the_encoding_are_refused() -> None:
    """Half a letter of UTF-8."""
    assert refusal(b"<a>\xff\xfe</a>").code == "syntax"


def test_no_file_is_opened_for_an_entity(tmp_path: Path) -> None:
    """An outer entity is refused before anything is looked up."""
    secret = tmp_path / "secret.txt"
    secret.write_text("Sw0rdfish9")
    tried: list[object] = []
    watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in {"open", "socket.connect"}:
            tried.append(arguments[0])

    sys.addaudithook(watch)
    error = refusal(f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]><a>&x;</a>'.encode())
    watching = False
    assert error.code == "xml-dtd"
    assert str(secret) not in map(str, tried)
    assert "Sw0rdfish9" not in error.text


def test_long_tokens_are_read_in_one_go() -> None:
    """A single value may be as large as the file: pictures lie in exports as text."""
    long = "x" * 5_000_000
    assert decode_xml(f"<a b='{long}'>{long}</a>".encode(), "x") == {"a": {"@b": long, "#text": long}}


def test_signs_that_no_text_may_hold_are_made_visible_and_noted() -> None:
    """In text and in attributes."""
    notes: list[Note] = []
    assert decode_xml(b"<a b='\x7f'><c>\x7f</c></a>", "f.xml", notes=notes) == {"a": {"@b": "␡", "c": ["␡"]}}
    assert sorted(note.where for note in notes) == ["f.xml#/a/@b", "f.xml#/a/c/0"]


def test_limits_can_be_set() -> None:
    """The refusal names them."""
    assert "more than 3 deep" in refusal(b"<a><a><a><a/></a></a></a>", Limits(depth=3)).text
    assert "more than 2 elements" in refusal(b"<a><b/><b/></a>", Limits(values=2)).text


def test_unicode_is_kept_as_it_is() -> None:
    """Direction marks, zero-width signs and both ways to write one letter."""
    text = "a\u202eb\u200bc\u00e9e\u0301\u2066🙂"
    assert decode_xml(io.BytesIO(f"<a>{text}</a>".encode()).getvalue(), "x") == {"a": text}
