"""A person's decision as Changes. Nothing is saved here: the caller appends the Changes to the ledger.

What lowers the picture of a risk (a status, a level, an acceptance, a mitigation that is said to work, a lower class)
needs a reason; without one it is refused.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, cast

from workbench.analysis.answering import answer, confirm_class, route
from workbench.analysis.bearing import refuse_unborne, with_status
from workbench.analysis.choosing import chosen, refuse_unusable
from workbench.analysis.recording import DecisionError, app_and_name, in_words, put, reason, record_id, several
from workbench.model import Assumption, Mitigation, RiskAcceptance, ThreatDecision, removed, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from workbench.analysis.scheme import Scheme
    from workbench.model import Change, Element, Model
    from workbench.rules import Library

__all__ = [
    "DecisionError", "accept", "answer", "assume", "confirm_class", "decide", "mitigate", "reconsider", "route",
    "settle",
]  # fmt: skip

RISKY = frozenset({"status", "likelihood", "impact", "picks", "confidence", "frequency", "loss", "expires_on"})
# How ids of the catalogue are written, and from which likeness on a text of that form is a mistyped one.
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_NEARLY = 0.75
_OWNED = frozenset({"id", "name", "app", "finding", "by"})
_RANGES = frozenset({"frequency", "loss"})
_RISKY_CONTROL = ("status", "strength", "acts_on", "family", "links")


def decide(
    model: Model,
    findings: str | Iterable[str],
    status: str | None = None,
    *,
    actor: str,
    at: datetime,
    why: str = "",
    mitigation: str | None = None,
    library: Library | None = None,
    severities: Mapping[str, str] | None = None,
    scheme: Scheme | None = None,
    **fields: Any,
) -> list[Change]:
    """Return the Changes that record what is to be done about findings.

    `fields` are those of model.ThreatDecision: likelihood, impact, confidence, owner, due, … What is not given stays as
    it was decided before. Owner and date can be set without a reason, everything else needs `why`, and so does another
    day for what is accepted or monitored: that is to accept or monitor it anew. With a `mitigation`, that is linked as
    by `mitigate`.

    Parameters
    ----------
    scheme
        The decision remembers by which scheme levels were chosen, and `picks` (anchor to level) become the impact.
    severities
        Of all findings, by id: with them and the scheme is checked who may accept or monitor a risk, and for how long.

    Raises
    ------
    DecisionError
        If a finding's element is not there, a value does not fit, the reason is missing, an acceptance has no end, what
        is monitored has no owner or no day to look again, or the scheme does not allow it.
    """
    ids = several(findings)
    given = chosen(fields, scheme) | ({"status": status} if status is not None else {})
    _refuse_owned(given)
    befores = {finding: model.get(record_id("decision", finding)) for finding in ids}
    each = {finding: with_status(before, given) for finding, before in befores.items()}
    for finding, before in befores.items():
        refuse_unborne(
            finding, each[finding], before, actor=actor, today=at.date(), severities=severities, scheme=scheme
        )
    if any(RISKY & own.keys() for own in each.values()):
        reason(why, f"the decision on {', '.join(app_and_name(model, finding)[1] for finding in ids)}")
    said = {"by": actor, "at": at, "why": why or None}
    decided = [change for finding, own in each.items() for change in _decided(model, finding, own, said)]
    if mitigation is None:
        return decided
    return [*decided, *mitigate(model, ids, mitigation, actor=actor, at=at, why=why, library=library)]


def accept(
    model: Model,
    findings: str | Iterable[str],
    *,
    expires_on: date | None,
    actor: str,
    at: datetime,
    why: str = "",
    severities: Mapping[str, str] | None = None,
    scheme: Scheme | None = None,
    **fields: Any,
) -> list[Change]:
    """Return the Changes that accept the risk of findings until a day; afterwards they are open again.

    With the findings' `severities` and a `scheme`, who may accept and for how long is checked. `fields` are more of
    model.ThreatDecision: owner, due, …

    Raises
    ------
    DecisionError
        If the end or the reason is missing, the end is not in the future, or the scheme does not allow it.
    """
    checked: dict[str, Any] = {"severities": severities, "scheme": scheme, "expires_on": expires_on}
    return decide(model, findings, "accepted", actor=actor, at=at, why=why, **checked, **fields)


def mitigate(
    model: Model,
    findings: str | Iterable[str],
    mitigation: str,
    *,
    actor: str,
    at: datetime,
    why: str = "",
    library: Library | None = None,
    **fields: Any,
) -> list[Change]:
    """Return the Changes that link a mitigation to findings: id or title in the `library`, or a name of one's own.

    `fields` are those of model.Mitigation: status, owner, due, strength, acts_on, family, evidence. The same
    mitigation in the same app is one record with more links. What is said to work needs `why`; verified also needs
    `evidence`.

    Raises
    ------
    DecisionError
        If a finding's element is not there, a value does not fit, or the reason or evidence is missing.
    """
    if not mitigation.strip():
        raise DecisionError("a mitigation needs words; choose one or say in a few words what is done", "mitigation")
    by_app: dict[str | None, list[str]] = {}
    for finding in several(findings):
        by_app.setdefault(app_and_name(model, finding)[0], []).append(finding)
    if not by_app:
        raise DecisionError("a mitigation is against something; give the id of at least one finding")
    said = {"by": actor, "at": at, "why": why or None}
    known = _of_catalogue(mitigation, library)
    changes = []
    for app, ids in by_app.items():
        record = record_id("mitigation", f"{app or 'all'}/{slug(known.get('catalogue', mitigation))}")
        changes.append(_control(model, record, _linked(model.get(record), known, fields, ids) | {"app": app}, said))
    return changes


def reconsider(
    model: Model, mitigations: str | Iterable[str], *, actor: str, at: datetime, why: str = "", **fields: Any
) -> list[Change]:
    """Return the Changes that bring mitigations up to date, given by their ids.

    `fields` are those of model.Mitigation: status, evidence, owner, due, …

    Raises
    ------
    DecisionError
        If there is no such mitigation, a value does not fit, or the reason or evidence is missing.
    """
    for mitigation in several(mitigations):
        if not isinstance(model.get(mitigation), Mitigation):
            raise DecisionError(f"there is no mitigation {mitigation!r}; ids are in the table of mitigations")
    said = {"by": actor, "at": at, "why": why or None}
    return [_control(model, mitigation, fields, said) for mitigation in several(mitigations)]


def assume(
    model: Model,
    app: str | None,
    text: str,
    *,
    actor: str,
    at: datetime,
    why: str = "",
    links: Sequence[str] = (),
    **fields: Any,
) -> list[Change]:
    """Return the Changes that write down an assumption; `links` are the findings, elements or decisions it is about.

    Raises
    ------
    DecisionError
        If the text is empty or a value does not fit.
    """
    needs = "an assumption needs words; say in a sentence what is taken for true"
    said = {"links": tuple(links), "by": actor, "at": at, "why": why or None}
    return [in_words(model, Assumption, app, text, needs=needs, said=said | fields)]


def settle(
    model: Model, assumption: str, state: str, *, actor: str, at: datetime, why: str = "", **fields: Any
) -> list[Change]:
    """Return the Changes that call an assumption confirmed, false or open; when false, what rests on it is open again.

    Raises
    ------
    DecisionError
        If there is no such assumption, the state is none, or the reason is missing.
    """
    if not isinstance(model.get(assumption), Assumption):
        raise DecisionError(f"there is no assumption {assumption!r}; ids are in the table of assumptions")
    reason(why, f"calling {assumption} {state}")
    return [put(model, Assumption, assumption, {"state": state, "by": actor, "at": at, "why": why} | fields)]


def _refuse_owned(given: Mapping[str, Any]) -> None:
    """Refuse what a decision says by itself: whom and what it is about is never said by a field."""
    if owned := sorted(_OWNED & given.keys()):
        raise DecisionError(
            f"{', '.join(owned)} cannot be given: a decision says by itself what it is about and by whom"
        )


def _decided(model: Model, finding: str, given: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[Change]:
    app, name = app_and_name(model, finding)
    about = {"name": name, "app": app, "finding": finding, **said}
    record, acceptance = record_id("decision", finding), record_id("acceptance", finding)
    ends = {"expires_on": None} if "status" in given else {}
    change = put(model, ThreatDecision, record, {**about, **ends, **given})
    if _RANGES & given.keys():
        refuse_unusable(cast("ThreatDecision", change.after))
    yield change
    if "status" not in given:
        return
    if given["status"] == "accepted":
        yield put(model, RiskAcceptance, acceptance, about | {"expires_on": given["expires_on"]})
    elif (ended := model.get(acceptance)) is not None:
        yield removed(ended)


def _of_catalogue(mitigation: str, library: Library | None) -> dict[str, Any]:
    """Return what the catalogue says about a mitigation; one of a team's own has just its name."""
    catalogue = library.mitigations if library is not None else {}
    # Tables of threats suggest titles, so what people copy from there is known too.
    found = catalogue.get(mitigation) or next((m for m in catalogue.values() if m.title == mitigation), None)
    if found is None:
        _refuse_mistyped(mitigation, catalogue)
        return {"name": mitigation}
    said = {name: getattr(found, name) for name in ("family", "strength", "acts_on")}
    return {"name": found.title, "catalogue": found.id, **said}


