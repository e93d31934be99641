"""Whatever is appended, undone and asked for in whatever order, the ledger tells the same story as a list of models."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import histories
import pytest
import strategies
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from workbench.ledger import ConflictError, Ledger, LedgerError
from workbench.model import Model, diff, invert

if TYPE_CHECKING:
    from workbench.ledger import Anchor
    from workbench.model import Change


@cache
def _empty() -> Path:
    path = Path(tempfile.mkdtemp(prefix="ledger-properties-")) / "empty.sqlite"
    Ledger.create(path, identity=histories.IDENTITY).close()
    return path


class _Story(RuleBasedStateMachine):
    """Keep beside the ledger what it should hold: a model after each batch, and which batch is in effect."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = Ledger.open(shutil.copy(_empty(), self.folder.name))
        self.models = [Model()]
        self.batches: list[list[Change]] = []
        self.undoes: dict[int, int] = {}
        self.anchors: list[Anchor] = [self.ledger.head]

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    @property
    def now(self) -> Model:
        return self.models[-1]

    def _written(self, changes: list[Change]) -> None:
        self.batches.append(changes)
        self.models.append(self.now.apply(changes))
        self.anchors.append(self.ledger.head)

    @rule(data=st.data())
    def append(self, data: st.DataObject) -> None:
        changes = [c for c in data.draw(strategies.changes(self.now)) if c.before != c.after]
        batch = self.ledger.append(changes, actor="ana", why="step", at=histories.at(len(self.batches)))
        if changes:
            assert batch is not None
            self._written(changes)
        assert (batch is None) == (not changes)

    @precondition(lambda self: len(self.batches) > 1)
    @rule(data=st.data())
    def append_to_an_old_model(self, data: st.DataObject) -> None:
        """Write as somebody who saw an older model: refused exactly when what it changes is no more as it was."""
        seen = data.draw(st.sampled_from(self.models))
        changes = [c for c in data.draw(strategies.changes(seen)) if c.before != c.after]
        firsts = {c.id: c.before for c in reversed(changes)}
        stale = {i for i, before in firsts.items() if self.now.get(i) != before}
        conflicts = []
        try:
            self.ledger.append(changes, actor="bo", why="stale", at=histories.at(len(self.batches)))
        except ConflictError as error:
            conflicts = error.conflicts
        assert {conflict.id for conflict in conflicts} == stale
        if changes and not stale:
            self._written(changes)

    @precondition(lambda self: self.batches)
    @rule(data=st.data())
    def undo_a_chosen_batch(self, data: st.DataObject) -> None:
        number = data.draw(st.integers(1, len(self.batches)))
        self._undo(number, number)

    @rule()
    def undo_the_newest(self) -> None:
        plain = [n for n in range(1, len(self.batches) + 1) if n not in self.undoes and self._in_effect(n)]
        self._undo(None, plain[-1] if plain else 0)

    def _undo(self, asked: int | None, expected: int) -> None:
        inverse = invert(self.batches[expected - 1]) if expected else []
        fits = {c.id: c.before for c in reversed(inverse)}
        possible = expected and self._in_effect(expected) and all(self.now.get(i) == e for i, e in fits.items())
        try:
            batch = self.ledger.undo(actor="ana", batch=asked, at=histories.at(len(self.batches)))
        except LedgerError:
            assert not possible
        else:
            assert (batch.undoes, list(batch.changes), bool(possible)) == (expected, inverse, True)
            self.undoes[batch.number] = expected
            self._written(inverse)

    def _in_effect(self, number: int) -> bool:
        return not any(n for n, undone in self.undoes.items() if undone == number and self._in_effect(n))

    @precondition(lambda self: self.batches)
    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        """Ask for the model of a sequence and of a time: it is the one that was current then."""
        n = data.draw(st.integers(0, len(self.batches)))
        assert self.ledger.model(self.anchors[n].sequence) == self.models[n]
        assert self.ledger.model(histories.at(n - 0.5)) == self.models[n]

    @rule()
    def open_again(self) -> None:
        self.ledger.close()
        self.ledger = Ledger.open(self.ledger._database.place)

    @rule(data=st.data())
    def verify(self, data: st.DataObject) -> None:
        anchor = data.draw(st.sampled_from(self.anchors))
        assert (self.ledger.verify(anchor).problem, self.ledger.verify().problem) == (None, None)

    @invariant()
    def the_model_is_the_newest(self) -> None:
        assert diff(self.ledger.model(), self.now) == []
        assert self.ledger.head == self.anchors[-1]


@pytest.mark.parametrize(
    ("stories", "steps"), [(10, 15), pytest.param(150, 50, marks=[pytest.mark.soak, pytest.mark.timeout(1800)])]
)
def test_any_order_of_steps_tells_one_story(stories: int, steps: int) -> None:
    """Appends, stale appends, undos, redos, looks back, restarts and checks in any order tell one story."""
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        _Story, settings=settings(max_examples=stories, stateful_step_count=steps, deadline=None)
    )
