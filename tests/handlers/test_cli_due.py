"""``coopbot due`` and ``coopbot profile`` as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from coopbot.clock import SteeredClock
from coopbot.domain.profile import Profile, parse
from coopbot.domain.profile_diff import OpenOrder
from coopbot.handlers import cli_due, cli_rules
from coopbot.handlers.cli_rules import Rules
from tests.support.clockwork import BUILTIN, English, at, holidays, rules, tables


class OnlyEnglish:
    def __getitem__(self, language: str) -> English:
        return English()


def load(name: str) -> Profile:
    if name in BUILTIN:
        return rules(name)
    if name == "jd-pop@2026.12":
        return rules("jd-pop")
    if name.removeprefix("jd-pop@") == "short":
        data = tables("jd-pop")
        data["version"] = "short"
        data["classes"]["crc"]["budget"] = "2h"
        return parse(data, name)
    if name == "broken":
        return parse({"zone": "Nowhere"}, "broken.toml")
    if name == "unmarked":
        data = tables("template")
        data["working"]["holidays"] = ["cn"]
        return parse(data, name, holidays())
    raise FileNotFoundError(2, "No such file or directory", name)


class Bench:
    """The commands on an app of their own, with two open orders behind them."""

    def __init__(self) -> None:
        self.applied: list[tuple[str, Sequence[str]]] = []
        self.app = typer.Typer()
        orders = [
            OpenOrder("A-1", "crc", at("2026-11-23 17:30"), profile=("jd-pop", "2026.12")),
            OpenOrder("A-2", "general", at("2026-11-23 17:30"), profile=("jd-pop", "2026.12")),
            OpenOrder("A-3", "crc", at("2026-11-23 17:30"), profile=("jd-pop", "short")),
        ]

        def reapply(profile: Profile, keys: Sequence[str]) -> int:
            self.applied.append((profile.version, keys))
            return len(keys)

        clock = SteeredClock(datetime(2026, 11, 23, tzinfo=UTC))
        given = Rules(load, OnlyEnglish(), clock, lambda: orders, reapply)
        cli_due.mount(self.app, given)
        cli_rules.mount(self.app, given)

    def run(self, *words: str, answer: str = "") -> tuple[int, str, str]:
        result = CliRunner().invoke(self.app, list(words), input=answer)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(
    ("raised", "due"),
    [
        ("2026-11-23T08:00:00+08:00", "2026-11-23T13:00:00+08:00"),
        ("2026-11-23T15:00:00+08:00", "2026-11-23T19:00:00+08:00"),
        ("2026-11-23T17:30:00+08:00", "2026-11-24T11:30:00+08:00"),
        ("2026-11-23T19:00:00+08:00", "2026-11-24T13:00:00+08:00"),
        ("2026-11-23T23:00", "2026-11-24T13:00:00+08:00"),
        ("2026-11-23T07:00:00Z", "2026-11-23T19:00:00+08:00"),
    ],
)
def test_the_worked_examples(bench: Bench, raised: str, due: str) -> None:
    assert bench.run("due", "--class", "crc", "--raised-at", raised) == (0, due + "\n", "")


def test_why(bench: Bench) -> None:
    _, out, _ = bench.run("due", "--class", "crc", "--raised-at", "2026-11-23T18:10", "--explain")
    assert "  Mon, Nov 23, 19:00 – Tue, Nov 24, 09:00: outside working hours\n" in out


def test_as_json(bench: Bench) -> None:
    question = ["--class", "crc", "--raised-at", "2026-11-23T15:00", "--due-at", "2026-11-23T18:00"]
    _, out, _ = bench.run("due", *question, "--json", "--explain")
    whole = json.loads(out)
    assert whole["due_at"] == "2026-11-23T18:00:00+08:00"
    assert (whole["source"], whole["difference_s"], whole["version"]) == ("platform", -3600, "2026.12")
    assert [step["kind"] for step in whole["steps"]] == ["raised", "counted", "due", "platform_due"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_of_many_with_bad_lines(bench: Bench, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "orders.csv"
    text = "工单编号,工单类型,创建时间\nA-1,CRC 高危投诉,2026-11-23 15:00\nA-2,普通,soon\nA-3,普通,2026-11-23 15:00\n"
    file.write_text(text, encoding=encoding)
    code, out, err = bench.run("due", "--file", str(file))
    assert code == 2
    assert out == "A-1\tcrc\t2026-11-23T19:00:00+08:00\nA-3\tgeneral\t2026-11-24T15:00:00+08:00\n"
    assert err == "Line 3: 'soon' is not a time such as 2026-11-23T18:10:00+08:00\n"


def test_a_file_as_json_lines(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text("work_order_no,class,raised_at\nA-1,crc,2026-11-23T15:00:00+08:00\n", encoding="utf-8")
    _, out, _ = bench.run("due", "--file", str(file), "--json")
    assert json.loads(out)["work_order_no"] == "A-1"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--raised-at", "2026-11-23T15:00"], "class is missing"),
        (["--class", "crc"], "raised_at is missing"),
        (["--class", "nope", "--raised-at", "2026-11-23T15:00"], "no class 'nope'"),
        (["--class", "crc", "--raised-at", "yesterday"], "'yesterday' is not a time"),
        (["--class", "crc", "--raised-at", "9999-12-31T23:59"], "is not between the years 1970 and 2200"),
        (["--class", "crc", "--raised-at", "2026-11-23T15:00", "--due-at", "0001-01-01"], "is not between the years"),
        (["--class", "crc", "--raised-at", "2026-11-23T15:00", "--profile", "broken"], "zone: must be an IANA"),
        (["--class", "crc", "--raised-at", "2026-11-23T15:00", "--profile", "gone"], "gone: No such file"),
    ],
)
def test_bad_questions_say_what_is_wrong(bench: Bench, words: list[str], says: str) -> None:
    code, _, err = bench.run("due", *words)
    assert code == 2
    assert says in err


def test_checking_a_profile(bench: Bench) -> None:
    assert bench.run("profile", "check", "jd-pop") == (0, "jd-pop 2026.12 is a valid profile\n", "")
    code, out, _ = bench.run("profile", "check", "unmarked")
    assert code == 0
    assert "  ladders is not marked with how sure it is\n" in out
    assert "  classes" not in out
    assert "  The holiday sets end on 2026-12-31; later dates count as ordinary days\n" in out
    code, _, err = bench.run("profile", "check", "broken")
    assert code == 2
    assert len(err.splitlines()) > 5


def test_comparing_two_versions(bench: Bench) -> None:
    _, out, _ = bench.run("profile", "diff", "jd-pop", "short", "--open")
    assert out.splitlines() == [
        "classes.crc.budget: 4h → 2h",
        "version: 2026.12 → short",
        "A-1 would be due 2026-11-24T09:30:00+08:00 instead of 2026-11-24T11:30:00+08:00",
    ]
    assert bench.run("profile", "diff", "jd-pop", "jd-pop", "--open")[1].splitlines() == [
        "The rules are the same",
        "No open order would move",
    ]


def test_applying_is_an_act_that_asks(bench: Bench) -> None:
    code, out, _ = bench.run("profile", "reapply", "short", answer="n\n")
    assert code == 1
    assert "A-1 would be due 2026-11-24T09:30:00+08:00 instead of 2026-11-24T11:30:00+08:00\n" in out
    assert "1 more would keep their due time\n" in out
    assert bench.applied == []
    _, out, _ = bench.run("profile", "reapply", "short", answer="y\n")
    assert bench.applied == [("short", ["A-1", "A-2"])]
    assert out.endswith("2 orders now follow jd-pop short\n")
    bench.run("profile", "reapply", "short", "--yes")
    assert len(bench.applied) == 2


def test_only_orders_under_one_version_can_be_chosen(bench: Bench) -> None:
    bench.run("profile", "reapply", "jd-pop", "--from", "short", "--yes")
    assert bench.applied == [("2026.12", ["A-3"])]
    _, out, _ = bench.run("profile", "reapply", "short", "--from", "template", "--yes")
    assert (out, len(bench.applied)) == ("No open order would move\n", 1)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("gone.csv", None, "No such file or directory"),
        ("odd.csv", "number,when\nA-1,2026-11-23\n", "has no column class (工单类型)"),
        ("empty.csv", "", "has no column class"),
        ("half.csv", "工单类型\ncrc\n", "has no column raised_at (创建时间)"),
    ],
)
def test_a_file_that_can_not_be_read_says_why(bench: Bench, tmp_path: Path, name: str, content: str, says: str) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_text(content, encoding="utf-8")
    code, out, err = bench.run("due", "--file", str(file))
    assert (code, out) == (2, "")
    assert err.startswith(f"{file}: ")
    assert says in err
