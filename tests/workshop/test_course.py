"""Start, attendance, steps and timer."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.ledger import ConflictError
from workbench.model import Attendance, Workshop

if TYPE_CHECKING:
    from workshop.clocks import Clock

    from workbench.appview import AppView
    from workbench.workshop import Session
    from workbench.workspace import Workspace

CLOCK_STANDS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)


def test_an_app_without_workshops_says_how_to_start_one(app: AppView):
    """There is no row, and opening one names the call that starts one."""
    assert len(app.workshops.table) == 0
    with pytest.raises(wb.UsageError, match="start one"):
        app.workshops.open()


def test_starting_enters_the_first_step(session: Session):
    """A new workshop is in the first step, with all its minutes."""
    assert (session.step.id, session.timer) == ("open", 8 * 60)
    assert session.id == "workshop:orders/2026-11-02"


def test_only_one_workshop_of_an_app_runs_at_a_time(session: Session, app: AppView):
    """A second start is refused with the one that is open, which any kernel can go on with."""
    with pytest.raises(wb.UsageError, match="workshop:orders/2026-11-02 is still open"):
        app.workshops.start("short")
    assert app.workshops.open().id == session.id


def test_the_second_workshop_of_a_day_has_its_own_id(session: Session, app: AppView):
    """After the first is closed, another one of the same day gets a number; both can be looked up."""
    session.close()
    again = app.workshops.start("micro")
    assert again.id == "workshop:orders/2026-11-02-2"
    assert app.workshops.of("2026-11-02").id == session.id
    assert app.workshops.table["state"].tolist() == ["closed", "open"]


def test_an_earlier_state_has_no_workshops_to_write_to(app: AppView, ws: Workspace):
    """The app as it was cannot hold a workshop."""
    with pytest.raises(wb.UsageError, match="earlier time"):
        app.as_of(ws.ledger.head.sequence).workshops  # noqa: B018


def test_steps_go_on_back_and_to_any(session: Session):
    """next, back and go enter steps; each time is kept in the record."""
    assert [session.next().id, session.next().id, session.back().id] == ["value", "picture", "value"]
    assert session.go("bad").id == "bad"
    session.go("bad")
    assert [run.step for run in session.record.steps] == ["open", "value", "picture", "value", "bad"]


def test_there_is_nothing_before_the_first_and_after_the_last_step(session: Session):
    """Both ends are told; after the last step comes the close."""
    with pytest.raises(wb.UsageError, match="first step"):
        session.back()
    session.go("enough")
    with pytest.raises(wb.UsageError, match="last step; close"):
        session.next()
    with pytest.raises(wb.UsageError, match="did you mean 'picture'"):
        session.go("pictures")


@CLOCK_STANDS
@given(seconds=st.lists(st.integers(0, 3000), max_size=4), extensions=st.lists(st.integers(1, 120), max_size=3))
def test_the_timer_is_what_the_ledger_says(app: AppView, clock: Clock, seconds: list[int], extensions: list[int]):
    """Seconds left are the step's minutes and its extensions less what has passed, below 0 when it takes longer."""
    session = app.workshops.start("full")
    for passed in seconds:
        clock.turn(seconds=passed)
    for minutes in extensions:
        session.extend(minutes)
    assert session.timer == 8 * 60 + 60 * sum(extensions) - sum(seconds)
    again = app.workspace.app("orders").workshops
    again.clock = clock
    assert again.open().timer == session.timer
    session.close()
    assert session.timer == 0


def test_the_timer_counts_a_begun_second_as_left(session: Session, clock: Clock):
    """Half a second after the start, all seconds still stand there."""
    clock.turn(seconds=0.5)
    assert session.timer == 8 * 60
    assert session.timer == math.ceil((session.ends - clock.now) / timedelta(seconds=1))


def test_a_step_that_is_entered_again_has_all_its_time(session: Session, clock: Clock):
    """An extension belongs to the one time that the room was in the step."""
    session.extend(5)
    session.next()
    clock.turn(minutes=3)
    session.back()
    assert session.timer == 8 * 60


def test_extensions_are_logged_with_step_and_minutes(session: Session, app: AppView):
    """The history says who gave which step how many minutes."""
    session.extend(5)
    last = app.history.iloc[-1]
    assert (last["why"], last["actor"]) == ("5 more minutes for “Welcome”", "ana")


