"""Files that prove something: a copy is kept in the workspace under the hash of its content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.analysis.frames import TEXT, WHOLE, frame
from workbench.errors import UsageError
from workbench.model import Check, Evidence, FocusVerdict
from workbench.reports import write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from workbench.workspace import Workspace

File = str | Path | tuple[str, bytes]
Given = str | Path | Iterable[File]
FOLDER = "evidence"
MOST = 50 * 1024 * 1024
STATE = {"record": TEXT, "name": TEXT, "sha256": TEXT, "size": WHOLE, "state": TEXT, "file": TEXT}
_SUFFIX = 12


def keep(workspace: Workspace, files: Given) -> tuple[Evidence, ...]:
    """Copy files into the workspace's evidence/ and return what is known of each: name, SHA-256, size.

    A file is given by its path; in a list also as its name and content.

    Raises
    ------
    UsageError
        If a file is not there, empty, or larger than 50 MB; nothing is copied then.
    """
    given: Sequence[File] = [files] if isinstance(files, str | Path) else list(files)
    read = [_read(each) for each in given]
    found = []
    for name, content in read:
        proof = Evidence(name=name[:200], sha256=hashlib.sha256(content).hexdigest(), size=len(content))
        target = place(workspace, proof)
        if not target.exists():
            write_atomically(target, content)
        found.append(proof)
    return tuple(found)


def place(workspace: Workspace, proof: Evidence) -> Path:
    """Return where the copy of a piece of evidence lies."""
    suffix = Path(proof.name).suffix
    plain = suffix if suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= _SUFFIX else ""
    return workspace.path / FOLDER / f"{proof.sha256}{plain}"


def verify(workspace: Workspace) -> pd.DataFrame:
    """Return one row a piece of evidence: whether its copy still has the content that the history says.

    Columns
    -------
    record, name, sha256, size : what it belongs to, and what it was
    state : intact, changed or missing
    file : of the copy, relative to the workspace
    """
    model = workspace.model
    records: list[Check | FocusVerdict] = [*model.of(Check), *model.of(FocusVerdict)]
    held = [(r.id, e) for r in records for e in r.evidence]
    return frame(STATE, [_row(workspace, record, proof) for record, proof in held])


def _row(workspace: Workspace, record: str, proof: Evidence) -> dict[str, object]:
    target = place(workspace, proof)
    state = "missing"
    if target.is_file():
        state = "intact" if hashlib.sha256(target.read_bytes()).hexdigest() == proof.sha256 else "changed"
    file = target.relative_to(workspace.path).as_posix()
    return {
        "record": record,
        "name": proof.name,
        "sha256": proof.sha256,
        "size": proof.size,
        "state": state,
        "file": file,
    }


def _read(file: File) -> tuple[str, bytes]:
    name, content = file if isinstance(file, tuple) else _of_disk(Path(file))
    if len(content) > MOST:
        raise UsageError(f"the evidence {name} is too large: at most {MOST:,} bytes are kept")
    if not content:
        raise UsageError(f"the evidence {name} is empty; save it again")
    return name, content


def _of_disk(path: Path) -> tuple[str, bytes]:
    if not path.is_file():
        raise UsageError(f"the evidence {path} is no file; give the path of a picture, an export or a note")
    # One byte more than is kept tells that it is too large, whatever its size.
    with path.open("rb") as file:
        return path.name, file.read(MOST + 1)
