"""What the tests of readers of small exports share: documents, models, and exports in another order or damaged."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any

from workbench import platforms
from workbench.model import Model
from workbench.places import share
from workbench.platforms.draft import Document, Draft
from workbench.platforms.secrets import mask
from workbench.rules import evaluate, facts, load_library

if TYPE_CHECKING:
    from datetime import date
    from types import ModuleType

    from workbench.rules.library import Library

KEY = b"a key for tests, 32 bytes of it."
# What damage puts in place of a value: each a thing that some reader may not expect there.
_ODD: tuple[Any, ...] = (
    None, True, 0, -1.5, "", "{{", "{{1.x}}", "«secret:api_key:0»", "\ufffd", [], {}, [None], {"": None}, [[]], "x" * 300,
)  # fmt: skip


def document(content: Any, name: str = "export.json") -> Document:
    """Return a document whose secrets have been masked."""
    shown, secrets = mask(content, KEY)
    return Document(name, shown, "0" * 64, secrets=secrets)


def drafts(reader: ModuleType, content: Any, name: str = "export.json") -> list[Draft]:
    """Return what a reader makes of content."""
    found: list[Draft] = reader.read(document(content, name))
    return found


def model(reader: ModuleType, content: Any, name: str = "export.json") -> Model:
    """Return the model of the only app in content."""
    (draft,) = drafts(reader, content, name)
    return Model(draft.elements)


def together(found: list[Draft]) -> Model:
    """Return one model of several drafts; what they share is in it once."""
    return Model({element.id: element for draft in found for element in draft.elements}.values())


@cache
def _library() -> tuple[Library, dict[str, str]]:
    declared: dict[str, str] = {key: setting.kind for key, setting in platforms.settings().items()}
    return load_library([share("data")], settings=declared), declared


def fired(found: Model, today: date) -> set[tuple[str, str]]:
    """Return (rule, element without its app) of all findings of a model, folded ones too."""
    library, declared = _library()
    result = evaluate(facts(found, today=today, settings=declared), library)
    pairs = [*zip(result.findings["rule"], result.findings["element"], strict=True)]
    pairs += [*zip(result.folded["rule"], result.folded["element"], strict=True)]
    return {(rule, element.partition("/")[2]) for rule, element in pairs}


def shuffled(value: Any, seed: int) -> Any:
    """Return JSON data with the keys of its objects in another order."""
    return _shuffled(value, random.Random(seed))  # noqa: S311 - the same disorder in each run


def damaged(value: Any, seed: int, rate: float = 0.06) -> Any:
    """Return JSON data in which some values, at any depth, have become something odd, or been left out or doubled."""
    return _damaged(value, random.Random(seed), rate)  # noqa: S311 - the same damage in each run


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        items = [(key, _shuffled(inner, chance)) for key, inner in value.items()]
        chance.shuffle(items)
        return dict(items)
    return [_shuffled(inner, chance) for inner in value] if isinstance(value, list) else value


def _damaged(value: Any, chance: random.Random, rate: float) -> Any:
    if chance.random() < rate:
        return chance.choice(_ODD)
    if isinstance(value, dict):
        kept = [(k, v) for k, v in value.items() if chance.random() > rate / 2]
        return {k: _damaged(v, chance, rate) for k, v in kept}
    if isinstance(value, list):
        again = [v for v in value for _ in range(2 if chance.random() < rate / 2 else 1)]
        return [_damaged(v, chance, rate) for v in again]
    return value
