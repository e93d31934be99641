"""A real Node-RED for tests: installed once from the npm registry as its lock file says, started on a free port."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = Path(__file__).parent / "node-red"
_SETTINGS = """\
module.exports = {{
    uiHost: "127.0.0.1", uiPort: {port}, flowFile: "flows.json", credentialSecret: false,
    logging: {{ console: {{ level: "error", metrics: false, audit: false }} }},
    editorTheme: {{ tours: false }}, telemetry: {{ enabled: false, updateNotification: false }},
    {auth}
}};
"""
# A token that a test may use and nobody else: Node-RED asks this function who it belongs to.
_AUTH = """\
adminAuth: {{
    type: "credentials", users: [],
    tokens: async (token) => token === "{token}" ? {{ username: "reader", permissions: "read" }} : null,
}},"""


def installed() -> Path:
    """Return the folder that Node-RED is installed in; installs it where that was not done yet.

    Raises
    ------
    subprocess.CalledProcessError
        If it cannot be installed: a machine that runs these tests has a package registry.
    PermissionError
        If somebody else has put something in its place.
    """
    lock = (_HERE / "package-lock.json").read_bytes()
    target = Path(tempfile.gettempdir()) / f"workbench-node-red-{os.getuid()}-{hashlib.sha256(lock).hexdigest()[:16]}"
    if target.exists() and target.stat().st_uid != os.getuid():
        raise PermissionError(f"{target} is somebody else's; what lies there is not run")
    if not (target / "node_modules" / "node-red" / "red.js").exists():
        with tempfile.TemporaryDirectory(prefix="workbench-node-red-") as scratch:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(_HERE / name, scratch)
            npm = Path(sys.executable).with_name("npm")
            subprocess.run(
                [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=scratch, check=True, timeout=280
            )
            _moved(Path(scratch), target)
    return target


def _moved(scratch: Path, target: Path) -> None:
    """Move what is whole into place, unless another process was faster."""
    whole = target.with_name(f"{target.name}-{os.getpid()}")
    shutil.copytree(scratch, whole, symlinks=True)
    try:
        whole.rename(target)
    except OSError:
        shutil.rmtree(whole)


@contextmanager
def running(folder: Path, flows: bytes, token: str | None = None) -> Iterator[str]:
    """Run Node-RED with these flows as long as the block runs; gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    auth = _AUTH.format(token=token) if token else ""
    (folder / "settings.js").write_text(_SETTINGS.format(port=port, auth=auth))
    (folder / "flows.json").write_bytes(flows)
    command = [Path(sys.executable).with_name("node"), installed() / "node_modules" / "node-red" / "red.js"]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--userDir", folder], cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/", process, folder / "log.txt")
            yield f"http://127.0.0.1:{port}"
        finally:
            # What we started may be a small program that starts node.
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        try:
            httpx.get(url, timeout=5, trust_env=False)
        except httpx.TransportError:
            if process.poll() is not None:
                break
            time.sleep(0.25)
        else:
            return
    raise RuntimeError(f"Node-RED did not start: {log.read_text()}")
