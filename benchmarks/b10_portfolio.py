"""B10: the pages over a whole portfolio, 200 apps of 50 elements: leadership page, roll-ups, likeness, one filter.

Cold is from opening the workspace on (model, facts, all rules, register); warm is once the register is there, as
somebody meets it who turns a filter. CPU seconds, so that other programs on the machine count for nothing. That the
roll-ups equal the sums of their apps is checked as well.
"""

from __future__ import annotations

import math
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from b1_threats import synthetic
from common import Line, seconds

import workbench
from workbench.analysis.portfolio import BY
from workbench.model import Review, added

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.workspace import Workspace

ELEMENTS = 10_000
OWNERS = ("ana", "ben", "olga", None)
LEVELS = ("low", "medium", "high", None)
COLD, PAGE, TURN = 10, 3, 2


def lines() -> Iterator[Line]:
    """Yield the page cold and warm, the roll-ups, the likeness, and a turn of a filter, each against its limit."""
    with tempfile.TemporaryDirectory() as folder:
        _filled(Path(folder) / "team")
        with workbench.open(Path(folder) / "team") as ws:
            cold = _timed(lambda: _page(ws))
            yield _line("B10 leadership page, cold", cold, COLD)
            yield _line("B10 leadership page, warm", _timed(lambda: _page(ws)), PAGE)
            yield _line("B10 portfolio and roll-ups", _timed(lambda: [ws.risk.by(each) for each in BY]), PAGE)
            yield _line("B10 what is alike", _timed(lambda: ws.risk.similar), PAGE)
            turned = _timed(lambda: ws.risk.only(owner="ana", criticality="high").show("risk_by_place"))
            yield _line("B10 one turn of a filter", turned, TURN)
            equal = all(_adds_up(ws, by) for by in BY)
            yield Line("B10 roll-ups equal their sums", "yes" if equal else "no", "-", "-", "all six", equal)


def _filled(path: Path) -> None:
    with workbench.init(path, name="Portfolio") as ws:
        # With a review on the way, so that the trend looks at the whole portfolio as it was.
        then = datetime.now(UTC) - timedelta(days=2)
        elements = [*synthetic(ELEMENTS), Review(id="review:1", name="Review", at=then, by="ana")]
        ws.ledger.append([added(element) for element in elements], actor="ana", why="benchmark", at=then)
        for number, app in enumerate(ws.model.apps):
            with ws.app(app.id).edit(why="benchmark") as m:
                m.set(app.id, owner=OWNERS[number % 4], criticality=LEVELS[number // 4 % 4])


def _page(ws: Workspace) -> bytes:
    return ws.risk.leadership.html()  # type: ignore[no-any-return]


def _adds_up(ws: Workspace, by: str) -> bool:
    whole, rolled = ws.risk.portfolio, ws.risk.by(by)
    counted = ["elements", "open", "critical", "high", "medium", "low", "overdue", "questions"]
    counts = (rolled[counted].sum() == whole[counted].sum()).all() and rolled["apps"].sum() == len(
        whole
    ) == ELEMENTS // 50
    return bool(counts) and math.isclose(rolled["yearly_loss"].sum(), whole["yearly_loss"].sum())


def _line(name: str, took: float, limit: float) -> Line:
    return Line(name, seconds(took), "-", "-", f"< {limit} s of CPU", took < limit)


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
