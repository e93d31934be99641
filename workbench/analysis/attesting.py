"""Who can reach what, access by access, and what people say about each: keep, reduce or revoke."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

from workbench.analysis.acting import action
from workbench.analysis.frames import DAY, MOMENT, TEXT, frame
from workbench.analysis.recording import DecisionError, put, reason, record_id, several
from workbench.analysis.words import name_lookup, value_in_words
from workbench.model import NAME_LENGTH, App, Attestation, Connection, EntryPoint, Process, Store
from workbench.model.reviewing import Access

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime

    import pandas as pd

    from workbench.model import Change, Element, Model

ACCESS = {
    "id": TEXT, "name": TEXT, "app": TEXT, "kind": TEXT, "access": TEXT, "state": TEXT, "verdict": TEXT, "by": TEXT,
    "at": MOMENT, "why": TEXT, "owner": TEXT, "due": DAY,
}  # fmt: skip
VERDICTS: tuple[str, ...] = get_args(Access)
DAYS = 92
"""An attestation is a quarter old after that, and has to be said again."""
_TO_DO = {"reduce": "Reduce the access", "revoke": "Take the access away"}
# What makes an access, by the kind of element that gives it, and how people say it.
_OF: Mapping[type[Element], tuple[str, Mapping[str, str]]] = {
    App: ("the app itself", {"shared_with": "open to", "runs_as": "runs with the rights of", "registration": "sign-up",
                             "signed_in_scope": "who is signed in reads"}),
    EntryPoint: ("way in", {"kind": "kind", "authentication": "proof of who calls", "exposure": "reachable from",
                            "allowed_callers": "list of allowed callers"}),
    Connection: ("connection", {"service": "opens", "identity": "account", "authentication": "signs in by", "access": "may do",
                                "scopes": "scopes", "shared_with": "shared with"}),
    Store: ("data store", {"shared_with": "shared with", "share_link": "share link", "row_security": "rows protected",
                           "account": "account"}),
    Process: ("step", {"audience": "seen by", "runs_as": "runs with the rights of"}),
}  # fmt: skip
# Of these every one gives somebody access; of the others only those of which something is known.
_ALWAYS = (App, EntryPoint, Connection)


def accesses(model: Model, app: str, today: date) -> pd.DataFrame:
    """Return one row an access of an app: what has to be attested first, then by kind and name.

    Columns
    -------
    id, name, app, kind : the element that gives the access: the app itself, a way in, a connection, a store or a step
    access : what it is, in words; what nobody said is unknown, and has to be found out before it is kept
    state : never (attested), changed (it is another one than was attested), old (a quarter has passed), or attested
    verdict, by, at, why : keep, reduce or revoke, and who said so; of the last attestation
    owner : of the element, else of the app
    due : day on which the attestation is old
    """
    rows = [_row(model, element, today) for element in _giving(model, app)]
    order = ("changed", "never", "old", "attested")
    return frame(ACCESS, sorted(rows, key=lambda row: (order.index(row["state"]), row["kind"], row["name"], row["id"])))


def attest(
    model: Model,
    elements: str | Iterable[str],
    verdict: str,
    *,
    actor: str,
    at: datetime,
    why: str,
    owner: str | None = None,
    due: date | None = None,
) -> list[Change]:
    """Return the Changes that attest accesses, by the ids of what gives them: keep, reduce or revoke.

    reduce and revoke open an action for `owner` (else the element's, else the app's) until `due`.

    Raises
    ------
    DecisionError
        If an element gives no access, the verdict is none, or the reason is missing.
    """
    if verdict not in VERDICTS:
        raise DecisionError(f"the verdict was {verdict!r}; expected one of {', '.join(VERDICTS)}", "verdict")
    said, to_do = {"by": actor, "at": at, "why": why}, {"owner": owner, "due": due}
    changes: list[Change] = []
    for each in several(elements):
        element = model.get(each)
        if element is None or type(element) not in _OF:
            raise DecisionError(f"{each!r} gives nobody access in this model; ids are in the table of accesses")
        reason(why, f"to {verdict} the access through “{element.name}”")
        changes += _attested(model, element, verdict, said, to_do)
    return changes


def mark(element: Element) -> str:
    """Return the hash of an access: the same as long as nobody gets more or less by it."""
    held = {name: getattr(element, name) for name in _OF[type(element)][1]}
    return hashlib.sha256(repr([element.id, sorted(held.items())]).encode("utf-8", "surrogatepass")).hexdigest()


def access_in_words(model: Model, element: Element) -> str:
    """Return an access in words; what nobody said is unknown."""
    names = name_lookup(model)
    said = ((words, getattr(element, name)) for name, words in _OF[type(element)][1].items())
    return "; ".join(f"{words}: {value_in_words(value, names).replace('_', ' ')}" for words, value in said)


def _attested(
    model: Model, element: Element, verdict: str, said: Mapping[str, Any], to_do: Mapping[str, Any]
) -> Iterator[Change]:
    record = record_id("attestation", element.id)
    app = element.id if isinstance(element, App) else element.app
    about = {
        "name": f"Access through {element.name}"[:NAME_LENGTH], "app": app, "element": element.id, "verdict": verdict,
        "access": access_in_words(model, element), "mark": mark(element), "links": (element.id,),
    }  # fmt: skip
    yield put(model, Attestation, record, {**about, **said})
    if verdict in _TO_DO:
        text = f"{_TO_DO[verdict]} through “{element.name}”: {said['why']}"[:NAME_LENGTH]
        owner = to_do["owner"] or element.owner or getattr(model.get(app), "owner", None)
        fields = {**said, "links": (record, element.id), "owner": owner, "due": to_do["due"], "state": "open"}
        yield from action(model, app, text, actor=said["by"], **{k: v for k, v in fields.items() if k != "by"})


def _giving(model: Model, app: str) -> Iterator[Element]:
    for element in model.own(app):
        if type(element) not in _OF or app not in (element.app, element.id):
            continue
        if isinstance(element, _ALWAYS) or any(getattr(element, n) is not None for n in _OF[type(element)][1]):
            yield element


def _row(model: Model, element: Element, today: date) -> dict[str, Any]:
    held = model.get(record_id("attestation", element.id))
    said = held if isinstance(held, Attestation) else None
    app = element.id if isinstance(element, App) else element.app
    due = said.at.date() + timedelta(days=DAYS) if said and said.at else None
    return {
        "id": element.id, "name": element.name, "app": app, "kind": _OF[type(element)][0],
        "access": access_in_words(model, element), "state": _state(element, said, due, today),
        "verdict": said.verdict if said else None, "by": said.by if said else None, "at": said.at if said else None,
        "why": said.why if said else None, "owner": element.owner or getattr(model.get(app), "owner", None), "due": due,
    }  # fmt: skip


def _state(element: Element, said: Attestation | None, due: date | None, today: date) -> str:
    if said is None:
        return "never"
    if said.mark != mark(element):
        return "changed"
    return "old" if due is None or due <= today else "attested"
