"""The environment's half: what may be absent, what must not, and that no secret is ever quoted."""

import pytest

from coopbot.config import Bind, Log, for_migrate
from coopbot.errors import Misconfigured
from tests.config.place import ENVIRON, Place


def test_defaults(place: Place) -> None:
    settings = place.load()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.database_url == "sqlite:///coopbot.db"
    assert settings.bind == ("127.0.0.1", 8700)
    assert settings.log == Log(None, "INFO")
    assert settings.fail == ""


def test_what_is_set_is_taken_without_the_white_space_around_it(place: Place) -> None:
    settings = place.load(
        SLACK_BOT_TOKEN=" xoxb-2\n",
        SLACK_API_URL="http://127.0.0.1:8765/api",
        COOPBOT_DATABASE_URL="postgresql://bot:pw@db.example:5432/coopbot",
        COOPBOT_BIND="0.0.0.0:80",
    )
    assert settings.bot_token == "xoxb-2"
    assert settings.slack_api_url == "http://127.0.0.1:8765/api/"
    assert settings.database_url == "postgresql://bot:pw@db.example:5432/coopbot"
    assert settings.bind == Bind("0.0.0.0", 80)


def test_an_app_token_or_a_signing_secret_is_enough(place: Place) -> None:
    assert place.load(SLACK_SIGNING_SECRET="").app_token
    settings = place.load(SLACK_APP_TOKEN="", SLACK_SIGNING_SECRET="s3cret")
    assert (settings.app_token, settings.signing_secret) == ("", "s3cret")
    found = place.mistake(SLACK_APP_TOKEN="")
    assert found.key == "SLACK_APP_TOKEN"
    assert "SLACK_SIGNING_SECRET" in found.message


def test_commands_that_talk_to_nobody_need_no_tokens_and_no_secrets(place: Place) -> None:
    absent = dict.fromkeys(ENVIRON, "")
    assert {mistake.key for mistake in place.mistakes(**absent)} == {
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "connections.jd.secret_env",
        "connections.jd.read_token_env",
    }
    assert place.load(outside=False, **absent).desk.teams
    assert place.mistake(outside=False, **{**absent, "SLACK_BOT_TOKEN": "xoxp-user"}).key == "SLACK_BOT_TOKEN"


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("SLACK_BOT_TOKEN", "xapp-1-SENSITIVE", "this is an app-level token"),
        ("SLACK_BOT_TOKEN", "xoxp-1-SENSITIVE", "this is a user token"),
        ("SLACK_BOT_TOKEN", "SENSITIVE", "xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-", "xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-SENSI TIVE", "xoxb-"),
        ("SLACK_APP_TOKEN", "xoxb-1-SENSITIVE", "this is a bot token"),
        ("SLACK_SIGNING_SECRET", "xoxb-SENSITIVE", "Signing Secret"),
        ("SLACK_API_URL", "slack.com/api", "must be a URL"),
        ("SLACK_API_URL", "ftp://slack.com/api", "must be a URL"),
        ("SLACK_API_URL", "https://user:SENSITIVE@slack.com/api", "user or password"),
        ("SLACK_API_URL", "http://[::1/api", "must be a URL"),
        ("COOPBOT_DATABASE_URL", "mysql://root:SENSITIVE@db/x", "sqlite:///path or postgresql"),
        ("COOPBOT_DATABASE_URL", "coopbot.db", "sqlite:///path"),
        ("COOPBOT_DATABASE_URL", "sqlite://", "in memory"),
        ("COOPBOT_DATABASE_URL", "sqlite:///:memory:", "in memory"),
        ("COOPBOT_DATABASE_URL", "postgresql://db.example", "no database"),
        ("COOPBOT_DATABASE_URL", "postgresql://db.example:SENSITIVE/x", "can't be read"),
        ("COOPBOT_BIND", "8700", "host:port"),
        ("COOPBOT_BIND", "localhost:", "host:port"),
        ("COOPBOT_BIND", "localhost:65536", "host:port"),
        ("COOPBOT_BIND", "http://localhost:80", "host:port"),
        ("COOPBOT_BIND", "::1:8700", "host:port"),
        ("COOPBOT_LOG", "jsn", "did you mean 'json'?"),
        ("COOPBOT_LOG", "json loud", "'loud'"),
        ("COOPBOT_FAIL", "outbox.posted:kill", "COOPBOT_ALLOW_FAULTS=1"),
        ("COOPBOT_ALLOW_FAULTS", "yes", "must be 1"),
        ("COOPBOT_LEASE", "5", "from 21 (twice COOPBOT_TIMEOUT"),
        ("COOPBOT_LEASE", "soon", "to 3600, not 'soon'"),
        ("COOPBOT_PACE", "0", "times Slack's published rates from 0.01 to 1000, not '0'"),
        ("COOPBOT_PATIENCE", "-1", "seconds from 0 to 3600"),
        ("COOPBOT_HEARTBEAT_URL", "hc-ping.example/SENSI", "must be a URL"),
        ("COOPBOT_PATIENCE", "nan", "not 'nan'"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_allowed_and_never_quoted_when_secret(
    place: Place, name: str, value: str, part: str
) -> None:
    found = place.mistake(**{name: value})
    assert (found.key, found.line) == (name, None)
    assert part in found.message
    assert "SENSI" not in str(found)


@pytest.mark.parametrize(
    ("value", "bind"),
    [
        ("localhost:0", ("localhost", 0)),
        ("[::1]:8700", ("::1", 8700)),
        ("coopbot.example:65535", ("coopbot.example", 65535)),
    ],
)
def test_forms_of_bind(place: Place, value: str, bind: tuple[str, int]) -> None:
    assert place.load(COOPBOT_BIND=value).bind == bind


@pytest.mark.parametrize(
    ("value", "log"),
    [
        ("json", Log("json", "INFO")),
        ("console", Log("console", "INFO")),
        ("debug", Log(None, "DEBUG")),
        ("JSON:warning", Log("json", "WARNING")),
        ("console, error", Log("console", "ERROR")),
    ],
)
def test_forms_of_log(place: Place, value: str, log: Log) -> None:
    assert place.load(COOPBOT_LOG=value).log == log


def test_faults_are_taken_where_they_are_allowed(place: Place) -> None:
    assert place.load(COOPBOT_FAIL="outbox.posted:kill@3", COOPBOT_ALLOW_FAULTS="1").fail == "outbox.posted:kill@3"


def test_the_store_alone() -> None:
    assert for_migrate({}) == ("sqlite:///coopbot.db", "")
    with pytest.raises(Misconfigured, match="COOPBOT_DATABASE_URL"):
        for_migrate({"COOPBOT_DATABASE_URL": "redis://x"})
    with pytest.raises(Misconfigured, match="COOPBOT_ALLOW_FAULTS"):
        for_migrate({"COOPBOT_FAIL": "migrate.mid:kill"})


def test_settings_show_no_secret(place: Place) -> None:
    settings = place.load(
        SLACK_SIGNING_SECRET="s1gning",
        COOPBOT_DATABASE_URL="postgresql://bot:passw0rd@db/coopbot",
    )
    shown = repr(settings)
    for secret in ("xoxb-1-a", "xapp-1-a", "s1gning", "whsec_", "read-me", "passw0rd"):
        assert secret not in shown
