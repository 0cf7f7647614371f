"""The toml's half: domain values out of it, and every mistake at once, each on its line."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from coopbot.config import load
from coopbot.domain.files import MB, FileRules
from coopbot.domain.rota import Shift
from coopbot.domain.team import Connection, OperationsManager, ShopKey
from coopbot.errors import Misconfigured
from tests.config.place import ENVIRON, SECRET, SMALL, Place
from tests.support.builders import MONDAY

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "coopbot.example.toml"


def test_the_example_loads_and_warns_of_nothing_but_files_that_cannot_be_passed_on() -> None:
    settings = load(ENVIRON, toml_path=EXAMPLE)
    assert [(mistake.line, mistake.key) for mistake in settings.warnings] == [(9, "public_url")]
    desk = settings.desk
    assert desk.profile.name == "jd-pop"
    assert desk.profiles == {(desk.profile.name, desk.profile.version): desk.profile}
    assert (desk.language, desk.operators, desk.public_url) == ("zh-CN", ("U0OPS",), "")
    assert (desk.fallback.channel, desk.fallback.is_fallback) == ("C0FALLBACK", True)
    assert (desk.fallback.members, desk.fallback.leads) == (None, ("U0OPS",))
    manager = OperationsManager("U0JDOPS", "", True)
    assert desk.connections == {"jd": Connection("jd", True, manager)}
    flagship, outlet = desk.teams
    assert desk.team_of("jd", "10001") is flagship
    assert desk.team_of("jd", "99") is desk.fallback
    assert (flagship.members, flagship.usergroup) == (frozenset({"U0A", "U0B"}), None)
    assert (outlet.members, outlet.usergroup, outlet.language) == (None, "S0CARE", "en")
    assert flagship.on_call[0] == Shift(frozenset(range(5)), time(9), time(19), ("U0A",), ("U0B",))
    assert desk.shop_names[ShopKey("jd", "10001")] == "旗舰店"
    access = settings.connections["jd"]
    assert (access.secrets, access.read_token) == ((SECRET,), "read-me")
    assert (settings.secrets, settings.read_tokens) == ({"jd": (SECRET,)}, {"jd": "read-me"})
    assert settings.wires["jd"].reply_url == "https://bridge.example/replies"


def test_leads_and_managers_may_be_user_groups(place: Place) -> None:
    team = place.load(SMALL + 'leads = { usergroup = "S0LEADS" }\nmanagers = { usergroup = "S0BOSSES" }\n').desk.teams[
        0
    ]
    assert (team.leads, team.lead_group, team.managers, team.manager_group) == ((), "S0LEADS", (), "S0BOSSES")
    assert team.groups == ("S0LEADS", "S0BOSSES")
    with pytest.raises(Misconfigured) as told:
        place.load(SMALL + 'leads = { usergroup = "leads" }\nmanagers = { group = "S0BOSSES" }\n')
    found = [mistake.key for mistake in told.value.mistakes]
    assert found == ["teams[0].leads.usergroup", "teams[0].managers.usergroup", "teams[0].managers.group"]


@pytest.mark.parametrize("contact", ["U0JDOPS", "W0JDOPS", "C0SHARED", "G0SHARED"])
def test_the_operations_manager_is_a_user_or_a_channel_shared_with_them(place: Place, contact: str) -> None:
    there = SMALL.replace("[[teams]]", f'operations_manager = {{ slack = "{contact}" }}\n\n[[teams]]', 1)
    assert place.load(there).desk.connections["jd"].operations_manager.slack == contact


def test_a_shop_may_be_paid_in_another_currency(place: Place) -> None:
    rows = '\n[shops]\n"jd:10001" = "旗舰店"\n"jd:10003" = { name = "Global", currency = "USD" }\n'
    desk = place.load(SMALL + rows).desk
    assert desk.names_by_key == {"jd:10001": "旗舰店", "jd:10003": "Global"}
    assert [desk.currency_of(ShopKey("jd", shop)) for shop in ("10001", "10003", "9")] == ["CNY", "USD", "CNY"]


def test_what_may_be_absent(place: Place) -> None:
    settings = place.load('fallback_channel = "C0FALLBACK"')
    assert settings.desk.profile.name == "jd-pop"
    assert [mistake.key for mistake in settings.warnings] == ["connections", "teams", "operators", "public_url"]
    team = place.load().desk.teams[0]
    assert (team.members, team.usergroup, team.language) == (None, None, "zh-CN")
    assert team.hours == place.load().desk.fallback.hours


def test_several_secrets_while_one_is_replaced(place: Place) -> None:
    other = "whsec_" + "REVG" * 8
    assert place.load(JD_WEBHOOK_SECRET=f"{other}  {SECRET}\n").secrets == {"jd": (other, SECRET)}


def test_shifts_end_at_midnight_and_over_it(place: Place) -> None:
    rows = """on_call = [
      { days = "Mon,Wed-Thu", from = "16:00", to = "24:00", who = ["U0A"] },
      { days = "Sat", from = "22:00", to = "06:00", who = ["U0B"] },
    ]
    """
    late, night = place.load(SMALL + rows).desk.teams[0].on_call
    assert (late.days, late.ends_at_midnight) == (frozenset({0, 2, 3}), True)
    assert (night.start, night.end, night.ends_at_midnight) == (time(22), time(6), False)


ALL_WRONG = """\
profil = "x"
language = "zh"
fallback_channel = "#ops"
operators = ["U0OPS", "bob", 5]
public_url = "ftp://x"

