"""Exactly when a derived column is true, or what it counts, where its short doc leaves that open.

By column, or by noun and column where the same name means something else. This is the one place that says so; the modules
that compute the columns do just that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAINT = (
    "Runs from entry points whose data outsiders choose (by kind: webhook, form, chat, mail, socket, message queue, tool "
    "server, portal, unless only insiders reach them; others if partners or the internet can reach them), from step to "
    "step and through parameters, not through stores and services. A safe use stops it; one that may be safe, or a step "
    "that may hand on what came in, lowers the confidence."
)
_AI = "Runs like taint, from what steps hand on that ask a language model, or that a service answers which is one."
_POLICY = (
    "Unknown while no policy was imported, and while it is not known whether a policy holds in the app's environment. "
    "For apps and flows of the Power Platform; what starts a flow is no connector to a system."
)
_SUREST = "Of the surest paths; 0 if there surely is none."

MEANINGS: Mapping[str, str] = {
    "data_class": "A suggested class counts until a person confirms one. It is at least the highest known, at most "
    "restricted while a field has none, and on no step of the scale where there is no data.",
    "data_class_confirmed": "True where there is no data.",
    "personal_data": "Suggested counts until a person says yes or no.",
    "outside": "As third_party of a service or store, or inside of an actor, says; "
    "else the innermost boundary decides. A step without a boundary is inside; an entry point without "
    "one is where those are who can reach "
    "it.",
    "anonymous_entry": "Those that nobody calls do not count: schedule, manual, error, subflow, app event, file drop.",
    "dlp_groups": "Unknown while a service has no group and fewer than two groups are known.",
    "cycle": "No approval, wait, decision, form or screen lies in it.",
    "dlp_mixed": _POLICY,
    "dlp_blocked": _POLICY,
    "dlp_unclassified": _POLICY,
    "dlp_group": "Blocked if one of them blocks it; unknown where they do not agree on the rest.",
    "tainted": _TAINT,
    "taint": _TAINT,
    "ai": _AI,
    "third_party_input": "Runs like taint, from steps that an outside service answers.",
    "unknown_host": "One of its services or stores has neither host nor vendor, or it is a call over HTTP without one.",
    "process.answers_from_store": "It is a response step, or has a flow to an entry point of its app or to who calls one. "
    "A row that comes back because it was just written is the caller's own.",
    "anonymous_read": "As an answer to who called, not as a row that comes back because it was just written.",
    "store.anonymous_reach": "It leads to a step with a flow to or from the store.",
    "outside_path": "Through steps, stores and services of any app, to a store, service or actor outside other than itself.",
    "outside_hops": _SUREST,
    "outside_apps": _SUREST,
    "shared_identifiers": "The same by name; unknown while no other surely does and one might.",
    "flow.leaves": "Or answers from inside what is asked there.",
    "arrives": "Or brings the answer from there.",
    "target_approved": "Unknown where the target is no service.",
    "source_protection": "The strongest of those whose data it may carry, not through further stores.",
    "checks_signature": "By a setting of its platform that ends in `.signature`.",
    "copies": "On the same platform, of at least four steps, by kind, type and effects of steps and what they talk to; "
    "names, ids and places do not count.",
    "documented": "Unknown for an app that people made by hand here.",
    "owner_listed": "Unknown without a list of people in the workspace, or without an owner.",
    "on_list": "By connector, vendor, name or domain; what somebody said of a service counts first. Unknown without a "
    "list in the workspace.",
    "far_effects": "Over calls, by id, name, address or topic; of another app's steps also what they lead to in turn.",
    "far_sinks": "Runs like taint, over calls of other apps; what is merely possible does not count.",
    "purposeless_personal": "Suggested counts as personal until a person says yes or no.",
}


def meaning(noun: str, name: str) -> str:
    """Return what a derived column means exactly; empty where its doc says all."""
    family = name.partition("_")[0]
    return MEANINGS.get(f"{noun}.{name}") or MEANINGS.get(name) or MEANINGS.get(family, "")
