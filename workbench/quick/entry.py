"""What widgets and scripts call: preview a line, choose another kind in it, and the help that explains it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workbench.errors import UsageError
from workbench.quick.grammar import parse
from workbench.quick.kinds import kind_of_word
from workbench.quick.plan import planned
from workbench.quick.values import QuickError

if TYPE_CHECKING:
    from workbench.capture import Capture
    from workbench.quick.preview import Preview

HELP = """\
Order form -> Check order -> Stock table : name, card number

->  <-  <->   data flows there, comes from there, or both ways
: a, b        the data of every flow of the line
@Our network  the element before it is inside this trust boundary, which is made if it is new
->!           this flow is not encrypted; ! at the end says so of all flows
->?           nobody knows whether it is encrypted; ? behind the data says so of all flows
Mailer?       nobody knows what kind of thing this is
Mailer (bot)  what kind of thing it is, where its name does not say it
"a -> b"      a name that has a sign in it

Elements, boundaries and data that are there already are used; what is new is made. What you do not say stays a
question."""


def preview(text: str, app: Capture) -> Preview:
    """Return what a line would do to an app, in words; nothing is written, and a wrong line is told, not raised."""
    return planned(text, app.snapshot.model, app.id)


def entered(text: str, app: Capture) -> Preview:
    """Return what a line does, with the Changes that enter it.

    Raises
    ------
    QuickError
        If the line is wrong or not finished.
    """
    done = preview(text, app)
    if done.problem is not None:
        raise done.problem
    if done.line.missing is not None:
        raise QuickError(f"the line is not finished: {done.line.missing} is missing", len(text), len(text))
    return done


def with_kind(text: str, start: int, kind: str | None) -> str:
    """Return a line in which the element that begins at `start` is said to be of a kind; None for not knowing it.

    Raises
    ------
    UsageError
        If no element begins there, or the kind is unknown.
    """
    line = parse(text)
    if kind is not None and kind_of_word(kind) is None:
        raise UsageError(f"no kind is called {kind!r}; quick.kinds() lists them")
    if all(node.name.start != start for node in line.nodes):
        raise UsageError(f"no element begins at {start} in {text!r}")
    nodes = tuple(
        replace(node, kind=kind, unknown=kind is None) if node.name.start == start else node for node in line.nodes
    )
    return str(replace(line, nodes=nodes))
