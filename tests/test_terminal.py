"""The operator's commands on an installation's own store, as a person runs them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from coopbot.clock import SteeredClock
from coopbot.config import load
from coopbot.domain.profile import builtin_path
from coopbot.services import intake, profiles, reading
from coopbot.store import OpenStore
from coopbot.terminal import mount, print_status
from tests.config.place import SMALL
from tests.support.databases import a_store
from tests.support.office import raising
from tests.support.world import shanghai

NOW = shanghai("2026-11-23 10:00")


@dataclass
class Terminal:
    folder: Path

    @property
    def environ(self) -> Mapping[str, str]:
        toml, database = self.folder / "coopbot.toml", self.folder / "t.db"
        return {"COOPBOT_CONFIG": str(toml), "COOPBOT_DATABASE_URL": f"sqlite:///{database}"}

    def set_up(self, profile: str = "jd-pop") -> None:
        (self.folder / "coopbot.toml").write_text(f'profile = "{profile}"\n{SMALL}', encoding="utf-8")

    def shorter(self) -> Path:
        """The same rules in another version, with two hours for CRC orders."""
        text = builtin_path("jd-pop").read_text(encoding="utf-8")
        path = self.folder / "shorter.toml"
        path.write_text(
            re.sub(r'^version = ".*"', 'version = "2027.1"', text, flags=re.MULTILINE).replace(
                'budget = "4h"', 'budget = "2h"', 1
            ),
            encoding="utf-8",
        )
        return path

    def serves(self, *raised: Any) -> None:
        """The bot starts, takes these orders, and stops."""
        settings = load(self.environ, outside=False)

        async def start(store: OpenStore) -> None:
            desk = await store.run(profiles.pin, settings.desk, NOW)
            await store.run(intake.take, NOW, desk, list(raised))

        self.in_store(start)

    def in_store(self, work: Callable[[OpenStore], Any]) -> Any:
        async def run() -> Any:
            async with a_store(self.environ["COOPBOT_DATABASE_URL"]) as store:
                return await work(store)

        return asyncio.run(run())

    def due(self, number: str) -> str:
        settings = load(self.environ, outside=False)

        async def look(store: OpenStore) -> str:
            desk = await store.read(profiles.with_versions, settings.desk)
            it = await store.read(reading.one, NOW, desk, "jd", number)
            assert it is not None
            return it.due.at.astimezone(it.rules.zone).strftime("%H:%M")

        return str(self.in_store(look))

    def run(self, *words: str, answer: str = "") -> tuple[int, str, str]:
        app = typer.Typer()
        mount(app, self.environ, SteeredClock(NOW))
        result = CliRunner().invoke(app, list(words), input=answer)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path)
    made.set_up()
    return made


def test_which_open_orders_another_version_would_move(terminal: Terminal) -> None:
    general = raising(NOW, work_order_no="A-18", **{"class": "general"})
    terminal.serves(raising(NOW), general)
    code, out, err = terminal.run("profile", "diff", "jd-pop", str(terminal.shorter()), "--open")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "classes.crc.budget: 4h → 2h",
        "version: 2026.12 → 2027.1",
        "jd:A-17 would be due 2026-11-23T12:00:00+08:00 instead of 2026-11-23T14:00:00+08:00",
    ]


def test_applying_another_version_on_purpose(terminal: Terminal) -> None:
    terminal.serves(raising(NOW))
    path = terminal.shorter()
    code, out, err = terminal.run("profile", "reapply", str(path), "--yes")
    assert code == 2
    assert "2027.1 is not in use yet: name it in coopbot.toml, restart serve, try again" in err
    terminal.set_up(str(path))
    terminal.serves()
    assert terminal.due("A-17") == "14:00"  # born under the old one
    code, out, err = terminal.run("profile", "reapply", str(path), answer="y\n")
    assert (code, err) == (0, "")
    assert "jd:A-17 would be due 2026-11-23T12:00:00+08:00 instead of 2026-11-23T14:00:00+08:00\n" in out
    assert out.endswith("1 orders now follow jd-pop 2027.1\n")
    assert terminal.due("A-17") == "12:00"
    assert terminal.run("profile", "reapply", str(path), "--yes")[1] == "No open order would move\n"
    assert terminal.run("profile", "reapply", "jd-pop@2026.12", "--yes")[1].endswith("follow jd-pop 2026.12\n")
    assert terminal.due("A-17") == "14:00"


def test_status_reads_orders_under_the_rules_they_were_born_under(
    terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.serves(raising(NOW))
    path = terminal.shorter()
    terminal.set_up(str(path))
    terminal.serves()
    asyncio.run(print_status(load(terminal.environ, outside=False), SteeredClock(shanghai("2026-11-23 12:30"))))
    assert "1 open order · 1 CRC · 1 due within 2 h" in capsys.readouterr().out  # 14:00, not 12:00


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["due", "--class", "crc", "--raised-at", "2026-11-23T15:00", "--profile", "jdpop"], "did you mean 'jd-pop'?"),
        (
            ["due", "--class", "crc", "--raised-at", "2026-11-23T15:00", "--profile", "./x.toml"],
            "there is no such file",
        ),
        (["profile", "check", "."], "must be one of"),
        (["profile", "diff", "jd-pop", "jd-pop@1999"], "is not in the store"),
    ],
)
def test_bad_names_say_what_there_is(terminal: Terminal, words: list[str], says: str) -> None:
    code, _, err = terminal.run(*words)
    assert code == 2
    assert says in err


def test_without_an_installation_due_times_are_told_all_the_same(tmp_path: Path) -> None:
    lone = Terminal(tmp_path)
    _, out, _ = lone.run("due", "--class", "crc", "--raised-at", "2026-11-23T17:30:00+08:00", "--json")
    assert json.loads(out)["due_at"] == "2026-11-24T11:30:00+08:00"
    code, _, err = lone.run("profile", "diff", "jd-pop", "template", "--open")
    assert code == 2
    assert "there is no such file" in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["jd-pop", "weixin-shop", "amazon-a-to-z", "shopee", "lazada", "template"])
def test_every_profile_that_ships_is_valid(terminal: Terminal, name: str) -> None:
    code, out, err = terminal.run("profile", "check", name)
    assert (code, err) == (0, "")
    assert out.startswith(name)
