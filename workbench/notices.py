"""Where messages about reviews go: the table [tell] of `workbench.toml`. Nothing is sent unless it is there.

No password, key or secret address stands in the file: it names environment variables that hold them.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

TEMPLATE = """\

# Who is told how reviews went, and how. Passwords and keys stand in environment variables; here are their names.
# [tell]
# after_runs = "changes"        # "never" (so it is without this line), "problems", "changes" or "always"
# pages = "https://reviews.example.org/team/"   # where readers find the folder reviews/, if it is served
# [tell.mail]
# to = ["ana@example.org"]
# from = "workbench@example.org"
# host = "mail.example.org"
# user_in = "WORKBENCH_MAIL_USER"
# password_in = "WORKBENCH_MAIL_PASSWORD"
# [tell.webhook]
# url_in = "WORKBENCH_WEBHOOK_URL"
# key_in = "WORKBENCH_WEBHOOK_KEY"
"""


def _fitting(pattern: str, expected: str) -> AfterValidator:
    def checked(value: str) -> str:
        if re.fullmatch(pattern, value) is None:
            raise ValueError(f"expected {expected}")
        return value

    return AfterValidator(checked)


# What mail servers take without extensions. Nothing in it can end a header or add a second address.
MailAddress = Annotated[
    str,
    _fitting(
        r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*",
        "one address such as ana@example.org",
    ),
]
Host = Annotated[str, _fitting(r"[A-Za-z0-9.:-]{1,253}", "the name of a server such as mail.example.org")]
Variable = Annotated[
    str, _fitting(r"[A-Za-z_][A-Za-z0-9_]{0,100}", "the name of an environment variable, not what it holds")
]
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_SECURE = "https://"


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MailSettings(_Part):
    """The table [tell.mail]."""

    to: tuple[MailAddress, ...] = Field(min_length=1, max_length=50)
    sender: MailAddress = Field(alias="from")
    host: Host
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is encrypted; "none" only to this machine itself."""
    user_in: Variable | None = None
    """Name of the environment variable that holds the user's name; None for a server that asks for none."""
    password_in: Variable | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.user_in is None) != (self.password_in is None):
            raise ValueError("user_in and password_in belong together; give both or none")
        if self.security == "none" and not _is_this_machine(self.host):
            raise ValueError('security = "none" is for a mail server on this machine only; give "starttls" or "tls"')
        return self

    @property
    def at(self) -> int:
        """Return the port, the usual one if none is given."""
        return self.port or _PORTS[self.security]


class WebhookSettings(_Part):
    """The table [tell.webhook]."""

    url: str | None = None
    """An address that is no secret; without user, password, ? and #."""
    url_in: Variable | None = None
    """Name of the environment variable that holds the address, where who knows it may post."""
    key_in: Variable | None = None
    """Name of the environment variable that holds the key by which each message is signed."""
    body: Literal["json", "text"] = "json"
    """All of it as data, or `{"text": …}` with the Markdown, as chat services take it."""

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.url is None) == (self.url_in is None):
            raise ValueError("give url, or url_in if the address is a secret; not both")
        if self.body == "json" and self.key_in is None:
            raise ValueError('key_in is missing; only body = "text", for chat services, goes unsigned')
        return self


class TellSettings(_Part):
    """The table [tell]."""

    after_runs: Literal["never", "problems", "changes", "always"] = "never"
    pages: str | None = None
    """Address under which readers find the workspace's folder `reviews/`; None where it is not served."""
    mail: MailSettings | None = None
    webhook: WebhookSettings | None = None

    @field_validator("pages")
    @classmethod
    def _secure(cls, value: str | None) -> str | None:
        if value is not None and (not value.startswith(_SECURE) or any(c.isspace() or c in "?#@\"'<>" for c in value)):
            raise ValueError("expected an address such as https://reviews.example.org/team/")
        return value

    @property
    def is_set(self) -> bool:
        """Tell whether there is anything to send a message by."""
        return self.mail is not None or self.webhook is not None