@pytest.mark.parametrize("minutes", [0, -5, 121, 2.5])
def test_an_extension_is_some_whole_minutes(session: Session, minutes: float):
    """What is no number of minutes that anybody means is refused."""
    with pytest.raises(wb.UsageError, match="1 to 120"):
        session.extend(minutes)  # type: ignore[arg-type]


def test_the_last_said_roles_count(session: Session):
    """Somebody who is noted again has his new roles, and is there once."""
    session.attend("ben", roles=["owner"])
    session.attend("ben", roles=["owner", "timekeeper"])
    assert session.attendance[["name", "roles"]].to_dict("records") == [
        {"name": "ben", "roles": ("owner", "timekeeper")}
    ]


def test_a_role_that_there_is_not_is_refused(session: Session):
    """The error lists the roles."""
    with pytest.raises(ValueError, match="facilitator"):
        session.attend("ben", roles=["boss"])
    with pytest.raises(wb.UsageError, match="a name needs words"):
        session.attend("  ")


def test_where_names_are_not_kept_only_roles_are_in_the_ledger(app: AppView, ws: Workspace):
    """In such a workshop a person has a role with a number, writes and votes under it, and the name is nowhere."""
    session = app.workshops.start("full", actor="facilitator", roles_only=True)
    labels = [session.attend("benedikta", roles=[r]).name for r in ("owner", "guest", "guest")]
    assert labels == ["owner", "guest", "guest 2"]
    session.write("what if", by="guest 2")
    session.park("later", by="owner")
    with pytest.raises(wb.UsageError, match="Names are not kept"):
        session.write("what if", by="benedikta")
    assert "benedikta" not in str(list(ws.ledger.entries()))
    assert {a.name for a in app.model.of(Attendance)} == set(labels)


def test_two_kernels_that_both_go_on_take_one_step(session: Session, app: AppView, monkeypatch: pytest.MonkeyPatch):
    """If another kernel has gone on meanwhile, `next` says so and does not skip a step."""
    other = app.workshops.open()
    read = Workshop.changed

    def overtaken(self: Workshop, **fields: object) -> Workshop:
        monkeypatch.setattr(Workshop, "changed", read)
        other.next()
        return read(self, **fields)

    monkeypatch.setattr(Workshop, "changed", overtaken)
    with pytest.raises(ConflictError):
        session.next()
    assert session.step.id == "value"


def test_an_extension_survives_that_somebody_else_shares_the_cards(
    session: Session, app: AppView, monkeypatch: pytest.MonkeyPatch
):
    """A change of the same record that has nothing to do with it is read again, and both stay."""
    other = app.workshops.open()
    read = Workshop.changed

    def overtaken(self: Workshop, **fields: object) -> Workshop:
        monkeypatch.setattr(Workshop, "changed", read)
        other.share_cards()
        return read(self, **fields)

    monkeypatch.setattr(Workshop, "changed", overtaken)
    session.extend(5)
    assert session.are_shared
    assert session.timer == 13 * 60


def test_an_extension_of_a_step_that_is_over_is_refused(
    session: Session, app: AppView, monkeypatch: pytest.MonkeyPatch
):
    """Who extends while somebody else goes on does not lengthen the wrong step."""
    other = app.workshops.open()
    read = Workshop.changed

    def overtaken(self: Workshop, **fields: object) -> Workshop:
        monkeypatch.setattr(Workshop, "changed", read)
        other.next()
        return read(self, **fields)

    monkeypatch.setattr(Workshop, "changed", overtaken)
    with pytest.raises(ConflictError):
        session.extend(5)
    assert session.record.steps[-1].extended == 0


def test_what_is_new_since_the_last_review_is_told(app: AppView, clock: Clock):
    """A change review sees what was changed after the last review, and not what was there before."""
    app.workshops.start("full").close()
    clock.turn(days=30)
    with app.edit(why="new", actor="ana") as m:
        m.entry_point("Second form", kind="webhook", authentication="none", exposure="internet")
    session = app.workshops.start("short")
    assert session.changes["name"].tolist() == ["Second form"]
    assert set(session.new_threats["element_name"]) == {"Second form"}
    assert set(session.new_threats["change"]) == {"new"}
