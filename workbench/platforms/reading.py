"""From the bytes of files to drafts: decode, mask, and hand over to the reader that knows them. Runs in the child process."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

from workbench.model import App
from workbench.platforms.archive import DEEPEST, SIGNS, Archive, Budget
from workbench.platforms.contents import claims_json, claims_yaml, decode_any, looks_like_json
from workbench.platforms.documents import Limits, decode
from workbench.platforms.draft import Document, Draft, Note, RefusedError
from workbench.platforms.parcels import Folder, Parcel, fault, plan
from workbench.platforms.secrets import mask
from workbench.platforms.wire import Reply
from workbench.platforms.yaml_data import decode_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType


@dataclass(frozen=True)
class Job:
    """What stays the same for all files of a worker."""

    key: bytes
    limits: Limits
    readers: Sequence[ModuleType]


class Files(Protocol):
    """Files that can be read by name: those of a folder, or of an archive."""

    def read(self, name: str) -> bytes:
        """Return the bytes of a file; raise RefusedError if it is too large or damaged."""

    def holds(self, name: str) -> bool:
        """Tell whether there is such a file."""


@dataclass(frozen=True)
class OnDisk:
    """Files of the file system by the names that they go by here; what lies beside one of them can be read, too."""

    paths: Mapping[str, Path]
    limits: Limits

    def read(self, name: str) -> bytes:
        """Return the bytes of a file.

        Raises
        ------
        RefusedError
            If it has more bytes than one file may have.
        """
        with self._path(name).open("rb") as file:
            data = file.read(self.limits.bytes + 1)
        if len(data) > self.limits.bytes:
            problem = f"the file has more than {self.limits.bytes:,} bytes; export fewer apps at once"
            raise RefusedError("too-large", name, problem)
        return data

    def holds(self, name: str) -> bool:
        """Tell whether there is such a file that is no link."""
        path = self._path(name)
        return path.is_file() and not path.is_symlink()

    def _path(self, name: str) -> Path:
        if name in self.paths:
            return self.paths[name]
        beside = PurePosixPath(name)
        known = next(n for n in self.paths if PurePosixPath(n).parent == beside.parent)
        return self.paths[known].with_name(beside.name)


@dataclass(frozen=True)
class Held:
    """Files that lie on no disk, such as a server's answers."""

    contents: Mapping[str, bytes]

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        return self.contents[name]

    def holds(self, name: str) -> bool:
        """Tell whether there is such a file."""
        return name in self.contents


def read_file(name: str, files: Files, job: Job) -> list[Reply]:
    """Return what became of one file: a single reply, or where it is an archive one for each part that says something."""

    def replies() -> list[Reply]:
        data = files.read(name)
        if data.startswith(SIGNS):
            return _archive(data, name, Budget(job.limits.bytes), job)
        return [_single(name, name, data, files, job)]

    return _guarded(replies, name, job)


def read_parcel(reader: ModuleType, parcel: Parcel, where: str, files: Files, job: Job) -> Reply:
    """Return what became of files that a reader takes together; `where` is the name for all of them."""
    return _guarded(lambda: [_parcel(reader, parcel, where, files, job)], where, job)[0]


def _guarded(work: Callable[[], list[Reply]], where: str, job: Job) -> list[Reply]:
    """Return what `work` gives; whatever goes wrong refuses what is called `where` as a whole."""
    try:
        return work()
    except RefusedError as error:
        refused = RefusedError(error.code, *_masked(job, error.where, error.text))
    except (MemoryError, RecursionError):
        problem = f"reading needs more than {job.limits.memory:,} bytes; export fewer apps at once"
        refused = RefusedError("memory", where, problem)
    except OSError as error:
        problem = f"{error.strerror or 'it cannot be read'}; check that the file is there and may be read"
        refused = RefusedError("unreadable", where, problem)
    except Exception as error:  # noqa: BLE001  a reader's fault costs its file, not the import; its text may hold content
        refused = RefusedError("internal", where, fault(error))
    return [Reply(where=where, refused=refused)]


