"""B2: read and assess a folder of 500 real workflow files, all rules on; against semgrep with five rules.

The folder holds the corpus's n8n and Node-RED files, repeated under other names until there are 500. Both sides are
measured in CPU seconds with all their child processes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from common import PEERS, Line, alternate, peak_megabytes, report, script, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = 500
CORPUS = Path(os.environ.get("WORKBENCH_CORPUS", Path(__file__).parents[2] / "shared" / "data"))
RULES = """\
rules:
  - {id: webhook, languages: [json], severity: WARNING, message: webhook, pattern: '"type": "n8n-nodes-base.webhook"'}
  - {id: http, languages: [json], severity: WARNING, message: http in, pattern: '"type": "http in"'}
  - {id: plain, languages: [json], severity: WARNING, message: plain, pattern: '"url": "=~/^http:.*/"'}
  - {id: command, languages: [json], severity: INFO, message: shell, pattern: '"type": "n8n-nodes-base.executeCommand"'}
  - {id: tls, languages: [json], severity: WARNING, message: tls, pattern: '"allowUnauthorizedCerts": true'}
"""


def lines() -> Iterator[Line]:
    """Yield the line of CPU time."""
    if not CORPUS.is_dir():
        raise SystemExit(f"B2 needs a folder of real exports; {CORPUS} is none, set WORKBENCH_CORPUS")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "files"
        folder.mkdir()
        real = sorted(p for k in ("n8n", "nodered") for p in (CORPUS / k).rglob("*") if p.suffix.startswith(".json"))
        for number, path in enumerate(islice(cycle(real), FILES)):
            shutil.copyfile(path, folder / f"{number:03d}.json")
        (Path(name) / "rules.yaml").write_text(RULES, encoding="utf-8")
        pair = alternate(script(__file__, "ours", folder), script(__file__, "semgrep", name, python=PEERS), 3)
    ratio = pair.ratios["cpu"]
    yield Line(
        f"B2 {FILES} files, CPU",
        seconds(pair.ours["cpu"]),
        seconds(pair.other["cpu"]),
        f"{ratio:.1f} x",
        ">= 20 x less CPU",
        ratio >= 20,
    )
    print(
        f"   ours: {pair.ours['apps']:.0f} apps, {pair.ours['findings']:.0f} findings, {pair.ours['megabytes']:.0f} MB"
    )


def ours(folder: str) -> None:
    """Report one reading and assessment of the folder."""
    from datetime import date  # noqa: PLC0415 - as a user's process starts

    from workbench import platforms, rules  # noqa: PLC0415
    from workbench.analysis.twins import told_apart  # noqa: PLC0415
    from workbench.model import Model  # noqa: PLC0415
    from workbench.places import share  # noqa: PLC0415

    drafts = told_apart(platforms.read_files([Path(folder)], key=b"k" * 32).drafts, Model())
    model = Model({e.id: e for d in drafts for e in d.elements}.values())
    kinds = {key: setting.kind for key, setting in platforms.settings().items()}
    library = rules.load_library([share("data")], settings=kinds)
    found = rules.evaluate(rules.facts(model, today=date(2026, 1, 1), settings=kinds), library)
    report(cpu=_cpu(), megabytes=peak_megabytes(), apps=len(drafts), findings=len(found.findings))


def semgrep(folder: str) -> None:
    """Report one scan of the folder."""
    program = str(Path(sys.executable).parent / "semgrep")
    command = [program, "scan", "--config", f"{folder}/rules.yaml", "--metrics", "off",
               "--disable-version-check", "--no-git-ignore", "--quiet", "--json", f"{folder}/files"]  # fmt: skip
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    report(cpu=_cpu())


def _cpu() -> float:
    return sum(os.times()[:4])


if __name__ == "__main__":
    {"ours": ours, "semgrep": semgrep}[sys.argv[1]](sys.argv[2])
