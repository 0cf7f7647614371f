"""The command line, thin: each subcommand parses, calls, prints."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from coopbot import __version__
from coopbot.errors import CoopbotError, Misconfigured
from coopbot.logs import set_up
from coopbot.views.text import is_web

cli = typer.Typer(
    help="Platform collaborative work orders (平台协同工单) in your team's Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
FILE: dict[str, Any] = {"exists": True, "dir_okay": False, "readable": True}
err = Console(stderr=True, soft_wrap=True, highlight=False)


def main() -> None:
    """Entry point. A mistake of the operator's is told in full, without a traceback; exit code 2."""
    with _kept():
        from coopbot.clock import SystemClock
        from coopbot.terminal import mount

        mount(cli, os.environ, SystemClock())
    try:
        cli()
    except Misconfigured as mistakes:
        err.print(str(mistakes), markup=False)
        sys.exit(2)
    except CoopbotError as error:
        err.print(str(error), markup=False)
        sys.exit(1)


@cli.command()
def serve() -> None:
    """Run the bot: Slack on one side, the platform on the other."""
    with _kept():
        from coopbot.app import build
        from coopbot.clock import SystemClock
        from coopbot.config import load

        settings = load(os.environ)
    set_up(settings.log.style, settings.log.level)

    async def run() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        house = await build(settings, SystemClock())
        try:
            await house.start()
            print(f"coopbot {__version__} serves {house.address}", flush=True)
            await stop.wait()
        finally:
            await house.stop()

    _run(run())


@cli.command()
def demo(
    port: Annotated[
        int, typer.Option(help="Where the page is served; 0 takes any free port.", max=65535, min=0)
    ] = 8765,
    once: Annotated[bool, typer.Option("--once", help="Play the story without a browser, print it, and end.")] = False,
    lang: Annotated[Literal["zh", "en"], typer.Option(help="Of the page and the story.")] = "zh",
) -> None:
    """The whole product on this machine, no Slack account: a local workspace, the bot and a platform console."""
    set_up("console", "WARNING")
    if once:
        from coopbot.demo.story import play_once

        _run(play_once(lang))
    else:
        from coopbot.demo.show import show

        _run(show(port, lang), port)


@cli.command()
def sandbox(
    app: Annotated[Path, typer.Option(help="The app's manifest: scopes, commands and events come from it.", **FILE)],
    port: Annotated[int, typer.Option(help="0 takes any free port.", max=65535, min=0)] = 8765,
    host: Annotated[str, typer.Option()] = "127.0.0.1",
    workspace: Annotated[
        Path | None, typer.Option(help="Users and channels as YAML; absent: a small team.", **FILE)
    ] = None,
) -> None:
    """A local Slack workspace for any app: prints the tokens and the address to put into its environment."""
    from coopbot.sandbox import page
    from coopbot.sandbox import serve as serve_sandbox

    try:
        _run(serve_sandbox(host, port, app, workspace, mount=[lambda web: page.mount(web, {})]), port)
    except ValueError as mistake:
        err.print(str(mistake), markup=False)
        sys.exit(2)


@cli.command()
def migrate() -> None:
    """Bring the database up to this version. A serve of the version before may go on meanwhile."""
    from coopbot.config import for_migrate
    from coopbot.failpoints import arm
    from coopbot.store import migrate as migrate_database

    url, fail = for_migrate(os.environ)
    arm(fail)
    migrate_database(url)
    print("The database is up to date.")


@cli.command()
def check() -> None:
    """Read the configuration and name every mistake at once."""
    from coopbot.clock import SystemClock
    from coopbot.config.check import check as check_configuration

    sys.exit(check_configuration(os.environ, Console(highlight=False), SystemClock().now()))


@cli.command()
def status() -> None:
    """Where the teams stand, from the store: for the operator's terminal."""
    from coopbot.clock import SystemClock
    from coopbot.config import load
    from coopbot.terminal import print_status

    _run(print_status(load(os.environ, outside=False), SystemClock()))


@cli.command()
def manifest(
    http: Annotated[str, typer.Option(help="Public address, https://…: prints the variant for signed HTTP.")] = "",
) -> None:
    """Print the Slack app manifest, for Socket Mode or for signed HTTP."""
    if http and not (http.startswith("https://") and is_web(http)):
        raise typer.BadParameter(f"must be an address that Slack can reach, such as https://your.host, not {http!r}")
    from coopbot.handlers.manifest import manifest_text

    print(manifest_text(http))


@contextmanager
def _kept() -> Iterator[None]:
    """What is made here stays as long as the process. It is not looked through for garbage while it is made, which is a
    tenth of the start, nor ever after, which would be a tenth of a second each time in which no click is answered."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _run(work: Coroutine[Any, Any, Any], port: int = 0) -> None:
    """``port`` is what the command was told to listen at."""
    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno != errno.EADDRINUSE or not port:
            raise
        err.print(f"port {port} is taken; name another with --port, or 0 for any free one", markup=False)
        sys.exit(1)


if __name__ == "__main__":
    main()
