"""What the JavaScript of a function node does to its message, read from its tokens in linear time; never run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from workbench.platforms.node_red.export import words
from workbench.platforms.node_red.tokens import (
    CLOSE,
    OPEN,
    Token,
    members,
    mentions,
    neighbours,
    plain,
    tokens_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A line that ends or begins with one of these goes on.
_GOES_ON = frozenset("+-*/%&|^=<>!?:,.([{") | {"&&", "||", "??", "+=", "==", "===", "=>", "?."}
_NOT_FIELDS = words(
    "length push pop shift unshift map filter forEach reduce find findIndex some every includes indexOf lastIndexOf "
    "slice splice concat join sort reverse keys values entries hasOwnProperty toString toFixed toLowerCase toUpperCase "
    "trim split replace replaceAll substring substr startsWith endsWith match test charAt charCodeAt padStart padEnd "
    "parse stringify constructor prototype flat flatMap at buffer __proto__"
)
_CREDENTIAL = re.compile(
    r"""headers\s*(?:\?\.|\.|\[\s*['"])\s*(?:authorization|cookie|x[-_]api[-_]key|x[-_][\w-]*(?:token|signature|secret|key))"""
    r"""|\breq\.(?:signed)?cookies\b|\b(?:jwt|jsonwebtoken|jose)\.(?:verify|jwtVerify)\s*\(|\btimingSafeEqual\s*\(""",
    re.IGNORECASE,
)
# Who checks a caller can also turn it away; who only shows a cookie cannot.
_REFUSAL = re.compile(
    r"\b40[13]\b|\breturn\s+null\b|\?[^?:;\n]{0,200}:\s*null\b|\[\s*null\b|,\s*null\s*\]|\bverify\s*\(|\btimingSafeEqual\s*\("
)
_HOLE_NAMES = re.compile(r"\$\{\s*([A-Za-z_$][\w$]*)")
_DEEPEST_FIELD = 3
# What is looked at in one function: tokens of one expression and of all, assignments to one variable, variables that
# stand for variables, characters of a text.
_LONGEST_RIGHT, _MOST_EFFORT, _MOST_ASSIGNMENTS, _DEEPEST_VARIABLE, _LONGEST_TEXT = 2_000, 200_000, 50, 8, 4_000


@dataclass(frozen=True)
class Text:
    """A text that code or a template makes, as far as it can be seen."""

    prefix: str = ""
    """What it certainly begins with."""
    fixed: bool = False
    """Nothing is joined to it: the prefix is all."""
    message: bool = False
    """Something of the message is joined to it."""


@dataclass(frozen=True)
class Code:
    """What a function node does to its message."""

    sets: dict[str, list[Text]] = field(default_factory=dict)
    """Properties of the message that it sets, and to what."""
    reads: frozenset[str] = frozenset()
    """Fields of the payload or request that it reads, such as `customer.email`."""
    writes: frozenset[str] = frozenset()
    """Fields of the payload that it makes."""
    replaces: bool = False
    """It makes a new payload without looking at the old one."""
    variables: tuple[Text, ...] = ()
    """What its variables hold."""
    uses_message: bool = False
    checks_caller: bool = False
    """It looks at credentials of a request (header, key, cookie, signature), and can turn the caller away."""


@lru_cache(maxsize=4096)
def read_code(code: str) -> Code:
    """Return what the code of a function node does to its message."""
    tokens = tokens_of(code)
    reader = _Reader(tokens)
    reads, writes = reader.fields()
    payload = [right for name, _, right in reader.assigned if name == "payload"]
    return Code(
        sets=reader.sets(),
        reads=frozenset(reads),
        writes=frozenset(writes | {key for right in payload for key, _ in members(right)}),
        replaces=bool(payload) and not any(mentions(right, "msg") for right in payload),
        variables=tuple(reader.text_of(name) for name in reader.variables),
        uses_message=mentions(tokens, "msg"),
        checks_caller=bool(_CREDENTIAL.search(code) and _REFUSAL.search(code)),
    )


class _Reader:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.before, self.after = neighbours(tokens), neighbours(tokens[::-1], len(tokens) - 1)[::-1]
        self.effort = _MOST_EFFORT
        self.paths = list(self._paths())
        self.variables: dict[str, list[tuple[str, Sequence[Token]]]] = {}
        self.known: dict[str, Text] = {}
        self.assigned: list[tuple[str, str, Sequence[Token]]] = []
        """Property of the message, sign, and the tokens to the right of it."""
        for end, path, sign in self._targets():
            right = self._right(end)
            if path[0] == "msg" and len(path) == 2:  # noqa: PLR2004  msg and one property
                self.assigned.append((path[1], sign, right))
            elif len(path) == 1:
                self.variables.setdefault(path[0], []).append((sign, right))
            if path == ["msg"]:
                self._assign(right)
        for index, token in enumerate(tokens):
            if token.text == "return" or (token.text == "send" and self._next(index + 1) == "("):
                self._assign(self._right(index + 1 + (token.text == "send")))

    def _assign(self, message: Sequence[Token]) -> None:
        """Take the members of an object that becomes the message."""
        self.assigned += [(name, "=", right) for name, right in members(message)]

    def _next(self, index: int) -> str:
        return self.tokens[index].text if index < len(self.tokens) else ""

    def _paths(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the end and the names of each `a.b["c"]` in the code."""
        index, last = 0, len(self.tokens)
        while index < last:
            if self.tokens[index].kind != "name" or (index and self.tokens[index - 1].text == "."):
                index += 1
                continue
            path = [self.tokens[index].text]
            index += 1
            while index < last:
                name, step = self._step(index)
                if not step:
                    break
                path += [name] if name else []
                index += step
            yield index, path

    def _step(self, index: int) -> tuple[str, int]:
        """Return the name of the member that begins here and how many tokens it takes: 0 if none begins here."""
        around = [self.tokens[i] for i in range(index, min(index + 3, len(self.tokens)))]
        if len(around) >= 2 and around[0].text in {".", "?."} and around[1].kind == "name":  # noqa: PLR2004
            return around[1].text, 2
        if len(around) == 3 and around[0].text == "[" and around[2].text == "]":  # noqa: PLR2004
            return (plain(around[1].text), 3) if around[1].kind == "string" else ("", 3)
        return "", 0

    def _targets(self) -> Iterator[tuple[int, list[str], str]]:
        """Yield, for each assignment, where its right side begins, the names on its left, and its sign."""
        for end, path in self.paths:
            if self._next(end) in {"=", "+="}:
                yield end + 1, path, self._next(end)

    def _right(self, start: int) -> Sequence[Token]:
        """Return the tokens of the expression that begins at `start`, as far as it is worth reading."""
        depth, index = 0, start
        last = min(len(self.tokens), start + min(_LONGEST_RIGHT, self.effort))
        while index < last:
            token = self.tokens[index]
            if token.kind == "sign" and token.text in OPEN:
                depth += 1
            elif token.kind == "sign" and token.text in CLOSE:
                depth -= 1
            ends = (
                token.text in {";", ","} if token.kind == "sign" else token.kind == "line" and self._stops(start, index)
            )
            if depth < 0 or (depth == 0 and ends):
                break
            index += 1
        self.effort -= index - start
        return [t for t in self.tokens[start:index] if t.kind != "line"]

    def _stops(self, start: int, index: int) -> bool:
        """Tell whether a line's end is also the end of the expression that began at `start`."""
        before, after = self.before[index], self.after[index]
        if before < start:
            return False
        goes_on = self.tokens[before].text in _GOES_ON or (after >= 0 and self.tokens[after].text in _GOES_ON)
        return not goes_on

    def sets(self) -> dict[str, list[Text]]:
        """Return the properties of the message that are set, and to what."""
        groups: dict[str, list[tuple[str, Sequence[Token]]]] = {}
        for name, sign, right in self.assigned:
            groups.setdefault(name, []).append((sign, right))
        return {name: self._joined(rights, ()) for name, rights in groups.items()}

    def _joined(self, assigned: Sequence[tuple[str, Sequence[Token]]], around: tuple[str, ...]) -> list[Text]:
        """Return the texts that assignments give; what `+=` adds is joined to all of them."""
        texts = [self.text(right, around) for sign, right in assigned if sign == "="]
        added = [self.text(right, around) for sign, right in assigned if sign == "+="]
        if not added:
            return texts
        message = any(text.message for text in added)
        return [Text(text.prefix, message=text.message or message) for text in texts or [Text()]]

    def text(self, right: Sequence[Token], around: tuple[str, ...] = ()) -> Text:
        """Return the text that an expression makes; a variable is looked up in the assignments to it."""
        prefix, open_ = "", True
        message = mentions(right, "msg") or self._carries_message(right, around)
        for index, token in enumerate(right):
            if token.kind in {"string", "number"} and open_:
                prefix += plain(token.text)
            elif token.kind == "template" and open_:
                literal, hole, _ = plain(token.text).partition("${")
                prefix, open_ = prefix + literal, not hole
            elif token.kind == "name" and open_ and (not index or right[index - 1].text == "+"):
                joined = self._variable(token.text, around, right[index + 1 : index + 2])
                prefix, open_ = prefix + joined.prefix, joined.fixed
            elif token.text != "+":
                open_ = False
            open_ = open_ and len(prefix) <= _LONGEST_TEXT
        return Text(prefix[:_LONGEST_TEXT], fixed=open_ and bool(right), message=message)

    def text_of(self, name: str) -> Text:
        """Return what a variable holds."""
        return self._variable(name, (), ())

    def _carries_message(self, right: Sequence[Token], around: tuple[str, ...]) -> bool:
        """Tell whether a variable in an expression holds something of the message."""
        names = [t.text for i, t in enumerate(right) if t.kind == "name" and (not i or right[i - 1].text != ".")]
        names += [name for t in right if t.kind == "template" for name in _HOLE_NAMES.findall(t.text)]
        return any(self._variable(name, around, ()).message for name in dict.fromkeys(names[:_MOST_ASSIGNMENTS]))

    def _variable(self, name: str, around: tuple[str, ...], after: Sequence[Token]) -> Text:
        assigned = self.variables.get(name, ())
        alone = not after or after[0].text == "+"
        if (
            not assigned
            or not alone
            or name in around
            or len(assigned) > _MOST_ASSIGNMENTS
            or len(around) > _DEEPEST_VARIABLE
        ):
            return Text()
        if name not in self.known:
            self.known[name] = _agreed(self._joined(assigned, (*around, name)))
        return self.known[name]

    def fields(self) -> tuple[set[str], set[str]]:
        """Return the fields of the payload that are read, and those that are set."""
        reads: set[str] = set()
        writes: set[str] = set()
        aliases = {name: way for name, rights in self.variables.items() if (way := _alias(rights))}
        for end, path in self.paths:
            full = [*aliases.get(path[0], (path[0],)), *path[1:]]
            name = field_name(full[1:-1] if self._next(end) == "(" else full[1:]) if full[0] == "msg" else ""
            if name:
                (writes if self._next(end) in {"=", "+="} else reads).add(name)
        return reads, writes


def field_name(path: Sequence[str]) -> str:
    """Return the data field that a path within the message names, such as payload.customer.email; empty if none."""
    if path[:1] == ["payload"]:
        rest = path[1:]
    elif path[:1] == ["req"] and path[1:2] and path[1] in {"query", "params", "body"}:
        rest = path[2:]
    else:
        return ""
    names = []
    for part in rest:
        if part in _NOT_FIELDS or not re.fullmatch(r"[^\W\d][\w -]{0,59}", part):
            break
        names.append(part)
    return ".".join(names[:_DEEPEST_FIELD])


def _alias(assigned: Sequence[tuple[str, Sequence[Token]]]) -> tuple[str, ...]:
    """Return the path within the message that a variable stands for, empty if it stands for something else."""
    if len(assigned) != 1 or assigned[0][0] != "=":
        return ()
    texts = tuple(t.text for t in assigned[0][1])
    is_path = texts[:1] == ("msg",) and len(texts) % 2 == 1 and all(sign in {".", "?."} for sign in texts[1::2])
    return texts[::2] if is_path and len(texts) > 1 else ()


def _agreed(texts: Sequence[Text]) -> Text:
    """Return what several assignments to one variable have in common."""
    same = len({text.prefix for text in texts}) == 1
    fixed = same and all(text.fixed for text in texts)
    return Text(texts[0].prefix if same else "", fixed=fixed, message=any(text.message for text in texts))
