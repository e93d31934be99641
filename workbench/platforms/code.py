"""What a piece of JavaScript or Python code can do, read from its text in linear time."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Every alternative consumes what it starts, closed or not, so that scanning stays linear whatever the text is.
_JAVASCRIPT = re.compile(
    r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?"
    r"|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?",
    re.DOTALL,
)
_PYTHON = re.compile(
    r"#[^\n]*|[rbfuRBFU]{0,2}(?:\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*(?:\"\"\")?|'''(?:[^'\\]|\\.|'(?!''))*(?:''')?"
    r"|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?)",
    re.DOTALL,
)
_LOOKS_LIKE_PYTHON = re.compile(
    r"^\s*(?:def \w+\(|from [\w.]+ import |import \w+(?:[.,\s]|$)(?!.*from)|for \w+ in .*:\s*$|if .*:\s*$)", re.M
)

_REQUIRED = re.compile(r"\b(?:require|import)\s*\(\s*§(\d+)§|\bfrom\s*§(\d+)§|\bimport\s*§(\d+)§")
_IMPORTED = re.compile(
    r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w.]+(?:[ \t]+as[ \t]+\w+)?(?:[ \t]*,[ \t]*[\w.]+)*))",
    re.M,
)

_LIBRARY = {
    "child_process": "child_process subprocess pty shelljs execa cross-spawn ssh2 node-ssh paramiko",
    "file_system": "fs fs-extra graceful-fs pathlib shutil glob tempfile",
    "eval": "vm vm2 isolated-vm",
    "fetch": "http https http2 net axios node-fetch got request request-promise superagent undici needle urllib requests httpx "
             "aiohttp socket ftplib smtplib nodemailer",
    "crypto": "crypto crypto-js hmac hashlib bcrypt bcryptjs jsonwebtoken jose cryptography",
    "env": "dotenv",
}  # fmt: skip
_LIBRARY_FEATURE = {name: feature for feature, names in _LIBRARY.items() for name in names.split()}

# Looked for in the code without its comments and strings.
_FEATURES = {
    "child_process": r"\bexecSync\s*\(|\bspawnSync?\s*\(|\bexecFile(?:Sync)?\s*\(|\bos\.(?:system|popen|exec\w+|spawn\w+)\s*\(|\bsubprocess\.",
    "file_system": r"\b(?:read|write|append)File(?:Sync)?\s*\(|\bcreate(?:Read|Write)Stream\s*\(|\bfs\.(?:promises\.)?\w+\s*\(|(?:^|[^.\w])open\s*\(\s*(?:§\d+§|\w+\s*[,)])|\bos\.(?:remove|unlink|rename|listdir|makedirs)\s*\(",
    "eval": r"(?:^|[^.\w$])eval\s*\(|\bnew\s+Function\s*\(|(?:^|[^.\w$])Function\s*\(\s*§|(?:^|[^.\w$])exec\s*\(|\b(?:runInNewContext|runInThisContext|runInContext)\s*\(|\bset(?:Timeout|Interval)\s*\(\s*§|(?:^|[^.\w])compile\s*\(.*§",
    "fetch": r"(?:^|[^.\w$])fetch\s*\(|\bhelpers\.(?:httpRequest\w*|request\w*)\s*\(|\bnew\s+XMLHttpRequest\b|\baxios\s*[.(]|\$http\b|\brequests\.(?:get|post|put|patch|delete|request|Session)\s*\(|\burlopen\s*\(|\bhttpx\.\w+\s*\(|\bnew\s+WebSocket\s*\(|\bUrlFetchApp\b|\bsendBeacon\s*\(",
    "env": r"\bprocess\.env\b|\$env\b|\bos\.environ\b|\bos\.getenv\s*\(|\bDeno\.env\b|(?:^|[^.\w])env\.get\s*\(",
    "hmac": r"\bcreateHmac\s*\(|\bhmac\.(?:new|compare_digest|digest)\s*\(|\btimingSafeEqual\s*\(|\bcreateVerify\s*\(|\bHmacSHA\d+\s*\(|\bconstructEvent\s*\(",
    "crypto": r"\bcrypto\.\w+|\bcreateH(?:mac|ash)\s*\(|\bhashlib\.|\bCryptoJS\.|\bsubtle\.\w+\s*\(|\bjwt\.(?:sign|verify)\s*\(",
}  # fmt: skip
_PATTERNS = {feature: re.compile(pattern, re.M) for feature, pattern in _FEATURES.items()}

_SQL = re.compile(
    r"\b(?:select\b[^;]{0,2000}\bfrom|insert\s+into|update\b[^;]{0,300}\bset|delete\s+from|drop\s+table|alter\s+table|truncate\s+table|"
    r"replace\s+into|exec(?:ute)?\s+sp_|(?:inner|left|right)\s+join|where\s+[\w.`\"\[\]]+\s*(?:=|in\b|like\b|<|>)|order\s+by\s)",
    re.I,
)
_INTERPOLATED = re.compile(r"\$\{")
_JOINED = re.compile(r"§(\d+)§\s*\+|\+\s*§(\d+)§|§(\d+)§\s*(?:%(?!\s*\d)|\.format\s*\(|\.concat\s*\()|\+=\s*§(\d+)§")


@dataclass(frozen=True)
class _Text:
    bare: str
    """The code with every string replaced by `§number§` and every comment by a space."""
    strings: tuple[str, ...]
    """The strings with their quotes."""
    python: bool


def risks(code: str) -> frozenset[str]:
    """Return what the code can do.

    Features: child_process, file_system, eval, fetch, env, crypto, hmac (checks or makes a keyed signature),
    sql_concatenation (SQL joined from text and values), libraries (loads libraries beyond the platform's own).
    """
    text = _read(code)
    found = {feature for feature, pattern in _PATTERNS.items() if pattern.search(text.bare)}
    names = _libraries(text)
    found |= {_LIBRARY_FEATURE[name] for name in names if name in _LIBRARY_FEATURE}
    found |= {"libraries"} if names else set()
    found |= {"sql_concatenation"} if _joins_sql(text) else set()
    found |= _inside_templates(text)
    return frozenset(found)


def libraries(code: str) -> frozenset[str]:
    """Return the names of the libraries that the code loads, without `node:` and sub-paths."""
    return frozenset(_libraries(_read(code)))


def _read(code: str) -> _Text:
    python = (
        _LOOKS_LIKE_PYTHON.search(code) is not None and re.search(r"\b(?:const|let|var|function)\b|=>", code) is None
    )
    strings: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        token = match.group()
        if token.startswith(("//", "/*", "#")):
            return " "
        strings.append(token)
        return f"§{len(strings) - 1}§"

    bare = (_PYTHON if python else _JAVASCRIPT).sub(replaced, code.replace("§", " "))
    return _Text(bare, tuple(strings), python)


def _libraries(text: _Text) -> set[str]:
    if text.python:
        names = [a or b for a, b in _IMPORTED.findall(text.bare)]
        return {part.strip().split()[0].split(".")[0] for name in names for part in name.split(",")}
    numbers = [int(next(filter(None, groups))) for groups in _REQUIRED.findall(text.bare)]
    return {_package(text.strings[number].strip("'\"`")) for number in numbers} - {""}


def _package(path: str) -> str:
    name = path.removeprefix("node:")
    if name.startswith("."):
        return ""
    return "/".join(name.split("/")[: 2 if name.startswith("@") else 1])


def _joins_sql(text: _Text) -> bool:
    joined = {int(next(filter(None, groups))) for groups in _JOINED.findall(text.bare)}
    for number, string in enumerate(text.strings):
        if not _SQL.search(string):
            continue
        template = string.startswith("`") and _INTERPOLATED.search(string)
        formatted = text.python and re.match(r"[rR]?[fF]", string) and "{" in string
        if template or formatted or number in joined:
            return True
    return False


def _inside_templates(text: _Text) -> set[str]:
    """Return the features of the code inside `${…}` of template strings."""
    inner = "\n".join(
        part for s in text.strings if s.startswith("`") for part in re.findall(r"\$\{([^{}`]{1,2000})\}", s)
    )
    return {feature for feature, pattern in _PATTERNS.items() if pattern.search(inner)} if inner else set()
