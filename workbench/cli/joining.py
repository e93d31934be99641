"""`workbench join`: pages on which the people in a workshop write cards and vote, each on a screen of their own."""

from __future__ import annotations

import os
import secrets
import socket
from typing import TYPE_CHECKING

import workbench
from workbench.cli.output import console
from workbench.errors import UsageError
from workbench.places import share

if TYPE_CHECKING:
    from pathlib import Path

# What draws widgets; other extensions that somebody installed have no place on this page, and may not work in it.
_EXTENSIONS = ("@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget")
LOOPBACK = "127.0.0.1"
ANYWHERE = "0.0.0.0"  # noqa: S104 - what one writes to let the others in the room reach the page
# Nothing of the page may load from elsewhere; the fonts that Voilà's template asks a server for are not needed.
_POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:; connect-src 'self' ws: wss: data: blob:; "
    "frame-ancestors 'self'; form-action 'self'"
)


def start(folder: Path, app: str | None, host: str, port: int) -> None:
    """Serve the participants' page until it is stopped, and print its address with the token that opens it.

    Raises
    ------
    UsageError
        If there is no such app, or the port is taken.
    """
    # Heavy, and needed by this command alone.
    from voila.app import Voila  # noqa: PLC0415

    os.environ["WORKBENCH_WORKSPACE"], os.environ["WORKBENCH_APP"] = _place(folder, app)
    _refuse_taken(host, port)
    token = secrets.token_urlsafe(12)
    for name in _names(host):
        # Whole, however narrow the terminal is: it is copied into a chat.
        console.print(f"People in the workshop open: http://{name}:{port}/?token={token}", soft_wrap=True, markup=False)
    console.print("Everyone with this address can take part. Stop with Ctrl+C.")
    arguments = [
        str(share("templates", "pages", "join.ipynb")),
        "--no-browser",
        f"--port={port}",
        f"--Voila.ip={host}",
        "--Voila.log_level=WARN",
        "--VoilaConfiguration.show_tracebacks=False",
        *(f"--VoilaConfiguration.extension_allowlist={name}" for name in _EXTENSIONS),
    ]
    Voila.launch_instance(
        argv=arguments, token=token, tornado_settings={"headers": {"Content-Security-Policy": _POLICY}}
    )


def _place(folder: Path, app: str | None) -> tuple[str, str]:
    """Return the workspace and the app's id: the one that was given, else the one whose workshop is running."""
    with workbench.open(folder) as ws:
        if app is not None:
            return str(ws.path), ws.app(app).id
        ids = [str(i) for i in ws.apps["id"]]
        running = [i for i in ids if (ws.app(i).workshops.table["state"] == "open").any()]
        if len(running or ids) != 1:
            raise UsageError(
                f"{len(running or ids)} apps could be meant; give one with --app: {', '.join(running or ids)}"
            )
        return str(ws.path), (running or ids)[0]


def _refuse_taken(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(
                f"port {port} of {host} cannot be used ({error.strerror}); give another with --port"
            ) from error


def _names(host: str) -> list[str]:
    """Return the names under which the page can be reached."""
    return [socket.gethostname(), LOOPBACK] if host == ANYWHERE else [host]
