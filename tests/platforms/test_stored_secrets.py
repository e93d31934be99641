"""Secrets planted in every platform's exports are in no file of a workspace: not in its ledger, reports or diagrams."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from canaries import Maker
from test_every_reader import FORMS, OURS, PLATFORMS, SECRETS, keeping, of_platform, planted

import workbench as wb

if TYPE_CHECKING:
    from pathlib import Path

_AT_ONCE = 30


def writings(secret: str) -> list[bytes]:
    """Return a secret as it may stand in a file."""
    plain = secret.encode()
    return [plain, secret.encode("utf-16-le"), base64.b64encode(plain).rstrip(b"=")[:-2]]


@pytest.mark.slow
@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_planted_secret_is_in_any_file_of_a_workspace(platform: str, tmp_path: Path) -> None:
    """After import, reports in three formats and a drawing; the control is that the export holds them."""
    export, secrets = of_platform(OURS, platform)[0], []
    for number, (place, make) in enumerate(zip(keeping(export, _AT_ONCE), SECRETS.values(), strict=False)):
        secret = make(Maker(number))
        one_more = planted(export, place, FORMS[number % len(FORMS)].format(secret))
        # Each alone leaves an export of its platform; some together do not.
        if one_more.reply().drafts:
            export, secrets = one_more, [*secrets, secret]
    assert secrets
    folder = tmp_path / "exports"
    for name, data in export.files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    raw = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert all(secret.encode() in raw for secret in secrets)
    with wb.init(tmp_path / "team") as ws:
        report = ws.import_files([folder], why="with secrets", actor="ana")
        for name in ("all.html", "all.json", "all.md"):
            ws.report(tmp_path / "team" / "reports" / name)
        for number, app in enumerate(ws.apps["id"]):
            ws.app(app).diagram(tmp_path / "team" / "reports" / f"{number}.svg")
    assert report.apps
    kept = b"".join(path.read_bytes() for path in (tmp_path / "team").rglob("*") if path.is_file())
    assert [secret for secret in secrets if any(form in kept for form in writings(secret))] == []
