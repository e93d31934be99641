"""`ws.reviews.telling`: what people are told, and sending it."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

import pandas as pd

from workbench.errors import UsageError
from workbench.model import Review
from workbench.review.clock import local_day
from workbench.review.telling import content, deliveries, mail, webhook
from workbench.review.telling.deliveries import Delivery
from workbench.review.telling.sending import Patience, UndeliveredError, tried, unexpected
from workbench.review.view import day_of, moment

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from workbench.notices import MailSettings, WebhookSettings
    from workbench.review.namespace import Namespace
    from workbench.review.telling.summary import Summary
    from workbench.workspace import Workspace

_LOG = logging.getLogger(__name__)
_HOW = (
    "nobody is to be told anything: workbench.toml has no [tell.mail] and no [tell.webhook]; the comments in the file of "
    "a new workspace show both"
)


@dataclass(frozen=True)
class _Way:
    """One way that a message goes."""

    by: Literal["mail", "webhook"]
    to: str
    prepare: Callable[[Summary, str, datetime], Callable[[], None]]
    """Make the message and return what tries to hand it over; raises UsageError if something for it is missing."""


class Telling:
    """Summaries of reviews, and who was told."""

    def __init__(
        self,
        workspace: Workspace,
        reviews: Namespace,
        *,
        patience: Patience | None = None,
        sleep: Callable[[float], object] = time.sleep,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._ws, self._reviews = workspace, reviews
        self._patience, self._sleep, self._tls = patience or Patience(), sleep, tls

    @property
    def table(self) -> pd.DataFrame:
        """Return one row a message and place that it went to; columns in deliveries.table."""
        return deliveries.table(self._ws.ledger)

    @property
    def ways(self) -> pd.DataFrame:
        """Return by what and to whom messages go: columns by and to; empty if nothing is switched on."""
        return pd.DataFrame([(way.by, way.to) for way in self._ways()], columns=["by", "to"])

    def check(self) -> str:
        """Return in words who is told and when, after looking whether all that is needed is there; nothing is sent.

        Raises
        ------
        UsageError
            If an address does not fit, or an environment variable is not set.
        """
        told = self._ws.config.tell
        if told.mail is not None:
            mail.login(told.mail)
        if told.webhook is not None:
            webhook.place(told.webhook)
            webhook.key(told.webhook)
        ways = ", ".join(f"{way.by} to {way.to}" for way in self._ways())
        return f"{ways}; after runs: {told.after_runs}" if ways else "nobody is told"

    def summary(self, app: str | None = None, *, since: str | None = None, runs: pd.DataFrame | None = None) -> Summary:
        """Return what there is to tell about an app (id or name), or about all.

        It compares with `since` (a date or a number in the history); else with what everybody was told last; else, for
        one app, with the review before the last one; else it is a first look. `runs` are rows of the history of runs;
        else the newest one of each app and kind.

        Raises
        ------
        UsageError
            If there is no such app, or `since` is neither.
        """
        chosen = self._ws.app(app).id if app else None
        at, day, words = self._since(chosen, since)
        ran = self._newest_runs() if runs is None else runs
        before = self._ws.as_of(at, on=day)
        return content.summary(self._ws, before, words, app=chosen, runs=ran, due=self._reviews.calendar.overdue)

    def send(
        self, app: str | None = None, *, since: str | None = None, runs: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """Send that summary to everybody that workbench.toml names, and return how it went; columns as in `table`.

        Raises
        ------
        UsageError
            If workbench.toml names nobody.
        """
        if not self._ws.config.tell.is_set:
            raise UsageError(_HOW)
        return self._sent(self.summary(app, since=since, runs=runs))

    def after(self, runs: pd.DataFrame) -> pd.DataFrame:
        """Send a summary after runs, if workbench.toml says so; whatever happens, the runs are as they ended.

        Returns how it went, empty if nothing was to be sent. What fails is in `table` and in the log.
        """
        wanted = self._ws.config.tell.after_runs
        if wanted == "never" or not self._ws.config.tell.is_set or runs.empty:
            return self.table.head(0)
        try:
            apps = set(runs["app"])
            # A run may be missed because its app is gone: that is told among all.
            one = apps.pop() if len(apps) == 1 and apps <= set(self._ws.apps["id"]) else None
            summary = self.summary(one, runs=runs)
            asked = {"always": True, "changes": summary.has_news or summary.has_problems}.get(
                wanted, summary.has_problems
            )
            return self._sent(summary) if asked else self.table.head(0)
        except Exception:  # noqa: BLE001 - the run is over and must stay as it ended, whatever a message meets
            _LOG.exception("people could not be told about the runs; try: workbench review tell --dry-run")
            return self.table.head(0)

    def _since(self, app: str | None, since: str | None) -> tuple[int | date, date | None, str]:
        """Return a place in the history, the day to judge it by (people were told, or looked, as it was then), and words."""
        if since is not None:
            at = moment(since)
            return at, day_of(self._ws.ledger, at), f"entry {since} of the history" if since.isdigit() else since
        if told := deliveries.told_until(self._ws.ledger, app):
            return *told, f"the last message, of {told[1]}"
        reviews = sorted((r.at, r.ledger_sequence or 0) for r in self._ws.model.of(Review) if r.app == app and r.at)
        if app and len(reviews) > 1:
            at, sequence = reviews[-2]
            return sequence, local_day(at), f"the review of {at:%Y-%m-%d}"
        return 0, None, "the beginning"

    def _newest_runs(self) -> pd.DataFrame:
        return self._reviews.history().drop_duplicates(["app", "kind"], keep="last")

    def _sent(self, summary: Summary) -> pd.DataFrame:
        at = datetime.now(UTC)
        identity = f"{at:%Y%m%dT%H%M%S%f}-{os.urandom(4).hex()}"
        for way in self._ways():
            deliveries.keep(self._ws.ledger, self._delivered(way, summary, identity, at))
        sent = self.table
        for row in sent[(sent["message"] == identity) & (sent["state"] == "failed")].itertuples():
            _LOG.warning("the %s to %s was not sent: %s", row.by, row.to, row.problem)
        return sent[sent["message"] == identity].reset_index(drop=True)

    def _delivered(self, way: _Way, summary: Summary, identity: str, at: datetime) -> Delivery:
        problem: str | None = None
        tries = 0
        try:
            attempt = way.prepare(summary, identity, at)
            tries = tried(attempt, self._patience, self._sleep)
        except UndeliveredError as error:
            problem, tries = str(error), error.tries
        except UsageError as error:
            problem = str(error)
        except Exception as error:  # noqa: BLE001 - told as a failure; other ways must be tried all the same
            problem = str(unexpected(error))
        sequence = int(summary.place.partition(",")[0])
        return Delivery(identity, at, summary.app, way.by, way.to, "failed" if problem else "sent", tries,
                        summary.subject, problem, sequence)  # fmt: skip

    def _ways(self) -> Iterator[_Way]:
        told = self._ws.config.tell
        if told.mail is not None:
            yield _Way("mail", ", ".join(told.mail.to), partial(self._by_mail, told.mail))
        if told.webhook is not None:
            yield _Way("webhook", _host(told.webhook), partial(self._by_webhook, told.webhook))

    def _by_mail(self, settings: MailSettings, summary: Summary, identity: str, at: datetime) -> Callable[[], None]:
        user = mail.login(settings)
        made = mail.message(summary, settings, identity, at)
        return partial(mail.send, made, settings, user, patience=self._patience, tls=self._tls)

    def _by_webhook(
        self, settings: WebhookSettings, summary: Summary, identity: str, at: datetime
    ) -> Callable[[], None]:
        to, key, body = webhook.place(settings), webhook.key(settings), webhook.body(summary, settings, at)

        def attempt() -> None:
            # Signed anew each time: receivers refuse what is older than some minutes.
            headers = webhook.headers(body, identity, datetime.now(UTC), key)
            webhook.send(body, headers, to, patience=self._patience, tls=self._tls)

        return attempt


def _host(settings: WebhookSettings) -> str:
    """Return the host that a webhook posts to, or which variable holds its address."""
    try:
        return webhook.place(settings).host
    except UsageError:
        return f"the address in {settings.url_in}" if settings.url_in else "the address in workbench.toml"