[connections.jd]
secret_env = "NOT_SET"
reply_url = "bridge"
confirm = true

[connections."J D"]
secret_env = "JD_WEBHOOK_SECRET"
operations_manager = { slack = "jd ops", webhok = "" }

[[teams]]
name = "a"
channel = "C1A"
shops = ["jd:1", "tb:2", "jd:1", "jd1"]
hours = "Mon-Sun 9-19"
members = []
on_call = [
  { days = "Mon-Fri", from = "09:00", to = "19:00", who = ["U0A"] },
  # one line further down
  { days = "Mox", from = "25:00", to = "24:01", who = [] },
]

[[teams]]
name = "a"
channel = "C1A"
shops = ["jd:1"]
members = { usergrup = "S1" }

[[teams]]
shops = "jd:5"

[shops]
"tb:1" = "x"
"jd:1" = ""
"jd:2" = { name = "Global", currency = "usd", colour = "red" }
"""


def test_user_groups_that_follow_the_on_call_and_say_it(place: Place) -> None:
    more = 'usergroup = "S0DUTY"\non_call = { usergroup = "S0ROTA" }\n'
    (team,) = place.load(SMALL + more).desk.teams
    assert (team.duty_group, team.on_call_from, team.on_call) == ("S0DUTY", "S0ROTA", ())
    second = '[[teams]]\nname = "second"\nchannel = "C0SECOND"\nshops = []\nusergroup = "S0DUTY"\n'
    found = place.mistake(SMALL + more + second)
    assert (found.key, "S0DUTY follows teams[0] already" in found.message) == ("teams[1].usergroup", True)


def test_every_mistake_is_told_at_once_each_on_its_line(place: Place) -> None:
    found = {(mistake.line, mistake.key): mistake.message for mistake in place.mistakes(ALL_WRONG)}
    wanted = {
        (1, "profil"): "did you mean 'profile'?",
        (2, "language"): "did you mean 'zh-CN'?",
        (3, "fallback_channel"): "must be a channel id",
        (4, "operators[1]"): "must be a user id",
        (4, "operators[2]"): "must be a text",
        (5, "public_url"): "must be a URL",
        (8, "connections.jd.secret_env"): "NOT_SET, which is not set",
        (9, "connections.jd.reply_url"): "must be a URL",
        (10, "connections.jd.confirm"): "did you mean 'confirms'?",
        (12, "connections.J D"): "is no name for a connection",
        (14, "connections.J D.operations_manager.slack"): "must be a user id",
        (14, "connections.J D.operations_manager.webhok"): "did you mean 'webhook'?",
        (19, "teams[0].shops[1]"): "no connection 'tb'",
        (19, "teams[0].shops[2]"): "belongs to teams[0] already",
        (19, "teams[0].shops[3]"): "must be connection:shop_id",
        (20, "teams[0].hours"): "is not hours",
        (21, "teams[0].members"): "names nobody",
        (25, "teams[0].on_call[1].days"): "must be days",
        (25, "teams[0].on_call[1].from"): "from 00:00 to 23:59",
        (25, "teams[0].on_call[1].to"): "from 00:00 to 24:00",
        (25, "teams[0].on_call[1].who"): "names nobody",
        (29, "teams[1].name"): "is the name of teams[0] already",
        (30, "teams[1].channel"): "is the channel of teams[0] already",
        (31, "teams[1].shops[0]"): "belongs to teams[0] already",
        (32, "teams[1].members.usergroup"): "is missing",
        (32, "teams[1].members.usergrup"): "did you mean 'usergroup'?",
        (34, "teams[2].name"): "is missing",
        (34, "teams[2].channel"): "is missing",
        (35, "teams[2].shops"): "must be a list of shops",
        (38, "shops.tb:1"): "no connection 'tb'",
        (39, "shops.jd:1"): "must be the shop's name",
        (40, "shops.jd:2.currency"): "must be three capital letters such as USD, not 'usd'",
        (40, "shops.jd:2.colour"): "is unknown here",
    }
    assert set(found) == set(wanted)
    for place_of, part in wanted.items():
        assert part in found[place_of], place_of
    assert list(found) == sorted(found, key=lambda each: each[0] or 0)


@pytest.mark.parametrize(
    ("change", "key", "part"),
    [
        (
            ('"https://bridge.example/replies"', '"https://u:SENSITIVE@bridge.example/"'),
            "connections.jd.reply_url",
            "password",
        ),
        (('"JD_WEBHOOK_SECRET"', '"whsec_SENSITIVE"'), "connections.jd.secret_env", "the name of the variable"),
        (('"JD_WEBHOOK_SECRET"', "5"), "connections.jd.secret_env", "must be a text"),
        (('"flagship"', '""'), "teams[0].name", "must not be empty"),
        (('["jd:10001"]', "[5]"), "teams[0].shops[0]", "connection:shop_id"),
        (('["jd:10001"]', '["jdd:10001"]'), "teams[0].shops[0]", "did you mean 'jd'?"),
        (('["jd:10001"]', '["jd:10001"]\nhours = "never"'), "teams[0].hours", "never"),
        (('["jd:10001"]', '["jd:10001"]\nmembers = "U0A"'), "teams[0].members", "usergroup"),
        (('["jd:10001"]', '["jd:10001"]\nmembers = { usergroup = "care" }'), "teams[0].members.usergroup", "S0A1B2C3D"),
        (('["jd:10001"]', '["jd:10001"]\non_call = { usergroup = "care" }'), "teams[0].on_call.usergroup", "S0A1B2C3D"),
        (
            ('["jd:10001"]', '["jd:10001"]\non_call = { usergroup = "" }'),
            "teams[0].on_call.usergroup",
            "must not be empty",
        ),
        (
            ('["jd:10001"]', '["jd:10001"]\nusergroup = "S0ROTA"\non_call = { usergroup = "S0ROTA" }'),
            "teams[0].usergroup",
            "on call already",
        ),
        (('["jd:10001"]', '["jd:10001"]\nzone = "Asia/Shanghai"'), "teams[0].zone", "is unknown here"),
        (('"C0FALLBACK"', '"C0FALLBACK"\nprofile = "jd-pip"'), "profile", "did you mean 'jd-pop'?"),
        (('"C0FALLBACK"', '"C0FALLBACK"\nprofile = "own.toml"'), "profile", "there is no such file"),
    ],
)
def test_one_mistake(place: Place, change: tuple[str, str], key: str, part: str) -> None:
    found = place.mistake(SMALL.replace(*change))
    assert found.key == key
    assert found.line
    assert part in found.message
    assert "SENSITIVE" not in str(found)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("SENSITIVE", "whsec_<base64>"),
        ("whsec_", "empty secret"),
        ("whsec_SENSITIVE!", "not base64"),
        (f"{SECRET} whsec_SENSITIVE!", "not base64"),
    ],
)
def test_a_secret_that_is_none_is_told_without_being_quoted(place: Place, value: str, part: str) -> None:
    found = place.mistake(JD_WEBHOOK_SECRET=value)
    assert found.key == "connections.jd.secret_env"
    assert "JD_WEBHOOK_SECRET" in found.message
    assert part in found.message
    assert "SENSITIVE" not in str(found)


def test_a_read_token_is_one_word(place: Place) -> None:
    for value in ("two words", "中文"):
        assert place.mistake(JD_READ_TOKEN=value).key == "connections.jd.read_token_env"


def test_two_connections_with_one_secret_could_not_be_told_apart(place: Place) -> None:
    second = '[connections.wx]\nsecret_env = "WX"\nread_token_env = "JD_READ_TOKEN"\nreply_url = "https://b.example/"\n'
    keys = [mistake.key for mistake in place.mistakes(SMALL + second, WX=SECRET)]
    assert keys == ["connections.wx.secret_env", "connections.wx.read_token_env"]


def test_what_is_hardly_meant_is_a_warning(place: Place) -> None:
    text = SMALL.replace('reply_url = "https://bridge.example/replies"\n', "").replace('["jd:10001"]', "[]")
    settings = place.load(text, JD_WEBHOOK_SECRET="whsec_QUJD")
    assert [(mistake.line, mistake.key) for mistake in settings.warnings] == [
        (None, "public_url"),
        (4, "connections.jd.reply_url"),
        (5, "connections.jd.secret_env"),
        (11, "teams[0].shops"),
    ]


def test_a_team_with_nobody_above_its_on_call_is_a_warning(place: Place) -> None:
    assert [each.key for each in place.load().warnings] == ["public_url", "teams[0].leads"]
    for somebody in ('leads = ["U0LEAD"]', 'managers = { usergroup = "S0BOSSES" }'):
        assert [each.key for each in place.load(f"{SMALL}{somebody}\n").warnings] == ["public_url"]


def test_links_need_an_address_and_a_secret(place: Place) -> None:
    missing = place.load()
    assert missing.desk.passes_on is None
    warning = missing.warnings[0]
    assert (warning.key, "complaint_evidence" in warning.message) == ("public_url", True)
    address = 'public_url = "https://coopbot.example/bot/"\n'
    assert place.load(f'{address}fallback_channel = "C0FALLBACK"').desk.links is None, "nothing signs"
    links = place.load(address + SMALL).desk.links
    assert links is not None
    assert links.to("f-1", MONDAY).startswith("https://coopbot.example/bot/files/f-1?expires=")
    own = place.load(address + SMALL, COOPBOT_FILES_SECRET=f"{'n' * 24} {'o' * 24}").desk.links
    assert own is not None
    assert len(own.keys) == 2
    assert not set(own.keys) & set(links.keys)


def test_what_is_taken_has_its_bounds(place: Place) -> None:
    table = '[files]\nlargest_mb = 3\ntypes = ["PDF", ".png"]\nlink_for = "2d"\n'
    assert place.load(SMALL + table).desk.files == FileRules(3 * MB, ("pdf", "png"), timedelta(days=2))
    wrong = '[files]\nlargest_mb = 11\ntypes = ["exe"]\nlink_for = "400d"\nlargets = 1\n'
    with pytest.raises(Misconfigured) as caught:
        place.load(f'public_url = "https://x.example/?a"\n{SMALL}{wrong}', COOPBOT_FILES_SECRET="short")
    told = {mistake.key for mistake in caught.value.mistakes}
    assert told == {
        *("files.largest_mb", "files.types", "files.link_for", "files.largets"),
        *("public_url", "COOPBOT_FILES_SECRET"),
    }


def test_a_team_may_live_in_the_fallback_channel(place: Place) -> None:
    assert place.load(SMALL.replace("C0FLAGSHIP", "C0FALLBACK")).desk.teams[0].channel == "C0FALLBACK"


# --- the file itself ------------------------------------------------------------------------------------------------


def refused(path: Path, environ: dict[str, str] | None = None) -> Misconfigured:
    with pytest.raises(Misconfigured) as caught:
        load(ENVIRON if environ is None else environ, toml_path=path)
    return caught.value


def test_no_file(tmp_path: Path) -> None:
    found = refused(tmp_path / "coopbot.toml")
    assert "there is no such file; COOPBOT_CONFIG names another" in str(found)


def test_the_environment_s_mistakes_are_told_beside_it(tmp_path: Path) -> None:
    found = refused(tmp_path / "coopbot.toml", {"COOPBOT_BIND": "x"})
    assert [mistake.key for mistake in found.mistakes] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "COOPBOT_BIND",
        "coopbot.toml",
    ]


def test_the_variable_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text(SMALL)
    assert load({**ENVIRON, "COOPBOT_CONFIG": str(path)}).source == str(path)


def test_a_folder_in_its_place(tmp_path: Path) -> None:
    assert "can't be read" in str(refused(tmp_path))


@pytest.mark.parametrize(
    ("raw", "line", "part"),
    [
        (b'a = 1\nb = "x\n', 2, "is not TOML"),
        (b"a = 1\na = 2\n", 2, "is not TOML"),
        (b"[teams", 1, "is not TOML"),
        ("a = 1\nb = '旗舰店'\n".encode("gb18030"), 2, "is not UTF-8"),
        (b"a = " + b"[" * 100_000, None, "is n"),
    ],
)
def test_what_is_no_toml(tmp_path: Path, raw: bytes, line: int | None, part: str) -> None:
    path = tmp_path / "coopbot.toml"
    path.write_bytes(raw)
    (found,) = refused(path).mistakes
    assert found.key == "coopbot.toml"
    assert part in found.message
    assert found.line == line


def test_marks_and_line_ends_of_other_systems_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "coopbot.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").replace("C0FLAGSHIP", "flagship").encode())
    (found,) = refused(path).mistakes
    assert (found.line, found.key) == (11, "teams[0].channel")


# --- profiles -------------------------------------------------------------------------------------------------------


def test_a_profile_of_one_s_own_lies_beside_the_toml(place: Place) -> None:
    own = (ROOT / "coopbot/profiles/jd-pop.toml").read_text(encoding="utf-8").replace('name = "jd-pop"', 'name = "own"')
    (place.folder / "own.toml").write_text(own, encoding="utf-8")
    assert place.load(f'profile = "own.toml"\n{SMALL}').desk.profile.name == "own"


def test_a_profile_s_mistakes_are_told_with_its_own_lines(place: Place) -> None:
    own = (ROOT / "coopbot/profiles/jd-pop.toml").read_text(encoding="utf-8")
    own = own.replace('zone = "Asia/Shanghai"', 'zone = "Asia/Nowhere"')
    (place.folder / "own.toml").write_text(own, encoding="utf-8")
    line = own.splitlines().index('zone = "Asia/Nowhere"') + 1
    found = place.mistake(f'profile = "own.toml"\n{SMALL}')
    assert (found.line, found.key) == (1, "profile")
    assert f"own.toml, line {line}, zone: must be an IANA time zone" in found.message
