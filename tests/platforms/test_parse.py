"""A verified body becomes events or field paths; equal bodies are equal whatever they look like."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopbot.domain.event import PlatformEvent
from coopbot.domain.facts import facts_of
from coopbot.domain.work_order import OrderKey
from coopbot.errors import TooLarge
from coopbot.platforms.events import MODELS
from coopbot.platforms.standard import Standard
from coopbot.ports import Malformed
from tests.platforms.signed import EVERY, SECRET, body_of, raised

STANDARD = Standard({"jd": [SECRET]})
HEADERS = {"webhook-id": "msg_1"}


def read(value: Any) -> PlatformEvent | Malformed:
    delivery = STANDARD.parse("jd", HEADERS, value if isinstance(value, bytes) else body_of(value))
    assert delivery.alone
    assert delivery.connection == "jd"
    return delivery.items[0]


def event(value: Any) -> PlatformEvent:
    found = read(value)
    assert isinstance(found, PlatformEvent), found
    return found


def faults(value: Any) -> list[str]:
    found = read(value)
    assert isinstance(found, Malformed), found
    return [fault.path for fault in found.faults]


def test_every_type_of_the_contract_has_its_example_here() -> None:
    assert set(EVERY) == set(MODELS)


@pytest.mark.parametrize("kind", EVERY)
def test_each_type_with_every_field_is_read(kind: str) -> None:
    found = event({"type": kind, "id": "e-1", "timestamp": "2026-11-23T02:00:00Z", "data": EVERY[kind]})
    assert (found.id, found.type, found.connection) == ("e-1", kind, "jd")
    assert found.data == EVERY[kind]
    assert (found.order == OrderKey("jd", "W-1")) is kind.startswith("work_order.")


@pytest.mark.parametrize("kind", EVERY)
def test_each_required_field_is_required_and_no_other(kind: str) -> None:
    for field, info in MODELS[kind].model_fields.items():
        name = info.alias or field
        data = {key: value for key, value in EVERY[kind].items() if key != name}
        value = {"type": kind, "timestamp": "2026-11-23T02:00:00Z", "data": data}
        if info.is_required():
            assert faults(value) == [f"data.{name}"]
        else:
            assert event(value)


def test_a_raised_event_carries_when_which_order_and_version() -> None:
    found = event(raised(version=3))
    assert found.at == datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert found.order == OrderKey("jd", "W-1")
    assert found.version == 3
    assert event(raised()).version == 1
    assert event({**raised(), "type": "work_order.urged", "data": EVERY["work_order.urged"]}).version == 0


def test_what_is_read_can_be_made_facts_of() -> None:
    facts = facts_of(event({**raised(), "data": EVERY["work_order.raised"]}).data)
    assert facts.amount == 19990
    assert facts.due_at == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert facts.presets[0].requires == ("description", "promised_at", "tracking_no")


def test_null_is_an_absent_field() -> None:
    optional = ["version", "due_at", "amount", "consumer", "presets", "attachments", "title"]
    value = raised()
    value["data"] |= dict.fromkeys(optional)
    assert facts_of(event({**value, "id": None}).data) == facts_of(event(raised()).data)


def test_unknown_fields_are_kept_and_unknown_types_too() -> None:
    assert event(raised(erp_flag={"a": [1]})).data["erp_flag"] == {"a": [1]}
    strange = event({"type": "parcel.lost", "timestamp": "2026-11-23T02:00:00Z", "data": {"work_order_no": 7}})
    assert (strange.type, strange.order, strange.at) == ("parcel.lost", None, None)


def test_ids_default_to_the_webhook_id_and_the_index() -> None:
    assert event(raised()).id == "msg_1"
    assert event({**raised(), "id": "own"}).id == "own"
    delivery = STANDARD.parse("jd", HEADERS, body_of([raised(), {**raised("W-2"), "id": "own"}, 5, raised("W-3")]))
    assert not delivery.alone
    assert [item.id for item in delivery.items] == ["msg_1#0", "own", "msg_1#2", "msg_1#3"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"work_order_no": 17}, "work_order_no"),
    ({"work_order_no": ""}, "work_order_no"),
    ({"work_order_no": " W"}, "work_order_no"),
    ({"work_order_no": "W\n1"}, "work_order_no"),
    ({"work_order_no": "W" * 101}, "work_order_no"),
    ({"shop_id": 10001}, "shop_id"),
    ({"class": "urgent"}, "class"),
    ({"class": 1}, "class"),
    ({"kind": "Dispute"}, "kind"),
    ({"content": ["x"]}, "content"),
    ({"content": "x" * 20_001}, "content"),
    ({"content": "a\x00b"}, "content"),
    ({"raised_at": "2026-11-23T10:00:00"}, "raised_at"),
    ({"raised_at": "2026-11-23"}, "raised_at"),
    ({"raised_at": 1763863230}, "raised_at"),
    ({"raised_at": "2026-11-31T10:00:00Z"}, "raised_at"),
    ({"raised_at": "2026-11-23T10:00:60Z"}, "raised_at"),
    ({"raised_at": "0001-01-01T00:00:00+08:00"}, "raised_at"),
    ({"raised_at": "9999-12-31T23:59:59-08:00"}, "raised_at"),
    ({"raised_at": "yesterday"}, "raised_at"),
    ({"due_at": "2026-11-23 14:00"}, "due_at"),
    ({"version": "2"}, "version"),
    ({"version": True}, "version"),
    ({"version": 0}, "version"),
    ({"version": 2**31}, "version"),
    ({"version": 1.5}, "version"),
    ({"amount": 12.3}, "amount"),
    ({"amount": "12.345"}, "amount"),
    ({"amount": "1e3"}, "amount"),
    ({"amount": "-1"}, "amount"),
    ({"amount": "１２"}, "amount"),
    ({"amount": "NaN"}, "amount"),
    ({"consumer": "王芳"}, "consumer"),
    ({"consumer": {"name": 5}}, "consumer.name"),
    ({"attachments": {}}, "attachments"),
    ({"attachments": [{"name": "a"}]}, "attachments.0.url"),
    ({"attachments": [{"name": "a", "url": "file:///etc/passwd"}]}, "attachments.0.url"),
    ({"presets": [{"code": "a", "label": "b"}, {"code": "c"}]}, "presets.1.label"),
    ({"presets": [{"code": "a", "label": "b", "requires": "description"}]}, "presets.0.requires"),
    ({"presets": [{"code": "a", "label": "b"}] * 101}, "presets"),
    ({"console_url": "javascript:alert(1)"}, "console_url"),
    ({"console_url": "https://x.example/|y>"}, "console_url"),
]


@pytest.mark.parametrize(("changes", "path"), WRONG)
def test_a_wrong_value_is_told_by_its_path(changes: dict[str, Any], path: str) -> None:
    assert faults(raised(**changes)) == [f"data.{path}"]


def test_every_wrong_field_is_told_at_once_and_no_value_with_it() -> None:
    found = read(raised(amount="secret-amount", raised_at="secret-time", scene=None))
    assert isinstance(found, Malformed)
    assert [fault.path for fault in found.faults] == ["data.scene", "data.raised_at", "data.amount"]
    assert "secret" not in str(found)


@pytest.mark.parametrize(
    ("envelope", "paths"),
    [
        ({}, ["type", "timestamp", "data"]),
        ({"type": "x", "timestamp": "2026-11-23T02:00:00Z"}, ["data"]),
        ({"type": "x", "timestamp": "2026-11-23T02:00:00Z", "data": []}, ["data"]),
        ({"type": 5, "timestamp": "2026-11-23T02:00:00Z", "data": {}}, ["type"]),
        ({"type": "x", "timestamp": "2026-11-23T02:00:00", "data": {}}, ["timestamp"]),
        ({"type": "x", "id": 5, "timestamp": "2026-11-23T02:00:00Z", "data": {}}, ["id"]),
        ({"type": "x", "id": "", "timestamp": "2026-11-23T02:00:00Z", "data": {}}, ["id"]),
    ],
)
def test_the_envelope_is_checked_too(envelope: dict[str, Any], paths: list[str]) -> None:
    assert faults(envelope) == paths


@pytest.mark.parametrize(
    "body", [b"", b"{", b"NaN", b"\xef\xbb\xbf{}", b"5", b'"x"', b"null", b"[" * 3000, b'"\\ud800"']
)
def test_what_is_no_event_at_all_is_told_as_a_whole(body: bytes) -> None:
    assert faults(body) == [""]


def test_brackets_without_end_cost_no_stack() -> None:
    deep: Any = "x"
    for _ in range(500):
        deep = {"a": deep}
    assert faults(raised(extra=deep)) == ["data.extra.a"]


def test_an_array_holds_five_hundred() -> None:
    assert len(STANDARD.parse("jd", HEADERS, body_of([raised()] * 500)).items) == 500
    with pytest.raises(TooLarge, match="500"):
        STANDARD.parse("jd", HEADERS, body_of([raised()] * 501))
    assert STANDARD.parse("jd", HEADERS, b"[]").items == ()


def test_classes_are_the_profile_s() -> None:
    own = Standard({"jd": [SECRET]}, classes=["crc", "install"])
    assert isinstance(own.parse("jd", HEADERS, body_of(raised(**{"class": "install"}))).items[0], PlatformEvent)
    assert isinstance(own.parse("jd", HEADERS, body_of(raised(**{"class": "general"}))).items[0], Malformed)


# --- the same body --------------------------------------------------------------------------------------------------


def digest(body: bytes) -> str:
    return event(body).digest


def test_key_order_white_space_number_form_and_escapes_do_not_count() -> None:
    one = raised(version=2, consumer={"name": "王芳", "contact": "1"}, extra=[1, 2.5, 0])
    body = body_of(one)
    shuffled = {"data": dict(reversed(one["data"].items())), "timestamp": one["timestamp"], "type": one["type"]}
    assert digest(json.dumps(shuffled, indent=3).encode()) == digest(body)
    assert digest(
        body.replace(b'"version": 2', b'"version": 2.0').replace(b"[1, 2.5, 0]", b"[1e0, 25e-1, -0.0]")
    ) == digest(body)


def test_the_envelope_s_timestamp_and_id_do_not_count() -> None:
    assert event({**raised(), "timestamp": "2026-11-24T10:00:01Z", "id": "again"}).digest == event(raised()).digest


@pytest.mark.parametrize(
    "changes",
    [{"content": "别的"}, {"version": 1}, {"raised_at": "2026-11-23T02:00:00Z"}, {"extra": 1}, {"amount": "1.0"}],
)
def test_anything_else_counts(changes: dict[str, Any]) -> None:
    assert event(raised(**changes)).digest != event(raised()).digest


def test_the_type_counts() -> None:
    data = EVERY["work_order.closed"]
    kinds = {
        event({**raised(), "type": kind, "data": data}).digest for kind in ("work_order.closed", "work_order.voided")
    }
    assert len(kinds) == 2


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5), inner, max_size=3
        )
    ),
    max_leaves=10,
)


@settings(deadline=None)
@given(PLAIN)
def test_a_round_trip_through_another_writer_is_the_same_body(extra: Any) -> None:
    one = event({"type": "x.y", "timestamp": "2026-11-23T02:00:00Z", "data": {"extra": extra}})
    again = {"data": one.data, "type": "x.y", "timestamp": "2026-11-23T02:00:00Z"}
    assert digest(json.dumps(again, indent=1, sort_keys=True).encode()) == one.digest


@settings(deadline=None)
@given(st.binary(max_size=200) | PLAIN.map(body_of) | st.lists(PLAIN, max_size=4).map(body_of))
def test_no_body_raises_anything_but_too_large(body: bytes) -> None:
    STANDARD.parse("jd", HEADERS, body)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(EVERY["work_order.raised"])), PLAIN, max_size=3))
def test_no_field_raises(changes: dict[str, Any]) -> None:
    value = raised()
    value["data"] |= changes
    found = read(value)
    if isinstance(found, PlatformEvent):
        facts_of(found.data)
