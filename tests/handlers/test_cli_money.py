"""``coopbot penalties``, ``kit`` and ``verify-kit`` as a person runs them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from coopbot.domain.kit import chained
from coopbot.errors import Refusal
from coopbot.handlers import cli_money
from coopbot.handlers.cli_money import Books
from coopbot.views.language import Catalogues

FILES = {"f-1": b"photo"}
SHA256 = hashlib.sha256(b"photo").hexdigest()
PENALTY = {"ref": "P/1", "masked": True, "made_at": "2026-11-23T01:00:00+00:00", "zone": "Asia/Shanghai"}


def kit(number: str, whole: bool) -> Mapping[str, Any]:
    if number != "P/1":
        raise Refusal("unknown_penalty")
    at = "2026-11-23T01:00:00+00:00"
    photo = {"kind": "file", "at": at, "data": {"id": "f-1", "name": "a.jpg", "sha256": SHA256}}
    penalty = {"kind": "penalty", "at": at, "data": {**PENALTY, "masked": not whole}}
    return chained([penalty, photo] if whole else [penalty])


def _file(kind: str, lang: str, shop: str, month: str) -> bytes:
    return f"\ufeff{kind},{lang},{shop},{month}\r\n".encode()


def _summary(shop: str, month: str) -> list[str]:
    return [f"{shop}, {month}"]


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    cli_money.mount(made, Books(Catalogues(), _file, _summary, kit, FILES.get))
    return made


def run(app: typer.Typer, *words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.stdout, result.stderr


def test_the_ledger_as_a_file(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    assert run(app, "penalties", "--csv", str(file), "--shop", "10001", "--month", "2026-11")[0] == 0
    assert run(app, "penalties", "--shop", "10001")[1] == "10001, \n"
    assert file.read_bytes() == "\ufeffcsv,zh-CN,10001,2026-11\r\n".encode()


def test_the_ledger_as_a_workbook(app: typer.Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(app, "penalties", "--format", "xlsx", "--month", "2026年1月", "--lang", "en")[:2] == (
        0,
        "penalties-2026-01.xlsx\n",
    )
    assert (tmp_path / "penalties-2026-01.xlsx").read_bytes() == "\ufeffxlsx,en,,2026-01\r\n".encode()
    assert run(app, "penalties", "--out", str(tmp_path / "x.xlsx"))[0] == 0
    assert (tmp_path / "x.xlsx").read_bytes().startswith("\ufeffxlsx".encode())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "ods"), "not a format: 'ods'; it is csv or xlsx"),
        (("--month", "2026-13"), "not a month: '2026-13'; write it like 2026-11"),
        (("--csv", "a.csv", "--format", "xlsx"), "leave --out and --format away"),
        (("--csv", "nowhere/ledger.csv"), "nowhere/ledger.csv: No such file or directory"),
    ],
)
def test_what_can_not_be_written_is_said(app: typer.Typer, words: tuple[str, ...], said: str) -> None:
    code, _, err = run(app, "penalties", *words)
    assert (code, said in err) == (2, True)


def test_a_kit_is_two_files_and_verifies(app: typer.Typer, tmp_path: Path) -> None:
    code, out, _ = run(app, "kit", "P/1", "--out", str(tmp_path / "kit"), "--lang", "en")
    assert code == 0
    page, records = (Path(line) for line in out.splitlines())
    assert (page.name, records.name) == ("appeal-P-1.html", "appeal-P-1.json")
    code, out, _ = run(app, "verify-kit", str(records))
    assert (code, "1 records, unchanged" in out) == (0, True)
    document = json.loads(records.read_text(encoding="utf-8"))
    document["records"][0]["data"]["masked"] = False
    records.write_text(json.dumps(document), encoding="utf-8")
    code, _, err = run(app, "verify-kit", str(records))
    assert (code, "record 0 was changed" in err) == (1, True)


def test_what_is_not_there_is_said(app: typer.Typer, tmp_path: Path) -> None:
    assert run(app, "kit", "P9")[0] == 2
    (tmp_path / "x.json").write_text("no", encoding="utf-8")
    assert run(app, "verify-kit", str(tmp_path / "x.json"))[0] == 2
    assert run(app, "verify-kit", str(tmp_path / "nothing.json"))[0] == 2


def test_a_kits_files_lie_beside_it_and_are_checked(app: typer.Typer, tmp_path: Path) -> None:
    code, out, _ = run(app, "kit", "P/1", "--out", str(tmp_path), "--whole")
    *_, records, photo = (Path(line) for line in out.splitlines())
    assert (code, photo.name, photo.read_bytes()) == (0, f"{SHA256}.jpg", b"photo")
    assert run(app, "verify-kit", str(records))[0] == 0
    photo.write_bytes(b"another")
    code, _, err = run(app, "verify-kit", str(records))
    assert (code, f"file {SHA256}.jpg was changed" in err) == (1, True)
    photo.unlink()
    assert run(app, "verify-kit", str(records))[0] == 0, "the records alone can be checked too"
