"""What the actions of flows do, told by their types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbench.platforms.salesforce.values import words

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAIL = {
    "emailBody": "mail", "emailSubject": "mail", "emailAddresses": "recipient", "emailAddressesArray": "recipient",
    "recipientId": "recipient", "ccRecipientAddressList": "recipient", "bccRecipientAddressList": "recipient",
}  # fmt: skip
_MESSAGE = {
    "text": "message", "customNotifBody": "message", "title": "message", "message": "message", "slackMessage": "message",
    "subjectNameOrId": "recipient", "recipientIds": "recipient", "slackConversationId": "recipient",
}  # fmt: skip


@dataclass(frozen=True)
class Action:
    """What a step does."""

    kind: str
    effects: tuple[str, ...] = ()
    sinks: Mapping[str, str] = field(default_factory=dict)
    """The sink of a parameter by its name."""
    runs: str | None = None
    component: str = "built_in"
    known: bool = True


_MAILS = Action("mail", ("send_mail",), _MAIL)
_POSTS = Action("message", ("send_message",), _MESSAGE)
_GRANTS = Action("step", ("grant_permission",))
_PROMPTS = Action("step", ("call_model",), runs="prompt")
_TYPES: Mapping[str, Action] = {
    "emailSimple": _MAILS, "emailAlert": _MAILS, "sendSurveyInvitation": _MAILS, "SendEmail": _MAILS,
    "chatterPost": _POSTS, "customNotificationAction": _POSTS, "slackPostMessage": _POSTS,
    "sendNotification": _POSTS, "sendConversationMessages": _POSTS,
    "quickAction": Action("step", ("write",)), "routeWork": Action("step", ("write",)),
    "submit": Action("approval", ("write",)),
    "apex": Action("code", ("run_code",), runs="apex", component="custom"),
    "component": Action("code", ("run_code",), runs="javascript", component="custom"),
    "externalService": Action("http", ("call_http",)),
    "generatePromptResponse": _PROMPTS, "generateAiAgentResponse": _PROMPTS, "evaluateAiAgent": _PROMPTS,
    "flow": Action("subflow"), "generateVerificationCode": Action("step"), "verifyVerificationCode": Action("step"),
    "activateSessionPermSet": _GRANTS, "deactivateSessionPermSet": Action("step", ("write",)),
    "contentVersion": Action("file", ("write",)), "skillsBasedRouting": Action("step", ("write",)),
}  # fmt: skip
# Beginnings of the names of other actions.
_BEGINNINGS: Mapping[str, str] = {
    "create": "write", "update": "write", "save": "write", "add": "write", "assign": "write", "upsert": "write",
    "submit": "write", "close": "write", "deploy": "write", "delete": "delete", "remove": "delete",
    "send": "send_message", "post": "send_message", "publish": "publish", "get": "read", "find": "read",
    "search": "read", "list": "read", "check": "read", "retrieve": "read", "lookup": "read", "generatePrompt": "call_model",
}  # fmt: skip
# Objects whose records give people rights or let them see records.
_RIGHTS = words("permissionsetassignment permissionsetassign groupmember userrole objectpermissions fieldpermissions")
_EFFECTS = {"recordLookups": "read", "recordCreates": "write", "recordUpdates": "write", "recordDeletes": "delete"}
_KINDS = {
    "start": "trigger", "screens": "screen", "decisions": "decision", "recordLookups": "query", "subflows": "subflow",
    "loops": "decision", "assignments": "transform", "transforms": "transform", "collectionProcessors": "transform",
    "waits": "wait", "steps": "subflow", "orchestratedStages": "subflow",
}  # fmt: skip


def action_of(kind: str, action_type: str | None, action_name: str | None, obj: str | None) -> Action:
    """Return what a step of some kind does; `known` is false for actions that nobody here has heard of."""
    if kind == "apexPluginCalls":
        return _TYPES["apex"]
    if kind == "actionCalls":
        return _of_type(action_type or "", action_name or "")
    effects: tuple[str, ...] = (_EFFECTS[kind],) if kind in _EFFECTS else ()
    if effects and kind != "recordLookups" and gives_rights(obj):
        effects = (*effects, "grant_permission")
    return Action(_KINDS.get(kind, "step"), effects)


def gives_rights(obj: str | None) -> bool:
    """Tell whether records of an object give people rights."""
    name = (obj or "").lower()
    return name in _RIGHTS or (name.endswith("share") and len(name) > len("share"))


def _of_type(action_type: str, action_name: str) -> Action:
    if action_type == "quickAction" and action_name.rpartition(".")[2].lower().startswith("sendemail"):
        return _MAILS
    if action_type in _TYPES:
        return _TYPES[action_type]
    if action_type.lower().startswith("slack"):
        return _POSTS
    found = next((effect for start, effect in _BEGINNINGS.items() if action_type.startswith(start)), None)
    return Action("step", (found,) if found else (), known=found is not None)
