"""The functions of Apps Script code, in which comments are gone and strings stand apart; nothing is run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from workbench.platforms.code import parted
from workbench.platforms.values import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STRING = re.compile(r"§(\d+)§")
_DECLARED = re.compile(
    r"(?:\basync\s{1,9})?\bfunction\s{0,9}\*?\s{0,9}([A-Za-z_$][\w$]{0,100})\s{0,9}\(([^()]{0,500})\)\s{0,9}(?:\{|:)"
)
_ASSIGNED = re.compile(
    r"\b(?:const|let|var)\s{1,9}([A-Za-z_$][\w$]{0,100})\s{0,9}=\s{0,9}(?:async\s{0,9})?"
    r"(?:function\s{0,9}\(([^()]{0,500})\)|\(([^()]{0,500})\)\s{0,9}=>|([A-Za-z_$][\w$]{0,100})\s{0,9}=>)\s{0,9}\{"
)
# A method of a class, or of an object with a name before the brackets.
_METHOD = re.compile(
    r"(?:^|[\n;{},])\s{0,99}(?:static\s{1,9}|async\s{1,9})?([A-Za-z_$][\w$]{0,100})\s{0,9}(?::\s{0,9}(?:async\s{0,9})?function\s{0,9})?"
    r"\(([^()]{0,500})\)\s{0,9}\{"
)
_KEYWORDS = frozenset({"if", "for", "while", "switch", "catch", "with", "function", "return", "constructor"})
_CONSTANT = re.compile(r"\b(?:const|let|var)\s{1,9}([A-Za-z_$][\w$]{0,100})\s{0,9}=\s{0,9}§(\d+)§\s{0,9}(?:;|\n|$|,)")
_PROPERTY = re.compile(r"\b([A-Za-z_$][\w$]{0,60})\s{0,9}:\s{0,9}§(\d+)§")
_NAME = re.compile(r"[A-Za-z_$][\w$]{0,100}")
_IN_TEMPLATE = re.compile(r"\$\{\s{0,9}([\w$.]{1,100})\s{0,9}\}")
_INSERTED = re.compile(r"\$\{([^{}`]{1,500})\}")
_CALL = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]{0,100})\s{0,9}\(")
_CALL_OF = re.compile(r"(?<![\w$.])([A-Z][\w$]{0,100}|this)\.([A-Za-z_$][\w$]{0,100})\s{0,9}\(")
# What is Google's or JavaScript's own, whose methods may be called like a function of the project.
_OTHERS = words(
    "SpreadsheetApp DriveApp GmailApp MailApp CalendarApp DocumentApp FormApp SlidesApp ContactsApp GroupsApp UrlFetchApp "
    "ScriptApp SitesApp LanguageApp HtmlService ContentService PropertiesService CacheService LockService XmlService "
    "CardService Utilities Logger Session Browser Maps Charts Jdbc LinearOptimizationService ConferenceDataService Sheets "
    "Drive Docs Gmail Calendar People BigQuery AdminDirectory JSON Math Object Array String Number Date Promise Reflect"
)
_MOST, _MOST_CALLS = 2_000, 200
_LONGEST = 400_000


@dataclass(frozen=True)
class Function:
    """A function that is not within another one."""

    name: str
    file: str
    parameters: tuple[str, ...]
    body: str
    """Without comments; strings as `§number§`."""
    strings: tuple[str, ...]
    """All strings of its file, with their quotes."""

    @property
    def private(self) -> bool:
        """Whether pages and other programs cannot call it."""
        return self.name.endswith("_")

    @cached_property
    def source(self) -> str:
        """Return the body with its strings in place."""
        return _STRING.sub(lambda match: self.string(match.group(1)), self.body)

    @cached_property
    def called(self) -> frozenset[str]:
        """Return the names of what it calls, by themselves or of a module or class of the project."""
        of_modules = {name for owner, name in _CALL_OF.findall(self.body) if owner not in _OTHERS}
        return frozenset({*_CALL.findall(self.body), *of_modules})

    @cached_property
    def reading(self) -> str:
        """Return the body, and behind it what its template strings put in."""
        return "\n".join((self.body, *self._inserted(self.body)))

    def names_in(self, text: str) -> set[str]:
        """Return the names in a part of the body, those within its template strings too."""
        return {name for part in (text, *self._inserted(text)) for name in _NAME.findall(part)}

    def _inserted(self, text: str) -> list[str]:
        strings = (self.string(match.group(1)) for match in _STRING.finditer(text))
        return [inner for string in strings if string.startswith("`") for inner in _INSERTED.findall(string)]

    @cached_property
    def names(self) -> frozenset[str]:
        """Return all names in it."""
        return frozenset(_NAME.findall(self.body))

    def string(self, number: str) -> str:
        """Return a string by its number, with its quotes; nothing for one that is not there."""
        place = int(number[:9])
        return self.strings[place] if place < len(self.strings) else ""

    def arguments(self, callee: re.Pattern[str]) -> Iterator[str]:
        """Yield what stands in the brackets behind each match, which ends with the opening one."""
        for match in islice(callee.finditer(self.body), _MOST_CALLS):
            yield _bracketed(self.body, match.end() - 1)


@dataclass
class Code:
    """All functions of a project."""

    functions: dict[str, Function] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    """Texts that have a name, such as the address of an interface."""
    doubled: list[str] = field(default_factory=list)
    """Names of functions of which there are several; the last one counts, as in Apps Script."""

    def value(self, function: Function, expression: str) -> str | None:
        """Return the text that an expression begins with, with `{{}}` where it is open; None if nothing is known."""
        expression = expression.strip()
        match = _STRING.match(expression)
        if match:
            fixed = self._filled(function.string(match.group(1)))
            # What is joined on follows; only the beginning is sure.
            return f"{fixed}{{{{}}}}" if expression[match.end() :].lstrip().startswith("+") else fixed
        name = _NAME.match(expression)
        known = self.constants.get(re.split(r"[\s+,)]", expression)[0].rpartition(".")[2]) if name else None
        if known is None:
            return None
        return f"{known}{{{{}}}}" if "+" in expression.split(",")[0] else known

    def _filled(self, quoted: str) -> str:
        text = quoted[1:-1] if len(quoted) > 1 and quoted[-1] == quoted[0] else quoted[1:]
        if not quoted.startswith("`"):
            return text
        return _IN_TEMPLATE.sub(lambda m: self.constants.get(m.group(1).rpartition(".")[2], "{{}}"), text)


def read_code(files: Mapping[str, str]) -> Code:
    """Return the functions of files by name; of two functions with one name the last file's counts."""
    code = Code()
    for file in sorted(files):
        bare, strings = parted(files[file][:_LONGEST], "javascript")
        depths = _depths(bare)
        for function in _functions(bare, strings, depths, file):
            if function.name in code.functions:
                code.doubled.append(function.name)
            if len(code.functions) < _MOST:
                code.functions[function.name] = function
        for match in (*_PROPERTY.finditer(bare), *_CONSTANT.finditer(bare)):
            number = int(match.group(2)[:9])
            quoted = strings[number] if number < len(strings) else ""
            if len(quoted) > 1 and not quoted.startswith("`"):
                code.constants[match.group(1)] = quoted[1:-1]
    return code


