"""Workspace: what a notebook holds, the only mutable thing. Open, import, look, edit, undo."""

from __future__ import annotations

import importlib
import secrets
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from workbench import config, platforms, rules, tables
from workbench.analysis import drift, risk
from workbench.analysis.lists import read_lists
from workbench.analysis.twins import told_apart
from workbench.appview import AppView
from workbench.errors import UsageError, unknown
from workbench.imports import ImportReport
from workbench.ledger import Ledger
from workbench.model import App, Model, added, slug
from workbench.places import copy_notebooks, share
from workbench.sightings import Sightings
from workbench.snapshot import Snapshot
from workbench.taking_in import Remembered, TakingIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd

    from workbench.analysis.estate import Estate
    from workbench.ledger import Batch
    from workbench.model import Change, Element
    from workbench.platforms.guard import Outcome
    from workbench.rules.lists import Lists

LEDGER = Path("ledger") / "ledger.sqlite"
FOLDERS = ("ledger", "policies", "notebooks", "reviews", "reports")


class Workspace:
    """A folder with a ledger, a configuration, own rules and notebooks.

    Use `workbench.init` to create one and `workbench.open` to open one.
    """

    def __init__(self, path: Path, ledger: Ledger) -> None:
        self.path = path
        self.ledger = ledger
        self._now: tuple[tuple[int, date], Snapshot] | None = None

    @classmethod
    def init(cls, path: str | Path, *, name: str | None = None) -> Self:
        """Create a workspace in a new or empty folder, or in one without a ledger.

        Raises
        ------
        UsageError
            If there is already a workspace.
        """
        folder = Path(path).absolute()
        if (folder / LEDGER).exists():
            raise UsageError(f"{folder} already holds a workspace; open it instead of creating it")
        for sub in FOLDERS:
            (folder / sub).mkdir(parents=True, exist_ok=True)
        if not (folder / config.NAME).exists():
            (folder / config.NAME).write_text(config.template(name or folder.name), encoding="utf-8")
        copy_notebooks(folder)
        ledger = Ledger.create(folder / LEDGER)
        ledger.set_meta("fingerprint_key", secrets.token_hex(32))
        return cls(folder, ledger)

    @classmethod
    def open(cls, path: str | Path = ".") -> Self:
        """Open the workspace in a folder.

        Raises
        ------
        UsageError
            If there is none.
        """
        folder = Path(path).absolute()
        if not (folder / LEDGER).exists():
            raise UsageError(f"{folder} holds no workspace (no {LEDGER}); create one with: workbench init {path}")
        return cls(folder, Ledger.open(folder / LEDGER))

    def __repr__(self) -> str:
        return f"<Workspace {self.path.name}: {len(self.model.apps)} apps, {self.ledger.head.sequence} ledger entries>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()

    @cached_property
    def config(self) -> config.Config:
        """Return what `workbench.toml` says."""
        return config.read(self.path)

    @cached_property
    def library(self) -> rules.Library:
        """Return the shipped rules and the workspace's own, with its changes applied.

        Raises
        ------
        UsageError
            If workbench.toml names a folder that is not there.
        rules.RuleError
            If a rule is wrong; with its file and line.
        """
        own = self._rule_folders()
        overrides = {
            i: {"enabled": False, "why": why} for i, why in self.config.rules.disable.items()
        } | self.config.rules.override
        return rules.load_library(
            [share("data"), *own],
            settings=self._setting_kinds,
            overrides=overrides,
            parameters=self.config.rules.parameters,
        )

    def _rule_folders(self) -> list[Path]:
        named = {f: self.path / f for f in self.config.rules.folders}
        missing = [f for f, path in named.items() if f not in config.RuleSettings().folders and not path.is_dir()]
        if missing:
            given = ", ".join(map(repr, missing))
            raise UsageError(
                f"{config.NAME}: [rules] folders names {given}, which is no folder in {self.path}; correct it"
            )
        return [path for path in named.values() if path.is_dir()]

    @cached_property
    def _setting_kinds(self) -> dict[str, str]:
        return {key: setting.kind for key, setting in platforms.settings().items()}

    @cached_property
    def scheme(self) -> risk.Scheme:
        """Return the risk scheme: the workspace's own, else the shipped one."""
        return risk.load_scheme(self.path / self.config.scheme if self.config.scheme else None)

    @cached_property
    def lists(self) -> Lists:
        """Return the lists of people and of approved connectors that `workbench.toml` names; UsageError if one is wrong."""
        return read_lists(self.path, self.config.people, self.config.connectors)

    @property
    def judge(self) -> drift.Judge:
        """Return by what threats are found and rated here today."""
        return drift.Judge(self.library, self.scheme, self.now.today, self._setting_kinds, self.lists)

    @property
    def now(self) -> Snapshot:
        """Return what follows from the newest state; computed once for each state and day."""
        key = (self.ledger.head.sequence, date.today())  # noqa: DTZ011 - due dates are meant in local days
        if self._now is None or self._now[0] != key:
            newest = self._snapshot(self.ledger.model(), key[1], newest=key[0])
            if self._now is not None:
                newest.take_over(self._now[1])
            self._now = key, newest
        return self._now[1]

    def as_of(self, moment: datetime | date | int, *, on: date | None = None) -> Snapshot:
        """Return what followed from the state at a time (a date means its end, in UTC) or ledger sequence.

        It is judged `on` a day; without one, on the day of that time, and a sequence on today.
        """
        if isinstance(moment, date) and not isinstance(moment, datetime):
            end = datetime.combine(moment, datetime.max.time(), UTC)
            return self._snapshot(self.ledger.model(end), on or moment)
        day = moment.date() if isinstance(moment, datetime) else date.today()  # noqa: DTZ011 - see `now`
        return self._snapshot(self.ledger.model(moment), on or day)

    def _snapshot(self, model: Model, day: date, newest: int | None = None) -> Snapshot:
        seen = Sightings(self.ledger, day, newest)
        return Snapshot(model, self.library, self.scheme, day, self._setting_kinds, seen, self.lists)

    @property
    def model(self) -> Model:
        """Return the newest model of all apps."""
        return self.now.model

    @property
    def apps(self) -> pd.DataFrame:
        """Return one row an app; columns in tables.apps."""
        return tables.apps(self.now.model, self.now.threats, self.now.questions)

    @property
    def threats(self) -> pd.DataFrame:
        """Return the findings of all apps with decisions and risk; columns in analysis.register.threats."""
        return self.now.threats

    @property
    def questions(self) -> pd.DataFrame:
        """Return the open questions of all apps; columns in analysis.register.questions."""
        return self.now.questions

    @property
    def estate(self) -> Estate:
        """Return all apps together: how they hang together, what they use, which way data takes over several of them."""
        return self.now.estate

    @property
    def history(self) -> pd.DataFrame:
        """Return who changed what, when and why, newest last; columns in tables.history."""
        return tables.history(self.ledger.batches())

    def app(self, name: str) -> AppView:
        """Return the view of one app, given by id or name.

        Raises
        ------
        UsageError
            If there is none, or several have that name.
        """
        found = [a for a in self.model.apps if name in (a.id, a.name)]
        if len(found) > 1:
            ids = ", ".join(a.id for a in found)
            raise UsageError(f"{len(found)} apps are called {name!r}; give the id of one of them: {ids}")
        if not found:
            raise unknown("app", name, [n for a in self.model.apps for n in (a.id, a.name)])
        return AppView(self, found[0].id)

    def new_app(self, name: str, *, why: str, actor: str | None = None, **fields: Any) -> AppView:
        """Add an app by hand; `fields` are those of model.App."""
        app = App(id=slug(name), name=name, origin=fields.pop("origin", "hand"), **fields)
        if app.id in self.model:
            raise UsageError(f"an app with the id {app.id!r} is already there; open it with ws.app({app.id!r})")
        self.commit([added(app)], why=why, actor=actor)
        return AppView(self, app.id)

    def commit(self, changes: Sequence[Change], *, why: str, actor: str | None = None, **more: Any) -> Batch | None:
        """Write Changes to the ledger as one step with one why; nothing for no Changes.

        Raises
        ------
        ledger.ConflictError
            If somebody else has changed one of the elements meanwhile; nothing is written.
        """
        return self.ledger.append(changes, actor=actor or self.config.who(), why=why, **more)

    def undo(self, *, why: str = "undo", actor: str | None = None) -> Batch:
        """Take back the newest step that has not been taken back; the ledger keeps both."""
        return self.ledger.undo(actor=actor or self.config.who(), why=why)

    def import_file(self, path: str | Path, *, app: str | None = None, platform: str | None = None, why: str = "import",
                    actor: str | None = None) -> AppView:  # fmt: skip
        """Import an export file that holds one app, and return its view.

        Raises
        ------
        UsageError
            If it holds none or several, or cannot be read; nothing is changed then.
        """
        found = self.import_files([path], app=app, platform=platform, why=why, actor=actor, only_one=True)
        return AppView(self, found.apps[0].app)

    def import_files(
        self,
        paths: Iterable[str | Path],
        *,
        app: str | None = None,
        platform: str | None = None,
        why: str = "import",
        actor: str | None = None,
        progress: Callable[[int, int, str], None] | None = None,
        only_one: bool = False,
    ) -> ImportReport:
        """Import export files and folders: one batch an app; an app that has not changed gives none.

        `app` names the app, where exactly one is imported. What cannot be read is refused file by file and listed.
        """
        files = [Path(p) for p in paths]
        outcome = platforms.read_files(files, key=self._fingerprint_key, platform=platform, progress=progress)
        if only_one or app is not None:
            self._check_single(files, outcome)
        return self._take_in(outcome, platform, app, why, actor)

    def pull(
        self,
        platform: str,
        url: str,
        *,
        insecure: bool = False,
        key_in: str | None = None,
        why: str = "pull",
        actor: str | None = None,
        progress: Callable[[int, int, str], None] | None = None,
    ) -> ImportReport:
        """Import all apps of a running server: "n8n" or "node-red". Only reads there.

        Its key comes from an environment variable (N8N_API_KEY, NODE_RED_TOKEN, or the one that `key_in` names) or the
        keyring. `insecure` allows http:// to another machine. What the server did not give is listed as refused.

        Raises
        ------
        UsageError
            If the address does not fit, or a key is needed and none is there.
        platforms.RefusedError
            If the server gives nothing at all; nothing is changed then.
        """
        from workbench import live  # noqa: PLC0415 - only who asks a server needs what asks it

        outcome = live.pull(
            platform, url, fingerprint_key=self._fingerprint_key, insecure=insecure, key_in=key_in, progress=progress
        )
        return self._take_in(outcome, platform, None, why, actor)

    @property
    def _fingerprint_key(self) -> bytes:
        return bytes.fromhex(self.ledger.meta("fingerprint_key") or "")

    def _take_in(
        self, outcome: Outcome, platform: str | None, app: str | None, why: str, actor: str | None
    ) -> ImportReport:
        taking = TakingIn(self, why=why, actor=actor)
        imported = [taking.take(draft, app) for draft in told_apart(outcome.drafts, self.model)]
        # What the export brought is seen now, whoever looks at it when: deadlines run from today.
        _ = self.now.first_seen
        expected = [platform] if platform else platforms.names()
        return ImportReport(imported, outcome.refused, outcome.unrecognised, expected)

    @staticmethod
    def _check_single(files: list[Path], outcome: Outcome) -> None:
        if outcome.refused and not outcome.drafts:
            raise UsageError(str(outcome.refused[0])) from outcome.refused[0]
        if len(outcome.drafts) != 1:
            names = ", ".join(d.app for d in outcome.drafts)
            given = ", ".join(str(f) for f in files)
            if not outcome.drafts:
                raise UsageError(f"{given} is no export that a platform here knows ({', '.join(platforms.names())})")
            raise UsageError(
                f"{given} holds {len(outcome.drafts)} apps ({names}); expected one. "
                "For more, call import_files, or leave out --app."
            )

    def last_draft(self, app: str) -> list[Element]:
        """Return what the last import of an app said; an import that was undone does not count."""
        return Remembered.of(self, app).elements

    def report(self, path: str | Path, *, app: str | None = None) -> Path:
        """Write a report of one app or of all; the ending picks the format (html, md, csv, xlsx, json, sarif)."""
        from workbench.reporting import write_report  # noqa: PLC0415 - templates and spreadsheets load when asked for

        return write_report(self, Path(path), self.app(app).id if app else None)

    @cached_property
    def reviews(self) -> Any:
        """Return the reviews of this workspace (review.Namespace), loaded when first used."""
        # By name, because review lies to the right of this room and imports it.
        return importlib.import_module("workbench.review").Namespace(self)

    @cached_property
    def risk(self) -> Any:
        """Return questions about risk over all apps (risk.Risk): what would help most, what a year may cost."""
        return importlib.import_module("workbench.risk").Risk(self)

    def review(self, app: str | AppView) -> Any:
        """Return the review of one app; `.run()` runs its notebook through papermill."""
        return self.reviews.of(app.id if isinstance(app, AppView) else self.app(app).id)
