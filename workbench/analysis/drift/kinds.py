"""What kind of change it is, in words that people use, and why one should look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Kind:
    """A kind of change."""

    words: str
    why: str
    check: bool = False
    """A person has to see for themselves that everything still works and nothing leaks."""


APP = Kind("app", "A whole app came or went. Somebody has to answer for it, or to clean up behind it.")
STEP = Kind("step", "The app does something that it did not do before, or no longer does what people count on.")
ENTRY = Kind("way in", "Somebody else can start the app now, or somebody who needs it no longer can.")
FLOW = Kind("data flow", "Data takes another way.")
SYSTEM = Kind("connected system", "The app talks to somebody new, or no longer to somebody it did.")
CONNECTION = Kind("connection", "The app uses other rights than before.")
PERMISSION = Kind("permission", "Others may run it, or it may do more than before. Rights rarely shrink by themselves.")
ENDPOINT = Kind(
    "address", "Data goes to another place, or comes in at another one. Look whether that place is ours.", check=True
)
VERSION = Kind(
    "connector version", "A new version may send other fields, or treat errors and rights in another way.", check=True
)
SCHEMA = Kind(
    "data", "Other data is entered, kept or passed on. Its owner and its class have to be right again.", check=True
)
OWNER = Kind("owner", "Somebody else answers for it; they should know that they do.")
SECRET = Kind(
    "secret in the export", "A key was put in, taken out or replaced. What stood there once has to be renewed."
)
LOGIC = Kind("what a step does", "It works in another way: what it takes, what it checks, whether it runs at all.")
PROTECTION = Kind("protection", "A safeguard was put on or taken off.")
DESCRIPTION = Kind("name or note", "Only words have changed.")
LIFE = Kind("state of the app", "It was put in use, taken out of use or moved.")
SETTING = Kind("setting", "The platform treats it in another way.")
BOUNDARY = Kind("trust boundary", "Where it runs, or who else is there, has changed.")

_OF_NOUN: Mapping[str, Kind] = {
    "process": STEP, "entry_point": ENTRY, "flow": FLOW, "service": SYSTEM, "store": SYSTEM, "actor": SYSTEM,
    "connection": CONNECTION, "data": SCHEMA, "boundary": BOUNDARY, "app": APP, "policy": PROTECTION,
}  # fmt: skip
_OF_FIELD: Mapping[str, Kind] = {
    **dict.fromkeys(("owner", "deputy", "owner_status"), OWNER),
    **dict.fromkeys(("name", "notes", "purpose"), DESCRIPTION),
    **dict.fromkeys(("host", "address", "protocol", "calls", "known_as", "identity", "region"), ENDPOINT),
    **dict.fromkeys(("version", "reviewed_version", "component"), VERSION),
    **dict.fromkeys(
        ("data", "classification", "suggested", "personal", "personal_suggested", "identifier", "retention_days",
         "export_data"), SCHEMA),
    **dict.fromkeys(
        ("authentication", "exposure", "allowed_callers", "shared_with", "runs_as", "audience", "access", "scopes",
         "approved_scopes", "effects", "share_link", "row_security", "column_security", "registration", "signed_in_scope",
         "record_access", "account", "user_consent", "connection", "service"), PERMISSION),
    **dict.fromkeys(("secrets", "default_credentials"), SECRET),
    **dict.fromkeys(
        ("encrypted", "certificate_checked", "encrypted_at_rest", "replay_guard", "rate_limited", "schema_checked",
         "human_approval", "parameterised", "has_approval", "malware_scan", "monitored", "error_handler", "protection",
         "backup", "mfa", "audit_log", "keeps_run_data", "debug", "endpoint_allow_list"), PROTECTION),
    **dict.fromkeys(("lifecycle", "environment", "origin", "versioned", "in_inventory"), LIFE),
    "boundary": BOUNDARY, "kind": LOGIC, "third_party": SYSTEM, "vendor": SYSTEM,
}  # fmt: skip
# Ends of settings that a platform's reader fills.
_OF_SETTING: tuple[tuple[tuple[str, ...], Kind], ...] = (
    (("version", "versions", "modules", "libraries"), VERSION),
    (("url", "host", "address", "endpoint", "path", "topic", "method"), ENDPOINT),
    (("type",), STEP),
    (("policy", "scope", "scopes", "roles", "permission", "permissions", "callers", "public", "access"), PERMISSION),
    (("fields", "columns", "schema"), SCHEMA),
)


def of_noun(noun: str) -> Kind:
    """Return the kind of an element that came or went."""
    return _OF_NOUN.get(noun, SETTING)


def of_field(noun: str, field: str) -> Kind:
    """Return the kind of a field that changed; `settings.` and a key for a setting."""
    if field.startswith("settings."):
        last = field.rpartition(".")[2]
        words = last.split("_")
        return next((kind for ends, kind in _OF_SETTING if last in ends or words[-1] in ends), SETTING)
    return _OF_FIELD.get(field, LOGIC if noun in {"process", "flow"} else SETTING)