@dataclass(frozen=True)
class _Opened:
    """An archive that is being read, and how deep it lies in others."""

    archive: Archive
    where: str
    budget: Budget
    job: Job
    depth: int

    def replies(self) -> list[Reply]:
        """Return a reply for each part of the archive; one for the whole if nobody knows anything in it."""
        planned = plan(self.archive.names, self.job.readers, self.where)
        replies = [Reply(self.where, refused=refused) for refused in planned.refused]
        taken: set[str] = set()
        for reader, parcel in planned.parcels:
            reply = read_parcel(reader, parcel, self._inner(parcel.root), self.archive, self.job)
            if reply.says:
                replies.append(reply)
                taken.update((*parcel.files, *parcel.aside))
        declined = sorted({name for _, parcel in planned.parcels for name in parcel.files} - taken)
        for name in (*planned.singles, *declined):
            replies += self._member(name)
        if not any(reply.says for reply in replies):
            return [Reply(self.where)]
        aside = sorted({name for _, parcel in planned.parcels for name in parcel.aside} - taken - set(declined))
        return [*replies, *(Reply(self._inner(name)) for name in (*planned.unknown, *aside, *self.archive.links))]

    def _member(self, name: str) -> list[Reply]:
        where = self._inner(name)

        def replies() -> list[Reply]:
            data = self.archive.read(name)
            if data.startswith(SIGNS):
                return _archive(data, where, self.budget, self.job, self.depth + 1)
            return [_single(name, where, data, self.archive, self.job)]

        return _guarded(replies, where, self.job)

    def _inner(self, name: str) -> str:
        return f"{self.where}!/{name}" if name else self.where


def _archive(data: bytes, where: str, budget: Budget, job: Job, depth: int = 1) -> list[Reply]:
    if depth > DEEPEST:
        raise RefusedError("zip-nested", where, f"more than {DEEPEST} archives in one another; unpack the outer ones")
    return _Opened(Archive(data, where, budget), where, budget, job, depth).replies()


def _single(name: str, where: str, data: bytes, files: Files, job: Job) -> Reply:
    """Return what became of a file that is an export by itself; a file is taken whole or refused whole."""
    notes: list[Note] = []
    documents = _documents(name, where, data, job, notes)
    chosen = [
        _reader(content, f"{where}#{pointer}" if pointer else where, job.readers) for pointer, content in documents
    ]
    if not any(chosen):
        return Reply(where=where)
    drafts: list[Draft] = []
    sha256 = hashlib.sha256(data).hexdigest()
    for (pointer, content), reader in zip(documents, chosen, strict=True):
        if reader is None:
            problem = "one of several documents in the file is no known export; save it apart"
            raise RefusedError("mixed", f"{where}#{pointer}", problem)
        masked, secrets = mask(_opened(reader, content, f"{where}{pointer}", job), job.key)
        short = PurePosixPath(name).name
        document = Document(short, masked, sha256, pointer, secrets, _companions(name, reader, files, job))
        drafts += _given(reader.read(document), sha256, job)
    companions = tuple(name for reader in chosen if reader for name in getattr(reader, "COMPANIONS", ()))
    return Reply(where, _noted(drafts, notes, job), companions=companions)


def _documents(name: str, where: str, data: bytes, job: Job, notes: list[Note]) -> list[tuple[str, Any]]:
    known = name.lower().endswith(tuple(ending for r in job.readers for ending in getattr(r, "ENDINGS", ())))
    if known and claims_yaml(name):
        return decode_yaml(data, where, limits=job.limits, notes=notes)
    if looks_like_json(data) or claims_json(name):
        try:
            return decode(data, where, limits=job.limits, notes=notes)
        except RefusedError as error:
            # A file of settings may begin with a bracket and be no export at all.
            if known or error.code != "syntax" or claims_json(name) or "." not in PurePosixPath(name).name:
                raise
            return []
    return [("", decode_any(data, name, where, limits=job.limits, notes=notes))] if known else []


