"""`workbench pull`: import what a running server has."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.cli import output


def pull(
    context: typer.Context,
    platform: Annotated[str, typer.Argument(metavar="n8n|node-red")],
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the server is, such as https://n8n.example.org")],
    why: Annotated[str, typer.Option("--why", help="The reason that the history keeps.")] = "pull",
    key_in: Annotated[
        str | None, typer.Option("--key-in", metavar="NAME", help="The environment variable that holds the key.")
    ] = None,
    *,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Allow http:// to another machine: all can be read on the way.")
    ] = False,
) -> int:
    """Import the apps of a running server; reads there and changes nothing.

    The key comes from the environment (N8N_API_KEY, NODE_RED_TOKEN) or the keyring, never from the command line:
    keyring set threat-workbench 'n8n https://n8n.example.org'
    """
    import workbench  # noqa: PLC0415 - help texts come without pandas

    with workbench.open(context.obj) as ws, output.progress("Reading") as move:
        report = ws.pull(platform, url, insecure=insecure, key_in=key_in, why=why, progress=move)
    output.show(report.table(), ["file", "app", "result", "added", "changed", "removed", "detail"])
    return 2 if report.refused or not report.apps else 0
