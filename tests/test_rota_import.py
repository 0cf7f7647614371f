"""``coopbot rota import`` as a person runs it: shown before it is done, whole or not at all, found by e-mail."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from coopbot.sandbox import App, Sandbox, User, Workspace
from coopbot.slack.chat import web_client
from coopbot.slack.emails import by_email
from tests.support.world import shanghai
from tests.test_terminal import Terminal

NOW = shanghai("2026-11-23 10:00")
FILE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y
BEGIN:VEVENT
UID:night@shop
SUMMARY:Ana、Ben
DTSTART;TZID=Asia/Shanghai:20261123T190000
DTEND;TZID=Asia/Shanghai:20261124T090000
RRULE:FREQ=DAILY;COUNT=3
END:VEVENT
END:VCALENDAR
"""
PEOPLE = 'ana = "U0ANA"\nBEN = "U0BEN"\n'


@pytest.fixture
def shop(tmp_path: Path) -> Terminal:
    made = Terminal(tmp_path)
    made.set_up()
    (tmp_path / "rota.ics").write_text(FILE.replace("\n", "\r\n"), encoding="utf-8")
    (tmp_path / "people.toml").write_text(PEOPLE, encoding="utf-8")
    return made


def imports(shop: Terminal, *more: str) -> tuple[int, str, str]:
    return shop.run("rota", "import", str(shop.folder / "rota.ics"), "--team", "flagship", *more)


def people(shop: Terminal) -> tuple[str, str]:
    return "--people", str(shop.folder / "people.toml")


def test_a_name_in_capitals_is_no_id(shop: Terminal) -> None:
    (shop.folder / "rota.ics").write_text(FILE.replace("Ana、Ben", "WANG + U0ANA"), encoding="utf-8")
    _, _, said = imports(shop)
    assert "WANG: is nobody" in said
    assert "U0ANA: is nobody" not in said


def test_a_dry_run_shows_what_would_change_then_it_is_done_once(shop: Terminal) -> None:
    code, shown, _ = imports(shop, *people(shop), "--dry-run")
    assert code == 0
    assert "+ 2026-11-23 19:00 to 2026-11-24 09:00 U0ANA, U0BEN" in shown
    assert "3 new, 0 changed, 0 gone, 0 as before\nNothing was changed" in shown
    assert "3 new" in imports(shop, *people(shop))[1]
    assert "0 new, 0 changed, 0 gone, 3 as before" in imports(shop, *people(shop))[1]


def test_somebody_unknown_is_named_and_nothing_is_imported(shop: Terminal) -> None:
    (shop.folder / "people.toml").write_text('ana = "U0ANA"', encoding="utf-8")
    code, _, said = imports(shop, *people(shop))
    assert code == 2
    assert "nothing was imported" in said
    assert "line 4, Ben: is nobody whom Slack or the team knows; put it into a --people file" in said
    (shop.folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    assert "3 new" in imports(shop, *people(shop))[1]


@pytest.mark.parametrize(
    ("file", "team", "map_", "said"),
    [
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "", PEOPLE, "line 2, BEGIN:VEVENT: has no end"),
        (FILE, "nobody", PEOPLE, "no team 'nobody'"),
        (FILE, "", "ana = ", "people.toml"),
        (FILE, "", 'ana = "ana"', "must be a Slack id"),
    ],
)
def test_what_can_not_be_read_is_said(shop: Terminal, file: str, team: str, map_: str, said: str) -> None:
    (shop.folder / "rota.ics").write_text(file, encoding="utf-8")
    (shop.folder / "people.toml").write_text(map_, encoding="utf-8")
    code, _, told = imports(shop, *people(shop), *(["--team", team] if team else []))
    assert code == 2
    assert said in told


def test_without_a_token_an_address_needs_the_people_file(shop: Terminal) -> None:
    text = FILE.replace("SUMMARY", "ATTENDEE:mailto:ana@shop.cn\nSUMMARY")
    (shop.folder / "rota.ics").write_text(text, encoding="utf-8")
    _, _, said = imports(shop)
    assert "SLACK_BOT_TOKEN is not set; or put it into a --people file" in said


@pytest.mark.parametrize(("scopes", "found", "why"), [(["users:read.email"], 1, ""), ([], 0, "users:read.email")])
async def test_slack_is_asked_who_has_an_address(scopes: list[str], found: int, why: str) -> None:
    app = App(bot_token="xoxb-1", manifest={"oauth_config": {"scopes": {"bot": scopes}}})
    sandbox = Sandbox(Workspace(users=(User("U0ANA", "ana", "Ana", email="ana@shop.cn"),), apps=(app,)))
    await sandbox.start()
    async with aiohttp.ClientSession() as session:
        client = web_client("xoxb-1", f"{sandbox.address}/api/", session)
        users, said = await by_email(client, ["nobody@shop.cn", "ana@shop.cn"])
    await sandbox.stop()
    assert users == ({"ana@shop.cn": "U0ANA"} if found else {})
    assert why in said