def _refuse_mistyped(mitigation: str, catalogue: Iterable[str]) -> None:
    """Refuse what is written as an id and is nearly one: as a name of one's own it would be lost in the catalogue."""
    near = difflib.get_close_matches(mitigation, list(catalogue), 3, _NEARLY) if _ID.fullmatch(mitigation) else []
    if near:
        options = " or ".join(map(repr, near))
        problem = (
            f"no mitigation has the id {mitigation!r}; did you mean {options}? One of your own is written in words"
        )
        raise DecisionError(problem, "mitigation")


def _linked(
    before: Element | None, known: dict[str, Any], fields: dict[str, Any], findings: list[str]
) -> dict[str, Any]:
    """Return the fields to set: what a team has said about its mitigation stands, the catalogue speaks only once."""
    links = tuple(dict.fromkeys([*getattr(before, "links", ()), *findings]))
    return (fields if before is not None else known | fields) | {"links": links}


def _control(model: Model, record: str, fields: Mapping[str, Any], said: Mapping[str, Any]) -> Change:
    before = model.get(record)
    change = put(model, Mitigation, record, {**fields, **said})
    after = cast("Mitigation", change.after)
    only_plans = {"planned"} >= {after.status, getattr(before, "status", "planned")}
    if not only_plans and any(getattr(before, f, None) != getattr(after, f) for f in _RISKY_CONTROL):
        reason(after.why, f"saying that “{after.name}” is {after.status.replace('_', ' ')} and {after.strength}")
    if after.status == "verified" and not after.evidence:
        without = f"“{after.name}” is called verified without evidence; say where the proof is in `evidence`"
        raise DecisionError(without, "evidence")
    return change