def _depths(bare: str) -> list[int]:
    """Return how many curly brackets are open before each place."""
    steps = ((sign == "{") - (sign == "}") for sign in bare)
    return list(accumulate(steps, lambda depth, step: max(0, depth + step), initial=0))


def _functions(bare: str, strings: tuple[str, ...], depths: list[int], file: str) -> Iterator[Function]:
    """Yield the functions that are in no other one that has a name; those of a module or class stand for themselves."""
    found = (match for pattern in (_DECLARED, _ASSIGNED, _METHOD) for match in pattern.finditer(bare))
    done = 0
    for match in sorted(found, key=lambda m: (m.start(), -m.end())):
        opening = bare.find("{", match.end() - 1)
        if match.start() < done or match.group(1) in _KEYWORDS or opening < 0:
            continue
        if match.re is _METHOD and depths[match.start(1)] == 0:
            continue
        given = next((group for group in match.groups()[1:] if group is not None), "")
        parameters = tuple(name for part in given.split(",") if (name := _parameter(part)))
        done = _end(depths, opening)
        yield Function(match.group(1), file, parameters, bare[opening:done], strings)


def _parameter(part: str) -> str:
    found = _NAME.search(part.partition("=")[0].partition(":")[0])
    return found.group() if found else ""


def _end(depths: list[int], opening: int) -> int:
    """Return the place behind the bracket that closes the one at `opening`."""
    before = depths[opening]
    return next((place for place in range(opening + 1, len(depths)) if depths[place] <= before), len(depths))


def _bracketed(text: str, opening: int) -> str:
    """Return what stands between a round bracket and the one that closes it."""
    depth = 0
    for place in range(opening, min(len(text), opening + 20_000)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return text[opening + 1 : place]
    return text[opening + 1 :][:20_000]
