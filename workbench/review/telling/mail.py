"""A summary as a mail, and how a mail server is asked to take it. Nothing is sent over a connection that is not trusted."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from workbench.errors import UsageError
from workbench.review.telling import html, markdown
from workbench.review.telling.deadline import bounded
from workbench.review.telling.sending import Secret, UndeliveredError, secret, too_slow

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.notices import MailSettings
    from workbench.review.telling.deadline import Deadline
    from workbench.review.telling.sending import Patience
    from workbench.review.telling.summary import Summary

_LATER = 4
"""First digit of the codes that say: not now."""


def message(summary: Summary, settings: MailSettings, identity: str, at: datetime) -> EmailMessage:
    """Return the mail: as text and as HTML; two tries to send it have one Message-ID."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = summary.subject
    made["From"] = settings.sender
    made["To"] = ", ".join(settings.to)
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{identity}@{settings.sender.partition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(markdown.render(summary), cte="quoted-printable")
    made.add_alternative(html.render(summary), subtype="html", cte="quoted-printable")
    return made


def login(settings: MailSettings) -> tuple[Secret, Secret] | None:
    """Return user and password from the environment; None for a server that asks for none.

    Raises
    ------
    UsageError
        If they are named and not set, or hold signs that mail servers do not take.
    """
    if settings.user_in is None or settings.password_in is None:
        return None
    return _plain(settings.user_in, "the mail server's user"), _plain(
        settings.password_in, "the mail server's password"
    )


def _plain(name: str, what: str) -> Secret:
    found = secret(name, what)
    if not found.text.isascii():
        raise UsageError(
            f"the environment variable {name} holds signs other than letters without accents, digits and usual signs "
            f"(ASCII), which many mail servers cannot read; set {what} to one without them, there and here"
        )
    return found


def send(
    mail: EmailMessage,
    settings: MailSettings,
    user: tuple[Secret, Secret] | None,
    *,
    patience: Patience,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Hand a mail to the server, once.

    Raises
    ------
    UndeliveredError
        If it was not taken for everybody.
    """
    with bounded(patience.longest) as deadline:
        try:
            with _connected(settings, deadline, patience.silence, tls or ssl.create_default_context()) as server:
                if user is not None:
                    server.login(user[0].text, user[1].text)
                refused = server.send_message(mail)
        except (smtplib.SMTPException, OSError) as error:
            if deadline.passed:
                raise too_slow("the mail server", deadline.seconds) from None
            raise _undelivered(error) from None
    if refused:
        told = f"{len(refused)} of {len(settings.to)} addresses were refused: {', '.join(sorted(refused))}"
        raise UndeliveredError(f"{told}; the others got it. Correct them in workbench.toml")


class _Watched(smtplib.SMTP):
    """A connection that its deadline knows before it is there."""

    def __init__(self, settings: MailSettings, deadline: Deadline, **more: Any) -> None:
        deadline.connection = lambda: self.sock
        super().__init__(settings.host, settings.at, **more)


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """As above, encrypted from the start."""


def _connected(settings: MailSettings, deadline: Deadline, silence: float, tls: ssl.SSLContext) -> smtplib.SMTP:
    if settings.security == "tls":
        return _WatchedTls(settings, deadline, timeout=silence, context=tls)
    server = _Watched(settings, deadline, timeout=silence)
    if settings.security == "starttls":
        try:
            server.starttls(context=tls)
        except BaseException:
            server.close()
            raise
    return server


def _undelivered(error: Exception) -> UndeliveredError:
    """Return what went wrong in our own words: a server's may hold what it was sent."""
    match error:
        case ssl.SSLCertVerificationError():
            text = f"the mail server's certificate is not trusted ({error.verify_message}); nothing was sent"
            return UndeliveredError(text)
        case smtplib.SMTPNotSupportedError():
            text = (
                "the mail server does not offer what workbench.toml asks for (encryption, or a login); nothing was sent"
            )
            return UndeliveredError(text)
        case smtplib.SMTPRecipientsRefused():
            codes = [code for code, _ in error.recipients.values()]
            told = f"every address was refused ({', '.join(map(str, sorted(set(codes))))})"
            return UndeliveredError(f"{told}; correct them in workbench.toml", again=all(map(_is_later, codes)))
        case smtplib.SMTPAuthenticationError():
            text = f"the mail server did not accept user and password ({error.smtp_code}); set their variables again"
            return UndeliveredError(text, again=_is_later(error.smtp_code))
        case smtplib.SMTPResponseException():
            text = f"the mail server refused it ({error.smtp_code}); ask who runs the server"
            return UndeliveredError(text, again=_is_later(error.smtp_code))
    text = f"the connection to the mail server failed ({type(error).__name__}); check host, port and security"
    return UndeliveredError(text, again=True)


def _is_later(code: int) -> bool:
    return code // 100 == _LATER
