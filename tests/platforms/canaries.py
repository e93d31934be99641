"""Fake secrets of many kinds, made new for each seed, and the places where people leave them."""

from __future__ import annotations

import base64
import json
import random
import string
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ALNUM = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_DASHED = _ALNUM + "-_"


class Maker:
    """Random parts of secrets."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311  repeatable fakes

    def of(self, alphabet: str, size: int) -> str:
        """Return a random text; it always has a digit, as nearly all real ones do."""
        text = [self._random.choice(alphabet) for _ in range(size)]
        text[size // 2] = self._random.choice([sign for sign in alphabet if sign.isdigit()])
        return "".join(text)

    def w(self, size: int) -> str:
        """Return letters and digits."""
        return self.of(_ALNUM, size)

    def h(self, size: int) -> str:
        """Return hexadecimal digits."""
        return self.of(_HEX, size)

    def d(self, size: int) -> str:
        """Return letters, digits, - and _, ending in a letter or digit."""
        return self.of(_DASHED, size - 1) + self.w(1)

    def n(self, size: int) -> str:
        """Return a number."""
        return "1" + self.of(string.digits, size - 1)

    def u(self, size: int) -> str:
        """Return capital letters and digits."""
        return self.of(string.ascii_uppercase + string.digits, size)

    def uuid(self) -> str:
        """Return a random UUID."""
        return "-".join(self.h(n) for n in (8, 4, 4, 4, 12))


def _jwt(m: Maker) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    body = base64.urlsafe_b64encode(f'{{"sub":"{m.n(9)}","name":"x"}}'.encode()).decode().rstrip("=")
    return f"{head}.{body}.{m.d(43)}"


# Told by their own looks, wherever they stand.
SHAPED: Mapping[str, Callable[[Maker], str]] = {
    "jwt": _jwt,
    "aws access key id": lambda m: f"AKIA{m.u(16)}",
    "aws temporary key id": lambda m: f"ASIA{m.u(16)}",
    "aws secret key": lambda m: f"{m.w(10)}/{m.w(9)}+Zq7{m.w(16)}",
    "github classic": lambda m: f"ghp_{m.w(36)}",
    "github oauth": lambda m: f"gho_{m.w(36)}",
    "github app": lambda m: f"ghs_{m.w(36)}",
    "github fine-grained": lambda m: f"github_pat_{m.w(22)}_{m.w(59)}",
    "gitlab": lambda m: f"glpat-{m.d(20)}",
    "bitbucket": lambda m: f"ATBB{m.w(32)}",
    "atlassian": lambda m: f"ATATT3xFfGF0{m.d(170)}={m.u(8)}",
    "slack bot": lambda m: f"xoxb-{m.n(12)}-{m.n(12)}-{m.w(24)}",
    "slack user": lambda m: f"xoxp-{m.n(12)}-{m.n(12)}-{m.n(12)}-{m.h(32)}",
    "slack app": lambda m: f"xapp-1-A{m.u(10)}-{m.n(13)}-{m.h(64)}",
    "discord bot": lambda m: f"MT{m.w(22)}.{m.d(6)}.{m.d(38)}",
    "telegram bot": lambda m: f"{m.n(10)}:AA{m.d(33)}",
    "google api key": lambda m: f"AIza{m.d(35)}",
    "google oauth token": lambda m: f"ya29.a0{m.d(120)}",
    "google client secret": lambda m: f"GOCSPX-{m.d(28)}",
    "google refresh token": lambda m: f"1//0{m.d(60)}",
    "openai classic": lambda m: f"sk-{m.w(20)}T3BlbkFJ{m.w(20)}",
    "openai project": lambda m: f"sk-proj-{m.d(74)}T3BlbkFJ{m.d(74)}",
    "openai service": lambda m: f"sk-svcacct-{m.d(60)}",
    "anthropic": lambda m: f"sk-ant-api03-{m.d(93)}AA",
    "openrouter": lambda m: f"sk-or-v1-{m.h(64)}",
    "groq": lambda m: f"gsk_{m.w(52)}",
    "xai": lambda m: f"xai-{m.w(80)}",
    "perplexity": lambda m: f"pplx-{m.w(48)}",
    "nvidia": lambda m: f"nvapi-{m.d(64)}",
    "replicate": lambda m: f"r8_{m.w(37)}",
    "hugging face": lambda m: f"hf_{m.w(34)}",
    "tavily": lambda m: f"tvly-dev-{m.w(32)}",
    "pinecone": lambda m: f"pcsk_{m.w(6)}_{m.w(60)}",
    "firecrawl": lambda m: f"fc-{m.h(32)}",
    "apify": lambda m: f"apify_api_{m.w(36)}",
    "langsmith": lambda m: f"lsv2_pt_{m.h(32)}_{m.h(10)}",
    "stripe live": lambda m: f"sk_live_{m.w(24)}",
    "stripe restricted": lambda m: f"rk_live_{m.w(24)}",
    "stripe webhook": lambda m: f"whsec_{m.w(32)}",
    "elevenlabs": lambda m: f"sk_{m.h(48)}",
    "clickup": lambda m: f"pk_{m.n(8)}_{m.u(32)}",
    "sendgrid": lambda m: f"SG.{m.d(22)}.{m.d(43)}",
    "twilio key": lambda m: f"SK{m.h(32)}",
    "mailgun": lambda m: f"key-{m.h(32)}",
    "mailgun new": lambda m: f"{m.h(32)}-{m.h(8)}-{m.h(8)}",
    "mailchimp": lambda m: f"{m.h(32)}-us14",
    "brevo": lambda m: f"xkeysib-{m.h(64)}-{m.w(16)}",
    "resend": lambda m: f"re_{m.w(8)}_{m.w(24)}",
    "airtable token": lambda m: f"pat{m.w(14)}.{m.h(64)}",
    "airtable key": lambda m: f"keyQw3{m.w(11)}",
    "notion": lambda m: f"ntn_{m.w(46)}",
    "notion old": lambda m: f"secret_{m.w(43)}",
    "hubspot": lambda m: f"pat-eu1-{m.uuid()}",
    "shopify": lambda m: f"shpat_{m.h(32)}",
    "linear": lambda m: f"lin_api_{m.w(40)}",
    "figma": lambda m: f"figd_{m.d(40)}",
    "asana": lambda m: f"1/{m.n(16)}:{m.h(32)}",
    "dropbox": lambda m: f"sl.u.{m.d(130)}",
    "digitalocean": lambda m: f"dop_v1_{m.h(64)}",
    "doppler": lambda m: f"dp.pt.{m.w(43)}",
    "databricks": lambda m: f"dapi{m.h(32)}",
    "square": lambda m: f"sq0atp-{m.d(22)}",
    "facebook": lambda m: f"EAAG{m.w(100)}",
    "postman": lambda m: f"PMAK-{m.h(24)}-{m.h(34)}",
    "new relic": lambda m: f"NRAK-{m.u(27)}",
    "sentry": lambda m: f"sntrys_{m.w(80)}",
    "grafana": lambda m: f"glsa_{m.w(32)}_{m.h(8)}",
    "vault": lambda m: f"hvs.{m.d(90)}",
    "supabase": lambda m: f"sbp_{m.h(40)}",
    "npm": lambda m: f"npm_{m.w(36)}",
    "pypi": lambda m: f"pypi-AgEIcHlwaS5vcmc{m.d(150)}",
    "docker": lambda m: f"dckr_pat_{m.d(27)}",
    "tailscale": lambda m: f"tskey-auth-{m.w(16)}-{m.w(32)}",
    "typeform": lambda m: f"tfp_{m.w(44)}_{m.w(14)}",
    "azure client secret": lambda m: f"{m.w(3)}8Q~{m.d(34)}",
    "salesforce session": lambda m: f"00D{m.w(12)}!{m.w(96)}",
    "private key": lambda m: (
        "-----BEGIN RSA PRIVATE KEY-----\n"
        + "\n".join(m.of(_ALNUM + "+/", 64) for _ in range(6))
        + "\n-----END RSA PRIVATE KEY-----"
    ),
}

# Addresses of which only a part is secret: address and that part.
ADDRESSES: Mapping[str, Callable[[Maker], tuple[str, str]]] = {
    "azure sas": lambda m: _at(
        "https://acme.blob.core.windows.net/c/f.csv?sv=2022-11-02&sp=r&sig={}&se=2030-01-01", f"{m.w(40)}%2B{m.w(2)}%3D"
    ),
    "power automate callback": lambda m: _at(
        "https://prod-12.westeurope.logic.azure.com:443/workflows/ab12/triggers/manual/paths/invoke?api-version=2016-06-01"
        "&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={}",
        m.d(43),
    ),
    "slack webhook": lambda m: _at("https://hooks.slack.com/services/{}", f"T{m.u(9)}/B{m.u(10)}/{m.w(24)}"),
    "discord webhook": lambda m: _at(f"https://discord.com/api/webhooks/{m.n(18)}/{{}}", m.d(68)),
    "teams webhook": lambda m: _at(
        "https://acme.webhook.office.com/webhookb2/{}", f"{m.uuid()}@{m.uuid()}/IncomingWebhook/{m.h(32)}/{m.uuid()}"
    ),
    "zapier hook": lambda m: _at("https://hooks.zapier.com/hooks/catch/{}/", f"{m.n(7)}/{m.w(7).lower()}"),
    "make hook": lambda m: _at("https://hook.eu1.make.com/{}", m.of(string.ascii_lowercase + string.digits, 32)),
    "n8n webhook": lambda m: _at("https://acme.app.n8n.cloud/webhook/{}", m.uuid()),
    "telegram address": lambda m: _at("https://api.telegram.org/bot{}/sendMessage", f"{m.n(10)}:AA{m.d(33)}"),
    "user and password": lambda m: _at("https://reporting:{}@intranet.acme.com/x", f"pW{m.w(9)}"),
    "database address": lambda m: _at("postgresql://app:{}@db.acme.com:5432/crm", f"s3{m.w(12)}"),
    "api_key in query": lambda m: _at("https://api.acme.com/v1/x?api_key={}&q=1", m.w(24)),
    "token in query": lambda m: _at("https://api.acme.com/v1/x?q=1&token={}", m.h(20)),
    "access_token in query": lambda m: _at("https://api.acme.com/v1/x?access_token={}", m.w(30)),
    "key in query": lambda m: _at("https://api.acme.com/v1/x?key={}", m.w(24)),
    "code in query": lambda m: _at("https://acme.azurewebsites.net/api/f?code={}", f"{m.d(54)}=="),
    "aws signature": lambda m: _at("https://b.s3.amazonaws.com/k?X-Amz-Expires=60&X-Amz-Signature={}", m.h(64)),
}


def _at(address: str, secret: str) -> tuple[str, str]:
    return address.format(secret), secret


# Without a form of their own: told by the name they stand under.
NAMES = (
    "password", "Password", "db_password", "DB_PASSWORD", "PGPASSWORD", "passwd", "smtpPass", "passphrase",
    "clientSecret", "client_secret", "apiKey", "api_key", "X-Api-Key", "x-functions-key",
    "Ocp-Apim-Subscription-Key", "xi-api-key", "OPENAI_API_KEY", "X-RapidAPI-Key", "access-token",
    "accessToken", "auth_token", "refreshToken", "X-Auth-Token", "PRIVATE-TOKEN", "Authorization", "secret",
    "webhookSecret", "signingKey", "encryption_key", "AccountKey", "SharedAccessKey", "contraseña",
    "passwort", "senha",
)  # fmt: skip


def weak_value(m: Maker) -> str:
    """Return a secret without any form."""
    return f"{m.w(5)}!{m.w(6)}"


def plain_value(m: Maker) -> str:
    """Return a secret of letters and digits only, which fits every position."""
    return f"q{m.w(12)}"


# How text with a secret in it is left in an export; each gives JSON data.
POSITIONS: Mapping[str, Callable[[str], Any]] = {
    "value": lambda s: {"note": s},
    "header pair": lambda s: {"headerParameters": {"parameters": [{"name": "X-Custom", "value": s}]}},
    "list": lambda s: {"items": ["a", s, "b"]},
    "code": lambda s: {"jsCode": f"const x = 1;\nconst client = new Client({json.dumps(s)});\nreturn items;"},
    "expression": lambda s: {"text": f"={{{{ {json.dumps(s)} + $json.id }}}}"},
    "note": lambda s: {"content": f"## How to\nUse {s} for this.\nThen go on."},
    "json in text": lambda s: {"jsonBody": json.dumps({"a": 1, "b": s}, indent=1)},
    "json in json in text": lambda s: {"payload": json.dumps({"body": json.dumps({"b": s})})},
    "bearer": lambda s: {"jsonHeaders": f'{{"Accept": "*/*", "Authorization": "Bearer {s}"}}'},
    "key of an object": lambda s: {"map": {s: 1}},
    "percent-encoded": lambda s: {"url": f"https://a.example.org/cb?next={quote(s, safe='')}"},
    "base64": lambda s: {"blob": base64.b64encode(f"the key is {s} ok".encode()).decode()},
}

NAMED_POSITIONS: Mapping[str, Callable[[str, str], Any]] = {
    "key": lambda name, s: {name: s},
    "nested": lambda name, s: {"options": {name: {"__rl": True, "value": s}}},
    "pair": lambda name, s: {"parameters": [{"name": name, "value": s}]},
    "node-red header": lambda name, s: {
        "headers": [{"keyType": "other", "keyValue": name, "valueType": "other", "valueValue": s}]
    },
    "node-red change": lambda name, s: {
        "rules": [{"t": "set", "p": f"headers.{name}", "pt": "msg", "to": s, "tot": "str"}]
    },
    "two texts": lambda name, s: {"headers": [[name, s]]},
    "json in text": lambda name, s: {"jsonBody": json.dumps({"x": 1, name: s})},
    "json in json": lambda name, s: {"body": json.dumps({"inner": json.dumps({name: s})})},
    "object in code": lambda name, s: {"func": f"const options = {{ headers: {{ '{name}': '{s}' }} }};\nreturn msg;"},
    "base64": lambda name, s: {"blob": base64.b64encode(json.dumps({name: s}).encode()).decode()},
    "percent-encoded": lambda name, s: {"state": quote(json.dumps({name: s}))},
    "yaml note": lambda name, s: {"content": f"Settings:\n  {name}: {s}\n  user: x"},
}
