"""Several kernels write to one workshop at the same time, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import workbench as wb
from workbench.model import Vote

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from workbench.appview import AppView
    from workbench.workshop import Session

PEOPLE = ("ana", "ben", "cleo", "dora")


def each(folder: Path, does: Callable[[Session, str], None]) -> None:
    """Let each person do something in a workspace of his own, all at once."""

    def one(name: str) -> None:
        with wb.open(folder) as ws:
            does(ws.app("orders").workshops.open(actor=name), name)

    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        list(pool.map(one, PEOPLE))


def test_cards_written_at_once_are_all_there(session: Session):
    """Four people write five cards each: twenty cards, numbered for each of them."""

    def write(mine: Session, name: str) -> None:
        for number in range(5):
            mine.write(f"{name} {number}", by=name)

    each(session.app.workspace.path, write)
    session.share_cards()
    assert sorted(session.cards["text"]) == sorted(f"{name} {n}" for name in PEOPLE for n in range(5))


def test_points_parked_at_once_have_numbers_of_their_own(session: Session):
    """The counter is shared: who loses the race takes the next number."""
    each(session.app.workspace.path, lambda mine, name: mine.park(f"{name} asks", by=name) and None)
    assert sorted(session.parked["text"]) == sorted(f"{name} asks" for name in PEOPLE)
    assert sorted(i.rpartition("/")[2] for i in session.parked["id"]) == ["1", "2", "3", "4"]


def test_votes_at_once_are_all_counted(session: Session, finding: str):
    """Each has one vote, the last one he gave."""

    def vote(mine: Session, name: str) -> None:
        for level in (1, 2, 3):
            mine.rate(finding, likelihood=level, by=name)

    each(session.app.workspace.path, vote)
    session.reveal(finding)
    assert session.votes(finding).kinds["likelihood"].counts == {1: 0, 2: 0, 3: 4, 4: 0, 5: 0}
    assert len(session.model.of(Vote)) == 4


def test_one_kernel_sees_what_another_wrote(session: Session, app: AppView):
    """Cards, steps and votes of another kernel are there on the next look."""
    with wb.open(app.workspace.path) as other:
        there = other.app("orders").workshops.open()
        session.next()
        session.write("from here", by="ben")
        session.share_cards()
        assert there.step.id == "value"
        assert there.cards["text"].tolist() == ["from here"]


def test_a_session_goes_on_in_a_new_kernel(session: Session, app: AppView, finding: str):
    """After the first workspace is closed, all of the workshop's state comes back from the ledger."""
    session.next()
    session.write("kept", by="ben")
    session.rate(finding, impact=4, by="ben")
    path = app.workspace.path
    app.workspace.close()
    with wb.open(path) as again:
        back = again.app("orders").workshops.open()
        assert back.step.id == "value"
        assert back.cards_for("ben")["text"].tolist() == ["kept"]
        assert back.votes(finding, by="ben").kinds["impact"].own == 4
