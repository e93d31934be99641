"""What a piece of JavaScript or Python can do, read from its text in linear time; nothing is run."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import Literal

import re2

Language = Literal["javascript", "python"]

# Every alternative takes what it starts, closed or not, so that reading stays linear whatever the text is. A slash
# begins a regular expression only where no value can stand before it.
_JAVASCRIPT = re.compile(
    r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?"
    r"|(?<=[(,=:\[!&|?{};\n])[ \t]{0,20}/(?![/*])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,200}\]){1,500}/[a-z]{0,8}"
    r"|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?",
    re.DOTALL,
)
_PYTHON = re.compile(
    r"#[^\n]*|[rbfuRBFU]{0,2}(?:\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*(?:\"\"\")?|'''(?:[^'\\]|\\.|'(?!''))*(?:''')?"
    r"|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?)",
    re.DOTALL,
)
_LOOKS_LIKE_PYTHON = re2.compile(
    r"(?m)^[ \t]*(?:def \w+\(|from [\w.]+ import |import [\w.]+(?: as \w+)?(?:,[ \w.,]*)?[ \t]*$"
    r"|(?:for|if|while|with|try|elif) ?.*:[ \t]*$)"
)
_LOOKS_LIKE_JAVASCRIPT = re2.compile(r"\b(?:const|let|var|function)\b|=>|;[ \t]*(?:\n|$)|\}[ \t]*$")

_REQUIRED = re2.compile(r"\b(?:require|import)\s*\(\s*§(\d+)§|\bfrom\s*§(\d+)§|\bimport\s*§(\d+)§")
_IMPORTED = re2.compile(r"(?m)^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w., \t]+))")
_LIBRARIES = {
    "child_process": "child_process subprocess pty shelljs execa cross-spawn ssh2 node-ssh paramiko pexpect",
    "file_system": "fs fs-extra graceful-fs pathlib shutil glob tempfile",
    "eval": "vm vm2 isolated-vm",
    "fetch": "http https http2 net axios node-fetch got request request-promise superagent undici needle ws urllib "
    "requests httpx aiohttp socket ftplib smtplib nodemailer",
    "crypto": "crypto crypto-js hmac hashlib bcrypt bcryptjs jsonwebtoken jose cryptography",
    "env": "dotenv",
}
_OF_LIBRARY = {name: feature for feature, names in _LIBRARIES.items() for name in names.split()}

# Looked for in the code without its comments and strings, which stand there as §number§.
_FEATURES = (
    ("child_process", r"\b(?:execSync|spawn|spawnSync|execFile|execFileSync)\s*\("),
    ("child_process", r"\bos\.(?:system|popen|exec\w+|spawn\w+)\s*\(|\bsubprocess\."),
    (
        "file_system",
        r"\b(?:read|write|append)File(?:Sync)?\s*\(|\bcreate(?:Read|Write)Stream\s*\(|\bfs\.(?:promises\.)?\w+\s*\(",
    ),
    (
        "file_system",
        r"(?:^|[^.\w])open\s*\(\s*(?:§\d+§|\w+\s*[,)])|\bos\.(?:remove|unlink|rename|listdir|makedirs|rmdir)\s*\(",
    ),
    (
        "eval",
        r"(?:^|[^.\w$])eval\s*\(|\bnew\s+Function\s*\(|(?:^|[^.\w$])Function\s*\(\s*§|\brunIn(?:New|This)?Context\s*\(",
    ),
    (
        "eval",
        r"\bset(?:Timeout|Interval)\s*\(\s*§|(?:^|[^.\w$])exec\s*\(|(?:^|[^.\w])compile\s*\([^\n]*§|\b__import__\s*\(",
    ),
    (
        "fetch",
        (
            r"(?:^|[^.\w$])fetch\s*\(|\bhelpers\.(?:httpRequest\w*|request\w*)\s*\("
            r"|\bnew\s+(?:XMLHttpRequest|WebSocket|EventSource)\b"
        ),
    ),
    (
        "fetch",
        (
            r"\baxios\s*[.(]|\$http\b|\brequests\.(?:get|post|put|patch|delete|request|Session)\s*\("
            r"|\burlopen\s*\(|\bhttpx\.\w+\s*\("
        ),
    ),
    ("fetch", r"\bUrlFetchApp\b|\bsendBeacon\s*\("),
    ("env", r"\bprocess\.env\b|\$env\b|\bos\.environ\b|\bos\.getenv\s*\(|\bDeno\.env\b|(?:^|[^.\w])env\.get\s*\("),
    (
        "hmac",
        r"\bcreateHmac\s*\(|\bhmac\.(?:new|compare_digest|digest)\s*\(|\btimingSafeEqual\s*\(|\bcreateVerify\s*\(",
    ),
    ("hmac", r"\bHmacSHA\d+\s*\(|\bconstructEvent\s*\(|\bsubtle\.verify\s*\("),
    (
        "crypto",
        (
            r"\bcrypto\.\w+|\bcreateH(?:mac|ash)\s*\(|\bhashlib\.|\bCryptoJS\.|\bsubtle\.\w+\s*\("
            r"|\bjwt\.(?:sign|verify)\s*\("
        ),
    ),
)
_SQL = re2.compile(
    r"(?is)^\W*select\b[^;]*\bfrom\b|\bselect\b[^;]*\bfrom\b[^;]*\bwhere\b|\binsert\s+into\b|\bupdate\b[^;]*\bset\b[^;]*="
    r"|\bdelete\s+from\b|\b(?:drop|alter|truncate)\s+table\b|\breplace\s+into\b|\b(?:inner|left|right)\s+join\b"
    r"|^\W*(?:where|and|or)\s+[\w.`\"\[\]]+\s*(?:=|in\b|like\b|<|>)"
)
_CONTINUED = re.compile(r"\+[ \t]{0,40}\n\s{0,40}")
_STATEMENT_END = re.compile(r";|\n(?![ \t]{0,40}[+.])")
_TARGET = re.compile(r"\s{0,200}(?:(?:var|let|const)\s{1,20})?([\w.$]{1,80})\s{0,20}\+?=(?!=)")
_STRING = re.compile(r"§(\d+)§")
# A string beside something that is none.
_JOINED = re2.compile(r"§\s*\+\s*[^§\s]|[^§\s=(,+]\s*\+\s*§|§\s*%\s*[\w(]|§\s*\.\s*(?:format|concat|replace)\s*\(")
_INSERTED = re2.compile(r"\$\{([^{}`]*)\}")


@dataclass(frozen=True)
class _Text:
    bare: str
    """The code with every string as `§number§` and every comment and regular expression as a space."""
    strings: tuple[str, ...]
    """The strings with their quotes."""
    python: bool


def risks(code: str, language: Language | None = None) -> frozenset[str]:
    """Return what the code can do.

    child_process, file_system, eval, fetch, env (reads the environment), crypto, hmac (makes or checks a keyed
    signature), sql_concatenation (joins SQL from text and values), libraries (loads any). The language is guessed if it
    is not given.
    """
    text = _read(code, language)
    names = _libraries(text)
    found = _features(text.bare) | {_OF_LIBRARY[name] for name in names if name in _OF_LIBRARY}
    found |= {"libraries"} if names else set()
    found |= {"sql_concatenation"} if _joins_sql(text) else set()
    return frozenset(found | _features(_inside_templates(text)))


def libraries(code: str, language: Language | None = None) -> frozenset[str]:
    """Return the names of the libraries that the code loads, without `node:` and sub-paths."""
    return frozenset(_libraries(_read(code, language)))


def parted(code: str, language: Language | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the code with each string as `§number§` and without comments, and the strings with their quotes."""
    text = _read(code, language)
    return text.bare, text.strings


