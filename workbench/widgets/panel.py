"""Panel: the Python side that all widgets share. It holds no state of its own that the ledger could hold.

In the browser a panel draws its `view`. It calls `do_NAME(**given)` here and gets the returned value, or what was
refused in words. See front/src/shared for the other side.
"""

from __future__ import annotations

import inspect
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import anywidget
import traitlets

from workbench.errors import WorkbenchError
from workbench.widgets.live import watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from workbench.appview import AppView

STATIC = Path(__file__).parent / "static"
_log = logging.getLogger(__name__)


class Panel(anywidget.AnyWidget):  # type: ignore[misc]
    """A widget on one app.

    A subclass names its bundle and gives `_state()`, the JSON data that the browser draws; its methods `do_NAME` are
    what the browser can ask for. After each of them, and when anybody changes the workspace, the state is shown anew.

    Parameters
    ----------
    app : AppView
        The app to work on.
    actor : str, optional
        Who does what is done here, as declared; default: `workbench.toml`, else the account's name.
    projector : bool
        Big text, to be read from the back of a room.
    """

    bundle: ClassVar[str]
    """Name of the files in front/src, without ending."""
    view = traitlets.Dict().tag(sync=True)
    asleep = False
    """Out of sight: nothing is computed for it until whoever hid it wakes it."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # Only where the bundle is named: anywidget makes further classes, in which these have become traits.
        if "bundle" in cls.__dict__:
            cls._esm = _static(f"{cls.bundle}.js")
            # Each widget's own rules are for itself: two widgets on a page may use one name for two things.
            cls._css = f"{_static('panel.css')}\n@scope (.{cls._mark()}) {{\n{_static(f'{cls.bundle}.css')}\n}}"

    def __init__(self, app: AppView, *, actor: str | None = None, projector: bool = False) -> None:
        super().__init__()
        self.add_class(self._mark())
        self.app = app
        self.actor = actor or app.workspace.config.who()
        self.projector = projector
        self._shown: int | None = None
        self.on_msg(self._asked)
        self._watcher = watch(app.workspace, self)
        self.refresh()

    @classmethod
    def _mark(cls) -> str:
        return f"tw-is-{cls.bundle}"

    def refresh(self) -> None:
        """Show the newest state, unless this panel is asleep."""
        with self._watcher.showing:
            if not self.asleep:
                self._show()

    def catch_up(self) -> None:
        """Show the newest state, unless it is shown already."""
        if self._shown != self.app.workspace.ledger.head.sequence:
            self.refresh()

    def _show(self) -> None:
        # Before it is read: what is written meanwhile may be missing in it.
        self._shown = self.app.workspace.ledger.head.sequence
        try:
            state = self._state()
        except Exception as error:  # noqa: BLE001 - a panel that raises in a callback would just stand still
            _log.exception("%s cannot show the newest state", type(self).__name__)
            state = {**self.view, "problem": f"The newest state cannot be shown: {error}"}
        drafts = {"drafts": self.app.workspace.ledger.metas(self._drafts_key), "drafts_key": self._drafts_key}
        self.view = {"title": self.app.name, "projector": self.projector, **drafts, **state}

    def _state(self) -> dict[str, Any]:
        """Return what is to be drawn, as JSON data."""
        raise NotImplementedError

    def call(self, name: str, /, **given: Any) -> Any:
        """Do what the browser can ask for, and return what it would get.

        Raises
        ------
        WorkbenchError, ValueError
            If it is refused; nothing is changed then.
        """
        method = self._method(name)
        if method is None:
            raise ValueError(f"{type(self).__name__} has no {name!r}; the page is of another version, load it again")
        try:
            inspect.signature(method).bind(**given)
        except TypeError as error:
            raise ValueError(f"{name} was asked with {', '.join(given) or 'nothing'}: {error}") from error
        value = method(**given)
        self._watcher.look()
        return value

    def _method(self, name: str) -> Callable[..., Any] | None:
        """Return what does what the browser asks for."""
        return getattr(self, f"do_{name}", None)

    def do_draft(self, name: str, text: str) -> None:
        """Keep what is being typed in a field, so that it is there again after whatever happens; no text forgets it."""
        # One fact each, so that two pages of one person do not undo each other's.
        self.app.workspace.ledger.set_meta(f"{self._drafts_key}{name}", text or None)

    @property
    def _drafts_key(self) -> str:
        return f"drafts:{self.app.id}:{self.bundle}:{self.actor}:"

    def _asked(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        answer = {"id": message.get("id")}
        try:
            answer["value"] = self.call(str(message.get("call")), **message.get("given", {}))
        except (WorkbenchError, ValueError) as error:
            answer |= {
                "problem": str(error),
                "place": getattr(error, "place", None),
                "more": getattr(error, "more", None),
            }
        except Exception as error:  # noqa: BLE001 - whatever it is, the person who pressed the button must see it
            _log.exception("%s failed in %s", message.get("call"), type(self).__name__)
            answer["problem"] = f"This went wrong and nothing was saved: {type(error).__name__}: {error}"
        self.send(answer)


def _static(name: str) -> str:
    file = STATIC / name
    if not file.exists():
        raise FileNotFoundError(
            f"{file} is missing: the widgets have not been built; run `make front`, or install again"
        )
    return file.read_text(encoding="utf-8")
