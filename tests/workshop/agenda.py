"""The 90-minute agenda on an app of 12 elements, as a script of calls: one list for Python and for the browser.

`{w}` in a text stands for the id of the workshop and `{day}` for the end of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workbench.appview import AppView
    from workbench.workshop import Session
    from workbench.workspace import Workspace

APP = "Complaints"
ACTOR = "ana"
PEOPLE = ("ben", "cleo", "dora")
STEPS = ("open", "value", "picture", "wrong", "bad", "do", "enough")
ELEMENTS = (
    "Customer", "Complaint form", "Sort complaint", "Complaint table", "Team chat", "Case worker", "Case screen",
    "Answer writer", "Mail out", "Weekly numbers", "Archive folder", "Policy system",
)  # fmt: skip
NEXT_ON = date(2027, 2, 1)

FORM = "complaints/entry:complaint-form"
WRITER = "complaints/process:answer-writer"
TO_CHAT = "complaints/flow:process:sort-complaint>service:team-chat"
TO_TABLE = "complaints/flow:process:sort-complaint>store:complaint-table"
TO_ARCHIVE = "complaints/flow:store:complaint-table>store:archive-folder"
FLOOD = "scenario:complaints/{day}-cleo-1"
LETTER = "scenario:complaints/{day}-dora-1"


@dataclass(frozen=True)
class Call:
    """One thing that somebody does: `app.quick`, `edit.set` (in an edit of its own) or `session.write`, and with what."""

    step: str
    what: str
    args: tuple[Any, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)


def _call(step: str, what: str, *args: Any, **fields: Any) -> Call:
    return Call(step, what, args, fields)


def _votes(finding: str, **levels: tuple[int | None, int | None]) -> tuple[Call, ...]:
    return tuple(
        _call("bad", "session.rate", finding, likelihood=often, impact=bad, by=who)
        for who, (often, bad) in levels.items()
    )


OPEN = (
    _call("open", "session.attend", "ana", roles=["facilitator", "scribe"]),
    _call("open", "session.attend", "ben", roles=["owner"]),
    _call("open", "session.attend", "cleo", roles=["challenger"]),
    _call("open", "session.attend", "dora", roles=["explainer", "voice"]),
    _call("open", "session.scope", in_scope="Complaints from the form to the answer", out_of_scope="Payments"),
    _call("open", "session.park", "Who pays for the chat vendor?", by="ben"),
    _call("open", "session.next"),
)
VALUE = (
    _call("value", "session.feature", "Answer within a day", value="Fewer calls", benefits="Customers, case workers",
          harmed="Customers whose complaint is answered wrongly or read by others"),
    _call("value", "session.feature", "Weekly numbers", value="See where things go wrong", benefits="Management",
          nobody_harmed="Only sums of regions are shown"),
    _call("value", "session.next"),
)  # fmt: skip
PICTURE = (
    _call("picture", "app.quick", "Customer (person) -> Complaint form -> Sort complaint (automation) -> "
          "Complaint table : name, email, complaint text"),
    _call("picture", "app.quick", "Sort complaint -> Team chat (chat) @Chat vendor : complaint text"),
    _call("picture", "app.quick", "Case worker (person) -> Case screen (screen) <-> Complaint table : name, complaint text"),
    _call("picture", "app.quick", "Complaint table -> Answer writer (agent) -> Mail out (mail) : email, answer"),
    _call("picture", "app.quick", "Complaint table -> Weekly numbers (dashboard) : region"),
    _call("picture", "app.quick", "Complaint table -> Archive folder (file) : name, complaint text"),
    _call("picture", "app.quick", "Case screen -> Policy system (system) : policy number"),
    _call("picture", "edit.set", "Complaint form", exposure="internet", authentication="none", rate_limited=False),
    _call("picture", "edit.set", "Chat vendor", kind="third_party"),
    _call("picture", "edit.set", "Answer writer", human_approval=False),
    _call("picture", "session.is_true", TO_TABLE, True, by="dora"),
    _call("picture", "session.is_true", TO_TABLE, True, by="ben"),
    _call("picture", "session.is_true", TO_ARCHIVE, False, by="dora"),
    _call("picture", "session.is_true", TO_ARCHIVE, None, by="ben"),
    _call("picture", "session.reveal", TO_TABLE, TO_ARCHIVE),
    _call("picture", "session.extend", 5),
    _call("picture", "session.next"),
)  # fmt: skip
WRONG = (
    _call("wrong", "session.write", "A script fills the form a thousand times", by="cleo", prompt="D", about=[FORM]),
    _call("wrong", "session.write", "Someone else reads complaints in the chat", by="cleo", prompt="I", about=[TO_CHAT]),
    _call("wrong", "session.write", "A complaint tells the writer to send us all letters", by="dora", prompt="E",
          about=[WRITER]),
    _call("wrong", "session.write", "The coffee machine breaks", by="ben"),
    _call("wrong", "session.share_cards"),
    _call("wrong", "session.keep", "card:{w}/cleo-1", actor="A bored stranger", access="the address of the form",
          action="sends a thousand made-up complaints to", asset="Complaint table",
          harm="real complaints that are answered too late"),
    _call("wrong", "session.keep", "card:{w}/dora-1", actor="An angry customer"),
    _call("wrong", "session.drop", "card:{w}/ben-1", why="not about this app"),
    _call("wrong", "session.keep", "card:{w}/cleo-2"),
    _call("wrong", "session.next"),
)  # fmt: skip
BAD = (
    _call("bad", "session.dot", FLOOD, by="cleo", dots=2),
    _call("bad", "session.dot", LETTER, by="dora", dots=2),
    _call("bad", "session.dot", LETTER, by="ben", dots=1),
    *_votes(FLOOD, ben=(3, 2), cleo=(4, 3), dora=(4, 2)),
    *_votes(LETTER, ben=(2, 4), cleo=(4, 4), dora=(None, 5)),
    _call("bad", "session.reveal", FLOOD, LETTER),
    _call("bad", "session.settle", FLOOD, likelihood=4, impact=2, why="It is easy, and we would catch up in a day"),
    _call("bad", "session.settle", LETTER, likelihood=3, impact=4, why="Ben trusts the writer more than Cleo does"),
    _call("bad", "session.next"),
)
DO = (
    _call("do", "session.respond", FLOOD, mitigation="Limit the form to ten complaints an hour", owner="dora",
          due=date(2026, 12, 1), why="cheap and quick"),
    _call("do", "session.action", "A case worker reads each letter before it goes out", owner="ben",
          due=date(2026, 12, 15), about=[f"SCENARIO@{LETTER}"]),
    _call("do", "session.decide", "The writer sends nothing by itself until the spring", why="It can be talked into things",
          who=["ben"], dissent="Dora: it costs a day for each answer", revisit_on=date(2027, 4, 1)),
    _call("do", "session.assume", "The chat vendor deletes messages after 30 days", owner="dora"),
    _call("do", "session.ask", "How long may complaints be kept?", owner="legal"),
    _call("do", "session.next"),
)  # fmt: skip
ENOUGH = (
    _call("enough", "session.confidence", 4, by="ben"),
    _call("enough", "session.confidence", 3, by="cleo"),
    _call("enough", "session.confidence", 4, by="dora"),
    _call("enough", "session.reveal", "confidence"),
    _call("enough", "session.route", "parked:{w}/1", owner="ben", due=date(2027, 1, 10)),
    _call("enough", "session.close", next_on=NEXT_ON, verdict="follow_up"),
)
SCRIPT: tuple[Call, ...] = (*OPEN, *VALUE, *PICTURE, *WRONG, *BAD, *DO, *ENOUGH)


def new_app(ws: Workspace) -> AppView:
    """Return the app before the workshop: its name and owner, nothing else."""
    return ws.new_app(APP, why="to be modelled together", actor=ACTOR, owner="ben")


def run(app: AppView, session: Session, script: tuple[Call, ...] = SCRIPT) -> None:
    """Make the calls of a script."""
    for call in script:
        make(app, session, call)


def make(app: AppView, session: Session, call: Call) -> Any:
    """Make one call."""
    args = [_said(arg, session) for arg in call.args]
    fields = {name: _said(value, session) for name, value in call.fields.items()}
    where, _, name = call.what.partition(".")
    if where == "edit":
        with app.edit(why="in the workshop", actor=ACTOR) as edit:
            return getattr(edit, name)(*args, **fields)
    if where == "app":
        return getattr(app, name)(*args, actor=ACTOR, **fields)
    return getattr(session, name)(*args, **fields)


def calls(step: str) -> Iterator[Call]:
    """Yield the calls of one step of the agenda."""
    return (call for call in SCRIPT if call.step == step)


def _said(value: Any, session: Session) -> Any:
    if isinstance(value, str):
        return value.replace("{w}", session.id).replace("{day}", session.id.rpartition("/")[2])
    if isinstance(value, list):
        return [_said(item, session) for item in value]
    return value
