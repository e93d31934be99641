"""JupyterLab as `workbench lab` starts it, with a home of its own, watched for connections to elsewhere."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

import nbformat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from http.client import HTTPMessage
    from typing import IO

OWN = "127.0.0.1"
SECONDS = 150
_PLACES = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
_NEVER_LEAVES = {"about", "blob", "data"}
# What `workbench lab` leaves to a user's configuration: no browser of its own, `jupyterapp` for the visitor,
# and an end by itself if whoever started it was killed.
_SERVER = {
    "ServerApp": {"open_browser": False, "port_retries": 0, "shutdown_no_activity_timeout": 300},
    "LabApp": {"open_browser": False, "expose_app_in_browser": True},
    "MappingKernelManager": {"cull_idle_timeout": 300, "cull_interval": 60},
}
_NOTEBOOK_7 = {"JupyterNotebookApp": {"expose_app_in_browser": True}}
# Cells out of sight are drawn as well, nothing pops up and nothing is saved by itself: each time is the same.
_USER = {
    "docmanager-extension/plugin": {"autosave": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
    "apputils-extension/themes": {"theme": "JupyterLab Light", "adaptive-theme": False},
}
# Runs at the start of the server, its kernels and their workers.
_WATCH = """
import sys
def _note(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else str(host)
    if host not in {{"None", "", "localhost", "::1", "0.0.0.0"}} and not host.startswith("127."):
        with open({log!r}, "a", encoding="utf-8") as log:
            log.write(host + "\\n")
sys.addaudithook(_note)
"""


def leaves(address: str) -> bool:
    """Tell whether a browser's request for an address leaves this machine."""
    parts = urlsplit(address)
    return parts.scheme not in _NEVER_LEAVES and parts.hostname != OWN


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: being sent to the login page is an answer."""

    def redirect_request(  # noqa: PLR0917 - as the standard library calls it
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Return no request to follow."""


# No proxy of the environment: what is asked here is on this machine.
OPENER = build_opener(ProxyHandler({}), _Stay())


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab on a workspace."""

    process: subprocess.Popen[bytes]
    address: str
    token: str
    workspace: Path
    home: Path

    @classmethod
    @contextmanager
    def running(cls, workspace: Path, home: Path) -> Iterator[Lab]:
        """Give a JupyterLab that answers, and end it afterwards."""
        lab = cls.start(workspace, home)
        try:
            lab.wait()
            yield lab
        finally:
            lab.stop()

    @classmethod
    def start(cls, workspace: Path, home: Path) -> Lab:
        """Start JupyterLab on a workspace; `home` is a new folder, so that nobody's settings change what it does."""
        token, port = secrets.token_hex(16), free_port()
        environment = {**os.environ, **furnish(home), "JUPYTER_TOKEN": token}
        program = str(Path(sys.executable).with_name("workbench"))
        command = [program, "-C", str(workspace), "lab", "--port", str(port)]
        with (home / "server.log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        return cls(process, f"http://{OWN}:{port}", token, workspace, home)

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
                if self.status("/api") == 200:
                    return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"JupyterLab does not answer at {self.address}; it wrote:\n{self.said()}")

    def status(self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> int:
        """Return the status with which the server answers a GET, or a POST if there is a body."""
        try:
            question = Request(self.address + path, body, headers or {})  # noqa: S310 - http to our own server
            with OPENER.open(question, timeout=10) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    def notebook(self, name: str, *cells: str) -> str:
        """Write a notebook of code cells beside the product's and return its name, to be opened by a visitor."""
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in cells])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(made, self.workspace / "notebooks" / name)
        return name

    def said(self) -> str:
        """Return what the server wrote."""
        return (self.home / "server.log").read_text(encoding="utf-8", errors="replace")

    def outside(self) -> list[str]:
        """Return the hosts that the server, its kernels or their workers wanted to reach elsewhere."""
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


def furnish(home: Path) -> dict[str, str]:
    """Write the configuration, the user's settings and the watch, and return the environment that finds them."""
    places = {name: home / name.lower() for name in _PLACES}
    configuration = places["JUPYTER_CONFIG_DIR"]
    _write(configuration / "jupyter_lab_config.json", json.dumps(_SERVER))
    _write(configuration / "jupyter_notebook_config.json", json.dumps(_NOTEBOOK_7))
    for name, values in _USER.items():
        settings = configuration / "lab" / "user-settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        _write(settings, json.dumps(values))
    _write(home / "watch" / "sitecustomize.py", _WATCH.format(log=str(home / "outside.log")))
    python = os.pathsep.join(filter(None, (str(home / "watch"), os.environ.get("PYTHONPATH"))))
    return {**{name: str(place) for name, place in places.items()}, "PYTHONPATH": python}


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((OWN, 0))
        return int(listener.getsockname()[1])
