"""The participants' pages as `workbench join` serves them, and people who open them in browsers of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import Request

from browser.jupyterlab import OPENER, OWN, SECONDS, free_port, furnish, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route, WebSocket

# Voilà's template asks a server for fonts that the page does not need; the page's policy stops that, and the browser says so.
_FONTS = "fontawesome"
_TOKEN = re.compile(rb"token=(\S+)")


@dataclass(frozen=True)
class Voila:
    """Running participants' pages."""

    process: subprocess.Popen[bytes]
    address: str
    home: Path

    @classmethod
    @contextmanager
    def running(cls, workspace: Path, home: Path) -> Iterator[Voila]:
        """Give the pages of a workspace's workshop, and end them afterwards."""
        port = free_port()
        program = str(Path(sys.executable).with_name("workbench"))
        with cls._run([program, "-C", str(workspace), "join", "--port", str(port)], port, home) as voila:
            yield voila

    @classmethod
    @contextmanager
    def showing(cls, notebook: Path, home: Path) -> Iterator[Voila]:
        """Give a page made of a notebook, as anybody shows one with Voilà, and end it afterwards."""
        port = free_port()
        with cls._run(
            [sys.executable, "-m", "voila", str(notebook), "--no-browser", f"--port={port}"], port, home
        ) as voila:
            yield voila

    @classmethod
    @contextmanager
    def _run(cls, command: list[str], port: int, home: Path) -> Iterator[Voila]:
        environment = {**os.environ, **furnish(home)}
        with (home / "server.log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        voila = cls(process, f"http://{OWN}:{port}", home)
        try:
            voila.wait()
            yield voila
        finally:
            voila.stop()

    def wait(self) -> None:
        """Return when the server answers.

        Raises
        ------
        RuntimeError
            If it ended or does not answer in time, with what it wrote.
        """
        until = time.monotonic() + SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                self.status("/")
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise RuntimeError(f"the pages do not answer at {self.address}; it wrote:\n{self.said()}")

    def status(self, path: str, body: bytes | None = None) -> int:
        """Return the status with which the server answers a stranger's GET, or POST if there is a body."""
        try:
            question = Request(self.address + path, body)  # noqa: S310 - http to our own server
            with OPENER.open(question, timeout=60) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    @property
    def token(self) -> str:
        """Return the token in the address that was printed."""
        found = _TOKEN.search((self.home / "server.log").read_bytes())
        assert found is not None, self.said()
        return found.group(1).decode()

    def said(self) -> str:
        """Return what the server wrote."""
        return (self.home / "server.log").read_text(encoding="utf-8", errors="replace")

    def outside(self) -> list[str]:
        """Return the hosts that the server or its kernels wanted to reach elsewhere."""
        log = self.home / "outside.log"
        return log.read_text(encoding="utf-8").split() if log.exists() else []

    def stop(self) -> None:
        """End the server, which ends its kernels."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Guest:
    """Somebody who takes part, in a browser of their own; what would leave this machine is stopped and noted."""

    page: Page
    voila: Voila
    outside: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """What went wrong in the page."""
    channels: list[str] = field(default_factory=list)
    """Addresses of the sockets to the kernel."""

    @classmethod
    def enter(cls, chromium: Browser, voila: Voila, name: str | None = None) -> Guest:
        """Open the page by the address that was printed, and say who one is."""
        page = chromium.new_context(viewport={"width": 1000, "height": 900}).new_page()
        guest = cls(page, voila)

        def pass_or_stop(route: Route) -> None:
            if leaves(route.request.url):
                guest.outside.append(route.request.url)
                route.abort()
            else:
                route.continue_()

        def note(socket: WebSocket) -> None:
            guest.channels.append(socket.url)
            guest.outside += [socket.url] if leaves(socket.url) else []

        page.context.route("**/*", pass_or_stop)
        page.on("websocket", note)
        page.on("pageerror", lambda error: guest.problems.append(str(error)))
        page.on(
            "console", lambda m: guest.problems.append(m.text) if m.type == "error" and _FONTS not in m.text else None
        )
        page.set_default_timeout(60_000)
        page.goto(f"{voila.address}/?token={voila.token}")
        page.locator(".tw-is-join .tw-panel").wait_for()
        if name is not None:
            page.get_by_label("Your name").fill(name)
            page.get_by_role("button", name="Take part").click()
            page.get_by_text(f"You are {name}.").wait_for()
        return guest

    def leave(self) -> None:
        """Close the page and its profile."""
        self.page.context.close()
