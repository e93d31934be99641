"""What each Node-RED node type is: a table, with a guess from the words of its name for types that are not in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

Package = Literal["built_in", "official", "community", "custom"]


@dataclass(frozen=True)
class NodeType:
    """How a node of one type behaves."""

    kind: str
    """Kind of its Process."""
    effects: tuple[str, ...] = ()
    entry: str | None = None
    """Kind of the EntryPoint it is, if messages begin here."""
    passes: bool = True
    """What came in also goes out; False where `msg.payload` is replaced by an answer."""
    runs: str | None = None
    package: Package = "community"
    transparent: bool = False
    """Only a bend in a wire: modelled as the flow itself."""
    caller: str | None = None
    """Who calls where this server listens: http, dashboard, websocket, tcp, udp, mail."""
    listens: Literal["error", "control"] | None = None
    """Implicit wires: to the nodes whose error, end or status it reports."""


_TABLE: dict[str, NodeType] = {}


def _add(package: Package, types: str, kind: str, effects: str = "", **more: object) -> None:
    for name in types.split(","):
        _TABLE[name.strip()] = NodeType(kind, tuple(effects.split()), package=package, **more)  # type: ignore[arg-type]


_add("built_in", "inject", "trigger", entry="manual")
_add("built_in", "debug", "other")
_add("built_in", "link in, link out, junction", "other", transparent=True)
_add("built_in", "link call", "subflow")
_add("built_in", "catch", "trigger", entry="error", listens="error")
_add("built_in", "complete", "trigger", entry="app_event", listens="control")
_add("built_in", "status", "trigger", entry="app_event", listens="control", passes=False)
_add("built_in", "function", "code", "run_code", runs="javascript")
_add("built_in", "exec", "command", "run_command", runs="shell", passes=False)
_add("built_in", "switch", "decision")
_add("built_in", "template", "transform")
_add("built_in", "delay, trigger", "wait")
_add("built_in", "change, range, split, join, sort, batch, csv, html, json, xml, yaml, rbe", "transform")
_add("built_in", "http in", "trigger", entry="webhook", caller="http")
_add("built_in", "http response", "response")
_add("built_in", "http request", "http", "call_http", passes=False)
_add("built_in", "mqtt in", "trigger", entry="message_queue")
_add("built_in", "mqtt out", "step", "write")
_add("built_in", "tcp in", "trigger", entry="socket", caller="tcp")
_add("built_in", "udp in", "trigger", entry="socket", caller="udp")
_add("built_in", "tcp out, udp out", "step", "write")
_add("built_in", "tcp request", "step", "read write", passes=False)
_add("built_in", "websocket in", "trigger", entry="socket", caller="websocket")
_add("built_in", "websocket out", "response", "write")
_add("built_in", "file", "file", "write_file")
_add("built_in", "file in", "file", "read_file", passes=False)
_add("built_in", "watch", "trigger", entry="file_drop")

_add("official", "e-mail, email", "mail", "send_mail")
_add("official", "e-mail in", "trigger", entry="mail")
_add("official", "e-mail mta", "trigger", entry="mail", caller="mail")
_add("official", "twitter out", "message", "publish")
_add("official", "twitter in", "trigger", entry="app_event")
_add("official", "feedparse", "trigger", entry="app_event")
_add("official", "serial in", "trigger", entry="app_event")
_add("official", "serial out", "step", "write")
_add("official", "serial request", "step", "read write", passes=False)
_add("official", "rpi-gpio in, ds18b20", "trigger", entry="app_event")
_add("official", "rpi-gpio out", "step", "write")
_add("official", "mysql, sqlite, postgres", "query", "read write", passes=False, runs="sql")
_add("official", "mongodb in", "query", "read", passes=False)
_add("official", "mongodb out", "query", "write")
_add("official", "redis out", "step", "write")
_add("official", "twilio out", "message", "send_sms")
_add("official", "sentiment, geohash, base64, msgpack, what3words, string, random, smooth, ping", "transform")
_add("official", "amazon s3, s3, dropbox", "file", "read_file", passes=False)
_add("official", "amazon s3 out, s3 out, dropbox out, box out", "file", "write_file")
_add("official", "amazon s3 in", "trigger", entry="file_drop")

_add(
    "community", "postgresql, MSSQL, oracledb, stackhero-mysql, alasql", "query", "read write", passes=False, runs="sql"
)
_add("community", "mongodb2 in, mongodb3 in, mongodb4", "query", "read write", passes=False)
_add("community", "influxdb in", "query", "read", passes=False)
_add("community", "influxdb out, influxdb batch", "query", "write")
_add("community", "redis-command, redis-out, redis-lua-script", "step", "read write", passes=False)
_add("community", "redis-in", "trigger", entry="message_queue")
_add("community", "kafka in, kafka-consumer, amqp in, amqp-in, nats-sub, stomp in", "trigger", entry="message_queue")
_add("community", "kafka out, kafka-producer, amqp out, amqp-out, nats-pub, stomp out", "step", "write")
_add("community", "telegram receiver, telegram command, telegram event", "trigger", entry="chat")
_add("community", "telegram sender, telegram reply", "message", "send_message")
_add("community", "slack-web-out, slack-rtm-out, discordMessage, discordSendMessage", "message", "send_message")
_add("community", "slack-web-in, slack-rtm-in, discordMessageManager", "trigger", entry="chat")
_add("community", "modbus-read, s7 in, OpcUa-Event", "trigger", entry="app_event")
_add("community", "modbus-write, modbus-flex-write, s7 out, OpcUa-Write", "step", "write")
_add("community", "modbus-getter, modbus-flex-getter, OpcUa-Client, OpcUa-Read", "step", "read write", passes=False)
_add("community", "ssh, sshv2, ssh-v3, bigssh", "command", "run_command", runs="shell", passes=False)
_add("community", "daemon, pythonshell in, python-function, python3-function", "code", "run_code", runs="python")
_add(
    "community",
    "cronplus, bigtimer, schedex, eztimer, calendar-trigger, suncron, light-scheduler",
    "trigger",
    entry="schedule",
)
_add("community", "api-call-service, ha-api, api-render-template, ha-fire-event", "step", "write")
_add("community", "api-current-state, api-get-history, ha-get-entities", "step", "read", passes=False)
_add(
    "community",
    "server-events, server-state-changed, trigger-state, poll-state, ha-webhook, ha-tag",
    "trigger",
    entry="app_event",
)
_add(
    "community",
    "openai, openai-chat, chatgpt, OpenAI API, ollama-chat, ollama, gemini, anthropic",
    "agent",
    "call_model",
    passes=False,
)

_FORMS = (
    "ui_form, ui_text_input, ui_numeric, ui_date_picker, ui_colour_picker, ui_upload, "
    "ui-form, ui-text-input, ui-number-input, ui-file-input"
)
_BUTTONS = (
    "ui_button, ui_switch, ui_slider, ui_dropdown, "
    "ui-button, ui-button-group, ui-switch, ui-slider, ui-dropdown, ui-radio-group, ui-table"
)
_add("official", _FORMS, "form", entry="form", caller="dashboard")
_add("official", _BUTTONS, "screen", entry="button", caller="dashboard")
_add("official", "ui_template, ui-template", "screen", entry="dashboard", caller="dashboard")
_add("official", "ui_text, ui_gauge, ui_chart, ui_toast, ui_audio, ui_table, ui_list", "dashboard")
_add(
    "official", "ui-text, ui-gauge, ui-chart, ui-notification, ui-audio, ui-markdown, ui-progress, ui-led", "dashboard"
)
_add("official", "ui_ui_control, ui-event, ui-control", "step", entry="app_event", caller="dashboard")

TYPES = frozenset(_TABLE)
_WORD = re.compile(r"[a-z0-9]+")
_STARTS = frozenset(
    {
        "in",
        "trigger",
        "listener",
        "receiver",
        "subscribe",
        "subscriber",
        "consumer",
        "event",
        "events",
        "input",
        "watch",
    }
)
_WRITES = frozenset(
    {
        "out",
        "output",
        "write",
        "publish",
        "publisher",
        "producer",
        "send",
        "sender",
        "set",
        "insert",
        "update",
        "delete",
    }
)
_READS = frozenset({"get", "read", "query", "find", "search", "select"})
# They call something; what comes back replaces the payload.
_CALLS = frozenset({"api", "request", "fetch"})
_BY_CONNECTOR = {
    "ai": NodeType("agent", ("call_model",), passes=False),
    "chat": NodeType("message", ("send_message",)),
    "social": NodeType("message", ("publish",)),
    "sms": NodeType("message", ("send_sms",)),
    "mail": NodeType("mail", ("send_mail",)),
    "payment": NodeType("step", ("pay",), passes=False),
}
_BY_WORD = (
    (_WRITES, NodeType("step", ("write",))),
    (_CALLS, NodeType("http", ("call_http",), passes=False)),
    (_READS, NodeType("step", ("read",), passes=False)),
    (frozenset({"input"}), NodeType("trigger", entry="app_event")),
)


@cache
def node_type(name: str, connector_kind: str | None = None) -> NodeType:
    """Return what a type is; for one that is not in the table, a guess from its words and the connector it is for."""
    if name in _TABLE:
        return _TABLE[name]
    if name.startswith("subflow:"):
        return NodeType("subflow", package="custom")
    return _guess(_WORD.findall(name.lower()), connector_kind)


def _guess(words: list[str], connector_kind: str | None) -> NodeType:
    if _STARTS & set(words[-1:]):
        return NodeType("trigger", entry="app_event")
    if connector_kind in _BY_CONNECTOR:
        return _BY_CONNECTOR[connector_kind]
    by_word = next((found for marks, found in _BY_WORD if marks & set(words)), None)
    return by_word or NodeType("step")
