"""``coopbot penalties``, ``kit`` and ``verify-kit``: the ledger for the accountant, an appeal's papers, their proof."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from coopbot.domain.kit import faults, file_faults, files_in
from coopbot.errors import Refusal
from coopbot.ports import Languages
from coopbot.views import kit as kit_view

Shop = Annotated[str, typer.Option(help="only this shop, by its id or as connection:shop_id")]


@dataclass(frozen=True)
class Books:
    """What the money commands need of the store, handed in by the wiring."""

    languages: Languages
    csv: Callable[[str, str], str]
    """The ledger as CSV, by shop and month; empty: all."""
    summary: Callable[[str, str], list[str]]
    """The same in a few lines, by shop and month."""
    kit: Callable[[str, bool], Mapping[str, Any]]
    """The appeal kit of a penalty number; True for whole consumer data. Raises Refusal."""
    file: Callable[[str], bytes | None]
    """The bytes of a file in it, by its id."""


def mount(app: typer.Typer, books: Books) -> None:
    """Put the commands on ``app``."""

    @app.command("penalties")
    def penalties(
        csv: Annotated[Path | None, typer.Option("--csv", help="write every entry there, for a spreadsheet")] = None,
        shop: Shop = "",
        month: Annotated[str, typer.Option(help="only this month, such as 2026-11")] = "",
    ) -> None:
        """The ledger: in a few lines, or every entry as CSV."""
        if csv is None:
            for line in books.summary(shop, month):
                typer.echo(line)
            return
        csv.write_text(books.csv(shop, month), encoding="utf-8", newline="")
        typer.echo(f"{csv}")

    @app.command("kit")
    def kit(
        number: Annotated[str, typer.Argument(help="the platform's number of the penalty")],
        out: Annotated[Path, typer.Option(help="the folder for both files")] = Path(),
        whole: Annotated[bool, typer.Option("--whole", help="with the consumer's data unmasked")] = False,
        lang: Annotated[str, typer.Option(help="zh-CN or en")] = "zh-CN",
    ) -> None:
        """An appeal's papers: a page to read, the records to check, and the files that they name."""
        try:
            document = books.kit(number, whole)
        except Refusal:
            typer.echo(f"{number}: no such penalty was issued", err=True)
            raise typer.Exit(2) from None
        out.mkdir(parents=True, exist_ok=True)
        for name, content in kit_view.files(document, books.languages[lang]):
            (out / name).write_text(content, encoding="utf-8")
            typer.echo(f"{out / name}")
        for identity, name in files_in(document).items():
            if (found := books.file(identity)) is not None:
                (out / name).write_bytes(found)
                typer.echo(f"{out / name}")

    @app.command("verify-kit")
    def verify_kit(file: Annotated[Path, typer.Argument(help="the records, appeal-….json")]) -> None:
        """Check that nothing in an appeal kit was changed since it was made, nor the files beside it; ends with 1 when
        something was."""
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            typer.echo(f"{file}: {error}", err=True)
            raise typer.Exit(2) from None
        found = faults(document) or file_faults(document, lambda name: _beside(file, name))
        for each in found:
            typer.echo(f"{file}: {each}", err=True)
        if found:
            raise typer.Exit(1)
        typer.echo(f"{file}: {document['count']} records, unchanged, head {document['head']}")


def _beside(file: Path, name: str) -> bytes | None:
    try:
        return (file.parent / name).read_bytes() if Path(name).name == name else None
    except OSError:
        return None
