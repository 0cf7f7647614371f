"""``coopbot penalties``, ``kit`` and ``verify-kit``: the ledger for the accountant, an appeal's papers, their proof."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from coopbot.domain.kit import faults_in, file_faults, files_in
from coopbot.domain.periods import read_month
from coopbot.errors import Refusal
from coopbot.handlers.ledger_file import FORMATS
from coopbot.ports import Languages
from coopbot.views import kit as kit_view

Shop = Annotated[str, typer.Option(help="only this shop, by its id or as connection:shop_id")]


@dataclass(frozen=True)
class Books:
    """What the money commands need of the store, handed in by the wiring."""

    languages: Languages
    file: Callable[[str, str, str, str], bytes]
    """The ledger in a format, by language, shop and month; empty: all."""
    summary: Callable[[str, str], list[str]]
    """The same in a few lines, by shop and month."""
    kit: Callable[[str, bool], Mapping[str, Any]]
    """The appeal kit of a penalty number; True for whole consumer data. Raises Refusal."""
    attached: Callable[[str], bytes | None]
    """The bytes of a file in it, by its id."""


def mount(app: typer.Typer, books: Books) -> None:
    """Put the commands on ``app``."""

    @app.command("penalties")
    def penalties(
        csv: Annotated[Path | None, typer.Option("--csv", help="write every entry there, as CSV")] = None,
        format: Annotated[str, typer.Option(help="csv or xlsx: every entry, as a file")] = "",
        out: Annotated[
            Path | None, typer.Option(help="the file; penalties.xlsx and the like where none is named")
        ] = None,
        shop: Shop = "",
        month: Annotated[str, typer.Option(help="only this month, such as 2026-11")] = "",
        lang: Annotated[str, typer.Option(help="zh-CN or en, for the headings of an xlsx")] = "zh-CN",
    ) -> None:
        """The ledger: in a few lines, or every entry as a file for a spreadsheet."""
        kind = "csv" if csv is not None else format or (out.suffix.removeprefix(".") if out is not None else "")
        try:
            month = read_month(month) if month else ""
            if csv is not None and (out is not None or format not in ("", "csv")):
                raise ValueError("--csv names the file and the format; leave --out and --format away")
            if kind and kind not in FORMATS:
                raise ValueError(f"not a format: {kind!r}; it is {' or '.join(FORMATS)}")
        except ValueError as mistake:
            typer.echo(str(mistake), err=True)
            raise typer.Exit(2) from None
        if not kind:
            lines = books.summary(shop, month)
            if shop and not lines:
                typer.echo(f"no shop {shop!r}; coopbot penalties without --shop shows all of them", err=True)
                raise typer.Exit(2)
            for line in lines:
                typer.echo(line)
            return
        file = csv or out or Path("-".join(part for part in ("penalties", month) if part) + f".{kind}")
        try:
            file.write_bytes(books.file(kind, lang, shop, month))
        except OSError as error:
            typer.echo(f"{file}: {error.strerror}", err=True)
            raise typer.Exit(2) from None
        typer.echo(f"{file}")

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
            out.joinpath(name).write_bytes(content.encode())
            typer.echo(f"{out.joinpath(name)}")
        for identity, name in files_in(document).items():
            if (found := books.attached(identity)) is not None:
                out.joinpath(name).write_bytes(found)
                typer.echo(f"{out.joinpath(name)}")

    @app.command("verify-kit")
    def verify_kit(file: Annotated[Path, typer.Argument(help="the records, appeal-….json")]) -> None:
        """Check that nothing in an appeal kit was changed since it was made, nor the files beside it; ends with 1 when
        something was."""
        try:
            content = file.read_bytes()
            found = faults_in(content) or file_faults(json.loads(content), lambda name: _beside(file, name))
        except (OSError, ValueError, RecursionError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            typer.echo(f"{file}: {reason}", err=True)
            raise typer.Exit(2) from None
        for each in found:
            typer.echo(f"{file}: {each}", err=True)
        if found:
            raise typer.Exit(1)
        document = json.loads(content)
        typer.echo(f"{file}: {document['count']} records, unchanged, head {document['head']}")


def _beside(file: Path, name: str) -> bytes | None:
    try:
        return file.parent.joinpath(name).read_bytes() if Path(name).name == name else None
    except OSError:
        return None
