"""The ledger tells when each element came in and when it was changed last."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import builders as b

from workbench.model import added, removed, replaced

if TYPE_CHECKING:
    from workbench.ledger import Ledger

X, Y = b.process("x"), b.process("y")
DAYS = [datetime(2026, 5, day, 12, tzinfo=UTC) for day in range(1, 5)]


def test_an_empty_ledger_has_no_ages(ledger: Ledger):
    """Nothing exists, nothing has an age."""
    assert ledger.ages() == {}


def test_each_element_has_the_time_it_came_in_and_of_its_last_change(ledger: Ledger):
    """What was changed later keeps the day it came in; what is gone has no age; what came again begins anew."""
    for day, changes in enumerate(
        [
            [added(X), added(Y)],
            [replaced(X, X.changed(kind="code")), removed(Y)],
            [added(Y)],
            [replaced(Y, Y.changed(kind="code")), added(b.app())],
        ]
    ):
        ledger.append(changes, actor="ana", why="test", at=DAYS[day])
    assert {i: tuple(age) for i, age in ledger.ages().items()} == {
        X.id: (1, DAYS[0], 3, DAYS[1]),
        Y.id: (5, DAYS[2], 6, DAYS[3]),
        "orders": (7, DAYS[3], 7, DAYS[3]),
    }
    assert ledger.ages([X.id, "gone"]) == {X.id: ledger.ages()[X.id]}
    assert ledger.ages([]) == {}


def test_a_step_taken_back_and_done_again_is_a_new_beginning(ledger: Ledger):
    """Undo removes, and to undo that adds again: the element is as old as that."""
    ledger.append([added(X)], actor="ana", why="test", at=DAYS[0])
    ledger.undo(actor="ana", why="no", at=DAYS[1])
    ledger.append([added(X)], actor="ana", why="yes", at=DAYS[2])
    assert ledger.ages()[X.id].added_at == DAYS[2]
