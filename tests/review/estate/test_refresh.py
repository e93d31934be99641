"""A refresh changes what the exports changed, tells exactly that, and lets no failure stop or hide anything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from estates import edited, refreshed, workflow, write_app, write_estate
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import workbench as wb
from workbench.errors import UsageError
from workbench.ledger import LedgerError
from workbench.model import App, Check, EntryPoint, Process, replaced
from workbench.review.estate.kept import keep, standing
from workbench.taking_in import TakingIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from workbench.model import Element, Model
    from workbench.review.estate.refresh import Refresh
    from workbench.workspace import Workspace


def states(done: Refresh) -> dict[str, str]:
    """Return the state of each app by its name."""
    return dict(zip(done.apps["app_name"], done.apps["state"], strict=True))


def differences(done: Refresh) -> list[int]:
    """Return how many rows each table of differences has."""
    found = done.difference
    return [len(table) for table in (found.changes, found.drift, found.threats, found.questions)]


def test_the_first_refresh_brings_every_app_in(again: Callable[[], Workspace]):
    """What is new in a source is an app from then on."""
    done = refreshed(again())
    assert states(done) == {"App 0": "new", "App 1": "new", "App 2": "new"}
    assert set(done.apps["source"]) == {"exports"}
    assert (done.apps["open"] > 0).all()
    assert done.difference.drift.empty


def test_two_refreshes_without_a_change_give_an_empty_diff_and_equal_bytes(
    ws: Workspace, again: Callable[[], Workspace], folder: Path
):
    """Nothing is written to the history, nothing differs, and every table has the same bytes."""
    done = refreshed(ws)
    head, first = ws.ledger.head, {p: p.read_bytes() for p in keep(folder, done)}
    ws = again()

    done = refreshed(ws)

    assert (ws.ledger.head, differences(done)) == (head, [0, 0, 0, 0])
    assert set(states(done).values()) == {"as it was"}
    assert len(first) == 11
    assert keep(folder, done) == []
    assert {p: p.read_bytes() for p in first} == first


def test_a_planted_change_is_exactly_the_diff(ws: Workspace, folder: Path):
    """The hook gets a key: one field of one element, its finding is gone, and the drift says both."""
    edited(
        folder / "exports" / "app-0001.json", lambda c: c["nodes"][0]["parameters"].update(authentication="headerAuth")
    )

    done = refreshed(ws)

    assert states(done) == {"App 0": "as it was", "App 1": "changed", "App 2": "as it was"}
    changed = done.difference.changes
    assert {i.partition("/")[0] for i in changed["id"]} == {"n8n-estate000001"}
    assert "authentication" in set(changed["field"].dropna())
    threats = done.difference.threats
    assert set(threats["app"]) == {"n8n-estate000001"}
    assert "gone" in set(threats["change"])
    assert "permission" in set(done.difference.drift["kind"])
    assert refreshed(ws).difference.is_empty


PLANTED = {
    "hook": lambda c: c["nodes"][0]["parameters"].update(authentication="headerAuth"),
    "path": lambda c: c["nodes"][0]["parameters"].update(path="elsewhere"),
    "version": lambda c: c["nodes"][2].update(typeVersion=4.2),
    "host": lambda c: c["nodes"][2]["parameters"].update(url="https://evil.example/take"),
    "off": lambda c: c["nodes"][4].update(disabled=True),
    "code": lambda c: c["nodes"][4]["parameters"].update(jsCode="return [{json: {a: eval($json.x)}}];"),
    "inactive": lambda c: c.update(active=False),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Return a workspace with three apps that stays open from example to example."""
    with wb.init(tmp_path_factory.mktemp("estate") / "team") as ws:
        (ws.path / "workbench.toml").write_text('[estate]\nsources = ["exports"]\n', encoding="utf-8")
    with wb.open(ws.path) as ws:
        yield ws


_WITHOUT_REASONS = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]
_changes = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(sorted(PLANTED))), unique=True, max_size=4)


@settings(max_examples=10, phases=_WITHOUT_REASONS)
@given(planted=_changes)
def test_whatever_is_planted_is_exactly_what_is_found(shared: Workspace, planted: list[tuple[int, str]]):
    """Those apps differ and no other, the Changes lead to the new state, and a second time nothing differs at all."""
    check_planted(shared, planted)


@pytest.mark.soak
@settings(max_examples=300, phases=_WITHOUT_REASONS)
@given(planted=_changes)
def test_whatever_is_planted_is_exactly_what_is_found_at_length(shared: Workspace, planted: list[tuple[int, str]]):
    """The same, three hundred times."""
    check_planted(shared, planted)