def _read(code: str, language: Language | None) -> _Text:
    python = language == "python" or (language is None and _is_python(code))
    strings: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        token = match.group()
        if token.lstrip()[:1] in {"/", "#"}:
            return " "
        strings.append(token)
        return f"§{len(strings) - 1}§"

    bare = (_PYTHON if python else _JAVASCRIPT).sub(replaced, code.replace("§", " "))
    return _Text(bare, tuple(strings), python)


def _is_python(code: str) -> bool:
    return _LOOKS_LIKE_PYTHON.search(code) is not None and _LOOKS_LIKE_JAVASCRIPT.search(code) is None


@cache
def _feature_set() -> re2.Set:
    patterns = re2.Set.SearchSet()
    for _, pattern in _FEATURES:
        patterns.Add(f"(?m){pattern}")
    patterns.Compile()
    return patterns


def _features(bare: str) -> set[str]:
    return {_FEATURES[number][0] for number in _feature_set().Match(bare) or ()} if bare else set()


def _libraries(text: _Text) -> set[str]:
    if text.python:
        names = [match[1] or match[2] for match in _IMPORTED.finditer(text.bare)]
        return {words[0].split(".")[0] for name in names for part in name.split(",") if (words := part.split())}
    numbers = [_first(match.groups()) for match in _REQUIRED.finditer(text.bare)]
    return {_package(text.strings[number].strip("'\"`")) for number in numbers} - {""}


def _first(groups: tuple[str | None, ...]) -> int:
    return int(next(group for group in groups if group is not None))


def _package(path: str) -> str:
    name = path.removeprefix("node:")
    return "" if name.startswith(".") else "/".join(name.split("/")[: 2 if name.startswith("@") else 1])


def _joins_sql(text: _Text) -> bool:
    """Tell whether SQL is put together from texts and values, at once or bit by bit in one variable."""
    parts: dict[str, list[str]] = defaultdict(list)
    joined: set[str] = set()
    for number, statement in enumerate(_STATEMENT_END.split(_CONTINUED.sub("+ ", text.bare))):
        target = _TARGET.match(statement)
        name = target[1] if target else str(number)
        strings = [text.strings[int(index)] for index in _STRING.findall(statement)]
        parts[name] += strings
        if _JOINED.search(statement) or any(_is_filled(string, text) for string in strings):
            joined.add(name)
    return any(_SQL.search(" ".join(string.strip("'\"`") for string in parts[name])) for name in joined)


def _is_filled(string: str, text: _Text) -> bool:
    """Tell whether values are put into the string itself: `${…}` in a template, `{…}` in an f-string."""
    if text.python:
        return re.match(r"[rR]?[fF]", string) is not None and "{" in string
    return string.startswith("`") and "${" in string


def _inside_templates(text: _Text) -> str:
    return "\n".join(match[1] for s in text.strings if s.startswith("`") for match in _INSERTED.finditer(s))
