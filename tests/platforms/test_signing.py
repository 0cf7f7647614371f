"""Standard Webhooks: which connection speaks, and that nothing a stranger sends raises (slack.md E)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from coopbot.clock import wall
from coopbot.platforms.signing import Verifier, sign
from tests.platforms.signed import OTHER, SECRET, THIRD, headers, signature

NOW = datetime(2026, 11, 23, 2, 0, 30, tzinfo=UTC)
BODY = '{"type": "催"}'.encode()
VERIFIER = Verifier({"jd": [SECRET, THIRD], "weixin": [OTHER]})


def test_the_connection_is_the_one_whose_secret_verifies() -> None:
    assert VERIFIER.verify(headers(BODY, NOW, SECRET), BODY, NOW) == "jd"
    assert VERIFIER.verify(headers(BODY, NOW, THIRD), BODY, NOW) == "jd"
    assert VERIFIER.verify(headers(BODY, NOW, OTHER), BODY, NOW) == "weixin"


def test_one_good_signature_among_several_is_enough() -> None:
    stranger = "whsec_c3RyYW5nZXI="
    assert VERIFIER.verify(headers(BODY, NOW, stranger, OTHER), BODY, NOW) == "weixin"
    assert VERIFIER.verify(headers(BODY, NOW, stranger), BODY, NOW) is None


@pytest.mark.parametrize(
    ("off", "known"), [(0, True), (299, True), (300, True), (301, False), (-300, True), (-301, False), (-86400, False)]
)
def test_the_timestamp_may_be_five_minutes_off_either_way(off: int, known: bool) -> None:
    now = NOW.replace(second=0)
    signed = headers(BODY, now + timedelta(seconds=off))
    assert (VERIFIER.verify(signed, BODY, now) == "jd") is known


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("empty", [True, False])
def test_a_missing_header_is_no_signature(missing: str, empty: bool) -> None:
    signed = headers(BODY, NOW)
    if empty:
        signed[missing] = ""
    else:
        del signed[missing]
    assert VERIFIER.verify(signed, BODY, NOW) is None


GOOD = signature(BODY, str(int(NOW.timestamp())))


@pytest.mark.parametrize(
    "header",
    [
        "garbage",
        "v1,é",
        "v1,",
        "v1",
        ",",
        f"v2,{GOOD}",
        f"v1a,{GOOD}",
        f"v1,{GOOD}extra",
        f"v1,{GOOD[:-4]}",
        GOOD,
        "v1," + "A" * 100_000,
        " ".join(["v1,AAAA"] * 50_000),
    ],
)
def test_a_malformed_signature_is_refused(header: str) -> None:
    assert VERIFIER.verify({**headers(BODY, NOW), "webhook-signature": header}, BODY, NOW) is None


def test_garbage_beside_a_good_signature_does_no_harm() -> None:
    header = f"garbage v1,é v2,zzz v1,{GOOD}"
    assert VERIFIER.verify({**headers(BODY, NOW), "webhook-signature": header}, BODY, NOW) == "jd"


@pytest.mark.parametrize("stamp", ["abc", "nan", "inf", "-1", "1e9", "1764", "٣", "9" * 12, "9" * 400, "1763863230.5"])
def test_a_timestamp_that_is_none_is_refused(stamp: str) -> None:
    signed = {**headers(BODY, NOW), "webhook-timestamp": stamp}
    signed["webhook-signature"] = f"v1,{signature(BODY, stamp)}"
    assert VERIFIER.verify(signed, BODY, NOW) is None


def test_a_body_that_is_not_utf_8_is_refused() -> None:
    body = "催发货".encode("gbk")
    assert VERIFIER.verify(headers(body, NOW), body, NOW) is None


@pytest.mark.parametrize("message_id", ["x" * 256, "a\tb", "\udc80"])
def test_an_id_that_can_not_be_kept_is_refused(message_id: str) -> None:
    signed = {**headers(BODY, NOW), "webhook-id": message_id}
    assert VERIFIER.verify(signed, BODY, NOW) is None


@settings(deadline=None)
@given(
    message_id=st.text(max_size=40),
    stamp=st.one_of(st.text(max_size=20), st.integers().map(str)),
    offered=st.text(max_size=80),
    body=st.binary(max_size=80),
)
def test_nothing_that_a_stranger_sends_raises(message_id: str, stamp: str, offered: str, body: bytes) -> None:
    sent = {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": offered}
    assert VERIFIER.verify(sent, body, NOW) is None


def test_ours_are_signed_with_every_secret_whatever_the_zone_of_the_clock() -> None:
    shanghai = NOW.astimezone(timezone(timedelta(hours=8)))
    signed = sign([SECRET, THIRD], "reply_1", BODY, shanghai)
    assert signed == headers(BODY, NOW, SECRET, THIRD, message_id="reply_1")


def test_the_library_itself_takes_what_we_sign_now() -> None:
    now = wall()  # the library reads the real clock
    for secret in (SECRET, THIRD):
        Webhook(secret).verify(BODY, sign([SECRET, THIRD], "reply_1", BODY, now), json_parse=False)