def check_planted(ws: Workspace, planted: list[tuple[int, str]]) -> None:
    """Plant changes, refresh twice and check what that tells."""
    paths = write_estate(ws.path / "exports", 3, steps=5)
    refreshed(ws)
    for app, name in planted:
        edited(paths[app], PLANTED[name])

    done = refreshed(ws)

    touched = {f"n8n-estate{app:06d}" for app, _ in planted}
    assert set(done.apps.loc[done.apps["state"] == "changed", "app"]) == touched
    assert set(done.difference.changes["app"].dropna()) == touched
    written = [change for own in done.difference.by_app.values() for change in own]
    assert imported(done.difference.before.model.apply(written)) == imported(done.difference.after.model)
    before = {name: table.to_csv() for name, table in standing(ws.now).items()}
    nothing = refreshed(ws)
    assert (nothing.difference.is_empty, differences(nothing)) == (True, [0, 0, 0, 0])
    assert {name: table.to_csv() for name, table in standing(ws.now).items()} == before


def imported(model: Model) -> dict[str, Element]:
    """Return what exports say; checks by hand are what a refresh asks for."""
    return {element.id: element for element in model if not isinstance(element, Check)}


def test_a_new_version_opens_one_check_by_hand(ws: Workspace, folder: Path):
    """A refresh asks for the look by hand that an import asks for, and the next one does not ask again."""
    edited(folder / "exports" / "app-0002.json", lambda c: c["nodes"][2].update(typeVersion=4.2))
    for _ in range(2):
        refreshed(ws)
        assert [check.app for check in ws.model.of(Check)] == ["n8n-estate000002"]


def test_what_people_said_survives(ws: Workspace, folder: Path):
    """An owner and a name given by people stay, whatever the export changes."""
    app = ws.model["n8n-estate000001"]
    ws.commit([replaced(app, app.changed(owner="ana", name="Shop"))], why="named")
    edited(folder / "exports" / "app-0001.json", lambda c: c.update(active=False))

    done = refreshed(ws)

    assert states(done)["Shop"] == "changed"
    assert ws.model["n8n-estate000001"].owner == "ana"


@pytest.mark.parametrize("workers", [1, 3])
def test_an_app_that_cannot_be_read_stops_no_other(ws: Workspace, folder: Path, workers: int):
    """The broken one has failed with its own file's fault, the gone one says so, the third one came in."""
    (folder / "exports" / "app-0000.json").write_text('{"nodes": [', encoding="utf-8")
    (folder / "exports" / "app-0001.json").unlink()
    edited(folder / "exports" / "app-0002.json", lambda c: c.update(active=False))

    done = ws.reviews.estate.refresh(workers=workers)

    assert states(done) == {"App 0": "failed", "App 1": "failed", "App 2": "changed"}
    assert "not JSON" in done.problems["n8n-estate000000"]
    assert [("app-0000.json" in p) for p in done.sources["problem"]] == [True]
    assert "n8n-estate000001" in ws.model


def test_a_file_that_is_gone_is_told_as_such(ws: Workspace, folder: Path):
    """Where nothing else went wrong, an app without its export has failed, and stays in the model."""
    (folder / "exports" / "app-0001.json").unlink()
    done = refreshed(ws)
    assert states(done)["App 1"] == "failed"
    assert "do not hold it any more" in done.problems["n8n-estate000001"]


def test_what_cannot_be_kept_costs_that_app_alone(ws: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch):
    """A draft that the ledger refuses, or on which others write again and again, is a failure of its app."""
    for number in range(3):
        edited(folder / "exports" / f"app-{number:04d}.json", lambda c: c.update(active=False))
    take = TakingIn.take

    def refusing(self: TakingIn, draft: Any, name: str | None = None) -> Any:
        if draft.app == "n8n-estate000001":
            raise LedgerError("it reads back otherwise")
        return take(self, draft, name)

    monkeypatch.setattr(TakingIn, "take", refusing)
    done = refreshed(ws)

    assert states(done) == {"App 0": "changed", "App 1": "failed", "App 2": "changed"}
    assert "reads back otherwise" in done.problems["n8n-estate000001"]


def test_one_app_alone_is_read_from_where_it_came_from(ws: Workspace, folder: Path):
    """Others in the same folder are left as they are."""
    for number in range(3):
        edited(folder / "exports" / f"app-{number:04d}.json", lambda c: c.update(active=False))

    done = refreshed(ws, ["n8n-estate000001"])

    assert states(done) == {"App 1": "changed"}
    assert [app.changed(source=None) == app for app in ws.model.of(App)] == [False] * 3
    assert states(refreshed(ws)) == {
        "App 0": "changed",
        "App 1": "as it was",
        "App 2": "changed",
    }