def _parcel(reader: ModuleType, parcel: Parcel, where: str, files: Files, job: Job) -> Reply:
    notes: list[Note] = []
    documents: dict[str, Document] = {}
    whole_archive = isinstance(files, Archive) and not parcel.root
    inner = "!/" if whole_archive else "/"
    size = 0
    for name in parcel.files:
        inside = name.removeprefix(f"{parcel.root}/") if parcel.root else name
        data = files.read(name)
        size += len(data)
        if size > job.limits.bytes:
            problem = f"its files have more than {job.limits.bytes:,} bytes together; export fewer apps at once"
            raise RefusedError("too-large", where, problem)
        content = decode_any(data, name, f"{where}{inner}{inside}", limits=job.limits, notes=notes)
        masked, secrets = mask(content, job.key)
        documents[inside] = Document(inside, masked, hashlib.sha256(data).hexdigest(), "", secrets)
    own = PurePosixPath(where)
    # An archive goes by the name of the folder that was packed.
    folder = Folder(own.stem if whole_archive else own.name, documents)
    drafts = _given(reader.read_parcel(folder), folder.sha256, job)
    return Reply(where, _noted(drafts, notes, job) if drafts else ())


def _noted(drafts: list[Draft], notes: Iterable[Note], job: Job) -> tuple[Draft, ...]:
    """Return the drafts, the first with the notes about decoding before its own."""
    own = tuple(Note(note.level, *_masked(job, note.where, note.text)) for note in notes)
    return tuple(
        replace(draft, notes=(*own, *draft.notes)) if not place else draft for place, draft in enumerate(drafts)
    )


def _masked(job: Job, *texts: str) -> list[str]:
    """Return what is said about a file without the secrets that its keys may be."""
    masked: list[str] = mask(list(texts), job.key)[0]
    return masked


def _given(drafts: Sequence[Draft], sha256: str, job: Job) -> list[Draft]:
    return [_known_masked(d if d.sha256 else replace(d, sha256=sha256), job) for d in drafts]


def _known_masked(draft: Draft, job: Job) -> Draft:
    """Return the draft with the addresses of its app masked as those of callers are: who calls it is still recognised."""
    apps = {e.id: tuple(_masked(job, *e.known_as)) for e in draft.elements if isinstance(e, App) and e.known_as}
    if not any(apps[e.id] != e.known_as for e in draft.elements if isinstance(e, App) and e.known_as):
        return draft
    elements = tuple(e.changed(known_as=apps[e.id]) if e.id in apps else e for e in draft.elements)
    return replace(draft, elements=elements)


def _reader(content: Any, where: str, readers: Sequence[ModuleType]) -> ModuleType | None:
    fitting = [reader for reader in readers if hasattr(reader, "matches") and reader.matches(content)]
    if len(fitting) > 1:
        choices = " and ".join(reader.NAME for reader in fitting)
        raise RefusedError("ambiguous", where, f"it looks like an export of {choices}; name its platform")
    return fitting[0] if fitting else None


def _opened(reader: ModuleType, content: Any, where: str, job: Job) -> Any:
    """Return content with what is packed in texts laid open, so that masking sees names and values."""
    return reader.opened(content, where, job.limits) if hasattr(reader, "opened") else content


def _companions(name: str, reader: ModuleType, files: Files, job: Job) -> dict[str, Any]:
    """Return the files that the reader wants to see beside the export, masked: JSON as data, the rest as text."""
    result = {}
    for wanted in getattr(reader, "COMPANIONS", ()):
        beside = str(PurePosixPath(name).with_name(wanted))
        if beside != name and files.holds(beside):
            data = files.read(beside)
            json_ = claims_json(wanted)
            content = decode(data, wanted, limits=job.limits)[0][1] if json_ else data.decode(errors="replace")
            result[wanted] = mask(content, job.key)[0]
    return result
