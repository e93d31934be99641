"""How hard a plain text is to read: the Flesch-Kincaid grade, with syllables counted by the usual rules of thumb."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z']+")
_VOWELS = re.compile(r"[aeiouy]+")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [part for part in re.split(r"(?<=[.!?])[\"']?\s+", text.strip()) if part]


def syllables(word: str) -> int:
    """Return the number of syllables of an English word, at least one."""
    word = word.lower().strip("'")
    count = len(_VOWELS.findall(word))
    silent = word.endswith("e") and not word.endswith(("le", "ee", "ye")) and count > 1
    silent_ed = word.endswith("ed") and not word.endswith(("ted", "ded")) and count > 1
    return max(1, count - silent - silent_ed)


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade: the school year that can read it."""
    words = _WORD.findall(text)
    per_sentence = len(words) / len(sentences(text))
    return 0.39 * per_sentence + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
