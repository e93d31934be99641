"""What the reading process does with one file."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from canaries import SHAPED, Maker

from workbench.model import EntryPoint, Flow
from workbench.platforms import RefusedError, readers, reading
from workbench.platforms.documents import Limits
from workbench.platforms.wire import Reply, from_line, to_line

KEY = b"k" * 32


def read(path: Path) -> Reply:
    """Read one file in this process."""
    (reply,) = reading.read_file(
        path.name, reading.OnDisk({path.name: path}, Limits()), reading.Job(KEY, Limits(), readers())
    )
    return reply


@pytest.mark.usefixtures("probe")
def test_a_document_that_two_readers_know_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which platform it is from has to be said."""
    from workbench.platforms import node_red  # noqa: PLC0415  only this test needs it

    monkeypatch.setattr(node_red, "matches", lambda content: "probe" in content)
    path = tmp_path / "a.json"
    path.write_text('{"probe": 1}')
    reply = read(path)
    assert reply.refused is not None
    assert (reply.refused.code, reply.refused.where) == ("ambiguous", "a.json")
    assert "name its platform" in reply.refused.text


@pytest.mark.usefixtures("probe")
def test_what_decoding_replaced_is_noted_in_the_first_draft(tmp_path: Path) -> None:
    """Notes about the file come before those of its reader."""
    path = tmp_path / "a.json"
    path.write_text('{"probe": "\\u0000"}')
    (draft,) = read(path).drafts
    assert [note.where for note in draft.notes] == ["a.json#/probe", "a.json"]


@pytest.mark.usefixtures("probe")
@pytest.mark.parametrize(
    "text", ['{"KEY": 1, "KEY": 2}', '{"probe": 1, "KEY": "\\u0000"}', '{"probe": "refuse", "KEY": NaN}']
)
def test_what_is_said_about_a_file_holds_no_secret(tmp_path: Path, text: str) -> None:
    """A key may be a secret, and refusals and notes name keys."""
    secret = SHAPED["openai project"](Maker(1))
    path = tmp_path / "a.json"
    path.write_text(text.replace("KEY", secret))
    reply = read(path)
    assert reply.refused or reply.drafts[0].notes
    assert secret.encode() not in to_line([reply])


def n8n_export(secret: str) -> Any:
    """Return a workflow with a secret in every kind of place."""
    http = {
        "url": f"https://x.example.org/a?token={secret}",
        "headerParameters": {"parameters": [{"name": "Authorization", "value": f"Bearer {secret}"}]},
        "jsonBody": json.dumps({"a": secret}),
    }
    nodes = [
        ("webhook", {"path": "a", "options": {"note": secret}}, "In"),
        ("httpRequest", http, f"Call {secret}"),
        ("code", {"jsCode": f"const key = '{secret}';\nreturn items;"}, "Code"),
        ("set", {"assignments": {"assignments": [{"name": "apiKey", "value": secret, "type": "string"}]}}, "Set"),
        ("postgres", {"operation": "executeQuery", "query": f"CALL login('{secret}')"}, "Store"),
        ("stickyNote", {"content": f"The key is {secret}"}, "Note"),
    ]
    chain = [name for _, _, name in nodes[:-1]]
    return {
        "name": f"Orders {secret}",
        "nodes": [
            {
                "id": str(n),
                "name": name,
                "type": f"n8n-nodes-base.{kind}",
                "typeVersion": 1,
                "position": [0, 0],
                "parameters": given,
            }
            for n, (kind, given, name) in enumerate(nodes)
        ],
        "connections": {a: {"main": [[{"node": b, "type": "main", "index": 0}]]} for a, b in itertools.pairwise(chain)},
        "pinData": {"In": [{"json": {"key": secret}}]},
        "staticData": {"last": secret},
    }