def test_an_app_drawn_by_hand_has_no_source(ws: Workspace):
    """Nobody can refresh it, and nothing is wrong with that."""
    ws.new_app("By hand", why="drawn")
    done = refreshed(ws)
    assert states(done)["By hand"] == "no source"
    assert refreshed(ws, ["by-hand"]).readings == []


def test_an_app_whose_source_has_another_name_by_now_is_found_there(
    ws: Workspace, folder: Path, again: Callable[..., Workspace]
):
    """The folder was moved after the last refresh: one app alone is still read, and remembered with its new source."""
    (folder / "exports").rename(folder / "moved")
    (folder / "workbench.toml").write_text('[estate]\nsources = ["moved"]\n', encoding="utf-8")
    edited(folder / "moved" / "app-0001.json", lambda c: c.update(active=False))
    ws = again()

    assert states(refreshed(ws, ["n8n-estate000001"])) == {"App 1": "changed"}
    assert json.loads(ws.ledger.meta("origins") or "")["n8n-estate000001"] == "moved"


def test_an_imported_app_that_no_source_holds_has_failed(ws: Workspace, tmp_path: Path):
    """That nothing was read is no good news; what was taken down says so and is left alone."""
    app = ws.import_file(write_app(tmp_path / "away.json", 9), why="once")

    done = refreshed(ws, [app.id])

    assert states(done) == {"App 9": "failed"}
    assert "no source in workbench.toml holds it" in done.problems[app.id]
    with app.edit(why="taken down") as m:
        m.set(app.id, lifecycle="retired")
    assert states(refreshed(ws, [app.id])) == {"App 9": "no source"}


def test_a_retired_app_that_is_gone_from_its_sources_has_not_failed(ws: Workspace, folder: Path):
    """As the advice says that it told before; where its file is there and cannot be read, it has."""
    (folder / "exports" / "app-0001.json").unlink()
    assert states(refreshed(ws))["App 1"] == "failed"
    with ws.app("n8n-estate000001").edit(why="taken down") as m:
        m.set("n8n-estate000001", lifecycle="retired")
    assert states(refreshed(ws))["App 1"] == "no source"
    (folder / "exports" / "app-0001.json").write_text("{", encoding="utf-8")
    assert states(refreshed(ws))["App 1"] == "failed"


def test_two_refreshes_at_once_both_keep_where_their_apps_came_from(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    """What another process keeps between our first look and our write stays."""
    write_app(ws.path / "exports" / "app-0007.json", 7)
    take = TakingIn.take

    def meanwhile(self: TakingIn, *given: Any) -> Any:
        ws.ledger.revise_metas("origins", lambda held: {"": json.dumps(json.loads(held[""]) | {"theirs": "exports"})})
        return take(self, *given)

    monkeypatch.setattr(TakingIn, "take", meanwhile)
    refreshed(ws)
    assert {"theirs", "n8n-estate000007"} <= json.loads(ws.ledger.meta("origins") or "").keys()


def test_progress_tells_every_file(ws: Workspace):
    """Done, total and name, up to the last one."""
    told: list[tuple[int, int, str]] = []
    ws.reviews.estate.refresh(workers=2, progress=lambda *step: told.append(step))
    assert [done for done, _, _ in told] == [1, 2, 3]
    assert told[-1][1] == 3


def test_an_unknown_app_is_wrong_use(ws: Workspace):
    """Before anything is read."""
    with pytest.raises(UsageError, match="no app"):
        ws.reviews.estate.refresh(["nowhere"])


def test_a_thousand_links_do_not_change_who_is_who(ws: Workspace, folder: Path):
    """Two exports of one id in one refresh are two apps, and stay the same two in the next."""
    (folder / "exports" / "copy").mkdir()
    (folder / "exports" / "copy" / "other.json").write_text(json.dumps(workflow(1, 9, "s.example", {})), "utf-8")
    first = refreshed(ws)
    assert sorted(states(first).values()) == ["as it was", "as it was", "as it was", "new"]
    assert set(states(refreshed(ws)).values()) == {"as it was"}


def test_an_estate_of_steps_is_what_the_exports_say(ws: Workspace, folder: Path):
    """Taken apart: what was read is what the reader says of the file."""
    write_app(folder / "exports" / "app-0001.json", 1, steps=7)
    refreshed(ws)
    steps = [p for p in ws.model.of(Process) if p.app == "n8n-estate000001"]
    assert len(steps) == 8
    assert len([e for e in ws.model.of(EntryPoint) if e.app == "n8n-estate000001"]) == 1
