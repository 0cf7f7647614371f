"""``coopbot check``: its exit code, and what it prints."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from rich.console import Console

from coopbot.config.check import check
from tests.config.place import ENVIRON, SECRET, SMALL
from tests.config.test_toml import ALL_WRONG, EXAMPLE

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def run(path: Path, **environ: str) -> tuple[int, str]:
    out = StringIO()
    code = check({**ENVIRON, **environ}, Console(file=out, width=40), NOW, toml_path=path)
    return code, out.getvalue()


def test_ok_says_what_is_set_and_no_secret() -> None:
    code, said = run(EXAMPLE, COOPBOT_DATABASE_URL="postgresql://bot:passw0rd@db/coopbot")
    assert code == 0
    assert "coopbot.example.toml: ok" in said.replace("\n", "")
    for part in ("Socket Mode", "127.0.0.1:8700", "jd-pop", "connection jd: 1 secret", "team flagship: C0FLAGSHIP"):
        assert part in said
    for secret in (SECRET, *ENVIRON.values(), "passw0rd"):
        assert secret not in said


def test_signed_http_and_faults_are_named() -> None:
    _, said = run(
        EXAMPLE,
        SLACK_APP_TOKEN="",
        SLACK_SIGNING_SECRET="x",
        COOPBOT_FAIL="outbox.posted:kill",
        COOPBOT_ALLOW_FAULTS="1",
    )
    assert "signed HTTP at /slack/events" in said
    assert "FAULTS ON PURPOSE: outbox.posted:kill" in said


def test_every_mistake_has_a_line_of_its_own_however_narrow_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "coopbot.toml"
    path.write_text(ALL_WRONG, encoding="utf-8")
    code, said = run(path, COOPBOT_BIND="x")
    assert code == 1
    assert "34 mistakes" in said.replace("\n", "")
    lines = said.splitlines()
    assert any(line.startswith("  COOPBOT_BIND: must be host:port such as 127.0.0.1:8700") for line in lines)
    assert any(line.startswith("  line 25, teams[0].on_call[1].days: must be days") for line in lines)


def test_brackets_in_a_key_are_not_styles(tmp_path: Path) -> None:
    path = tmp_path / "coopbot.toml"
    path.write_text(SMALL.replace('"C0FLAGSHIP"', '"[red]"'), encoding="utf-8")
    _, said = run(path)
    assert "teams[0].channel" in said
    assert "'[red]'" in said


def test_warnings_do_not_fail_it(tmp_path: Path) -> None:
    path = tmp_path / "coopbot.toml"
    path.write_text('fallback_channel = "C0FALLBACK"', encoding="utf-8")
    code, said = run(path)
    assert code == 0
    assert "teams: is missing: every work order goes to the fallback channel" in said


def test_holidays_that_end_soon_are_a_warning_not_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "coopbot.toml"
    path.write_text('profile = "template"\n' + SMALL, encoding="utf-8")
    code, said = run(path)
    assert code == 0
    assert "profile: template 1: the holiday sets end on 2026-12-31; later dates count as ordinary days" in said