def node_red_export(secret: str) -> Any:
    """Return flows with a secret in every kind of place."""

    def node(kind: str, after: str = "", **fields: Any) -> dict[str, Any]:
        return {"id": kind, "type": kind, "z": "tab", "name": "", "wires": [[after]] if after else [], **fields}

    change = [{"t": "set", "p": "headers.x", "pt": "msg", "to": secret, "tot": "str"}]
    variables = [{"name": "KEY", "value": secret, "type": "str"}]
    return [
        {"id": "tab", "type": "tab", "label": f"Plant {secret}", "info": secret, "env": variables},
        node("http in", "function", url=f"/hook?key={secret}", method="post"),
        node("function", "change", name=secret, func=f"msg.token = '{secret}';\nreturn msg;"),
        node("change", "http request", rules=change),
        node("http request", "mqtt out", url=f"https://x.example.org/?k={secret}", method="GET"),
        node("mqtt out", topic=f"plant {secret}", broker="broker"),
        {"id": "broker", "type": "mqtt-broker", "broker": "10.0.0.4", "credentials": {"user": "u", "password": secret}},
        node("comment", name=f"key {secret}", info=f"curl -H 'X-Key: {secret}'"),
    ]


@pytest.mark.parametrize("export", [n8n_export, node_red_export])
def test_no_secret_comes_out_of_a_reader(tmp_path: Path, export: Any) -> None:
    """Planted everywhere, found nowhere in what reading gives; the raw export, the control, holds it many times."""
    path = tmp_path / "a.json"
    missed = []
    for kind, make in SHAPED.items():
        secret = make(Maker(2))
        if "\n" not in secret:
            path.write_text(json.dumps(export(secret)))
            reply = read(path)
            assert path.read_text().count(secret) >= 9
            assert reply.drafts
            missed += [kind] if secret.encode() in to_line([reply]) else []
    assert missed == []


def test_a_trigger_that_is_wired_like_a_model_is_still_a_step(tmp_path: Path) -> None:
    """A damaged export drew the wire of a chat model from the trigger: entry point, step and the flow between are there."""
    export = n8n_export("plain")
    export["connections"] = {"In": {"ai_languageModel": [[{"node": "Code", "type": "ai_languageModel", "index": 0}]]}}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(export))
    (draft,) = read(path).drafts
    starts = {e.id: e.starts for e in draft.elements if isinstance(e, EntryPoint)}
    assert starts
    assert starts.items() <= {(e.source_id, e.target_id) for e in draft.elements if isinstance(e, Flow)}


def test_a_reply_survives_the_wire() -> None:
    """A refusal arrives with code, place and text."""
    (reply,) = from_line(to_line([Reply("a.json", refused=RefusedError("syntax", "a.json#/1", "line 3: «no»"))]))
    assert reply.refused is not None
    assert (reply.refused.code, reply.refused.where, reply.refused.text) == ("syntax", "a.json#/1", "line 3: «no»")


def test_a_line_that_is_no_reply_is_an_error() -> None:
    """Elements are validated on arrival."""
    with pytest.raises(ValueError, match="elements"):
        from_line(
            b'[{"where": "x", "drafts": [{"platform": "x", "app": "x", "sha256": "", "notes": [],'
            b' "elements": {"app": [{"nme": 1}]}}]}]'
        )


def test_every_export_of_the_corpus_is_read_and_arrives_whole(corpus: Path) -> None:
    """130 n8n and 81 Node-RED files, none refused; the wire loses no element and changes none."""
    count = 0
    for file in sorted(path for name in ("n8n", "nodered") for path in (corpus / name).rglob("*.json*")):
        reply = read(file)
        assert reply.refused is None
        (arrived,) = from_line(to_line([reply]))
        for sent, got in zip(reply.drafts, arrived.drafts, strict=True):
            assert {element.id: element for element in got.elements} == {
                element.id: element for element in sent.elements
            }
            assert (got.app, got.platform, got.notes, got.sha256) == (sent.app, sent.platform, sent.notes, sent.sha256)
        count += bool(reply.drafts)
    assert count == 211
