"""A preset's field in its modal: the input that its kind wants, filled with what is known, and read back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from coopbot.domain.field import Choice, Field
from coopbot.domain.seen import Seen
from coopbot.domain.work_order import Entry, Kind
from coopbot.views.card import card
from coopbot.views.field_input import field_input, read_fields
from tests.support.world import shanghai
from tests.views.orders import LANGUAGES, RAISED, seen

ZH, EN = LANGUAGES["zh-CN"], LANGUAGES["en"]
COURIER = Field("courier", "choice", choices=(Choice("SF", {"zh-CN": "顺丰", "en": "SF Express"}), Choice("JD", {})))
WORDS = Field("colour", labels={"zh-CN": "颜色", "en": "Colour"}, hint={"zh-CN": "如红", "en": "Such as red"},
              example={"zh-CN": "红", "en": "red"}, max_length=20)  # fmt: skip


def with_field(field: Field, **changes: Any) -> Seen:
    it = seen(**changes)
    return replace(it, rules=replace(it.rules, fields={field.name: field}))


def answered(**fields: str) -> Entry:
    data = {"reply_id": "r1", "text": "已发出", "preset_code": "shipped", "fields": fields}
    return Entry(Kind.REPLY_QUEUED, RAISED, "reply:r1", "U0ANA", data)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("promised_at", "datetimepicker"),
        ("amount", "plain_text_input"),
        ("tracking_no", "plain_text_input"),
        ("courier", "static_select"),
        ("description", "plain_text_input"),
        ("anything_else", "plain_text_input"),
    ],
)
def test_each_known_name_has_its_input(name: str, kind: str) -> None:
    block = field_input(name, seen(), EN)
    assert (block["element"]["type"], block["optional"], block["block_id"]) == (kind, False, f"field:{name}")


def test_a_day_has_a_calendar() -> None:
    element = field_input("day", with_field(Field("day", "date")), EN, "2026-12-01")["element"]
    assert (element["type"], element["initial_date"]) == ("datepicker", "2026-12-01")
    for nonsense in ("", "soon", "2026-12-01T10:00"):  # a draft from before the profile changed
        assert "initial_date" not in field_input("day", with_field(Field("day", "date")), EN, nonsense)["element"]
        assert "initial_date_time" not in field_input("promised_at", seen(), EN, nonsense)["element"]


def test_words_of_the_profile_are_in_the_readers_language() -> None:
    for t, label, hint, example in ((ZH, "颜色", "如红", "红"), (EN, "Colour", "Such as red", "red")):
        block = field_input("colour", with_field(WORDS), t)
        shown = (block["label"]["text"], block["hint"]["text"], block["element"]["placeholder"]["text"])
        assert shown == (label, hint, example)
        assert block["element"]["max_length"] == 20


def test_a_choice_shows_names_and_hands_over_values() -> None:
    element = field_input("courier", with_field(COURIER), EN, "JD")["element"]
    assert [(each["text"]["text"], each["value"]) for each in element["options"]] == [
        ("SF Express", "SF"),
        ("JD", "JD"),
    ]
    assert element["initial_option"]["value"] == "JD"
    assert "initial_option" not in field_input("courier", with_field(COURIER), EN, "YTO")["element"]


def test_what_the_platform_knows_of_the_parcel_stands_there_already() -> None:
    it = seen(parcel={"carrier": "顺丰速运", "tracking_no": "SF1234567890123", "batch": "W-7"})
    filled = {name: field_input(name, it, EN)["element"] for name in ("courier", "tracking_no")}
    assert filled["courier"]["initial_option"]["value"] == "顺丰速运"
    assert filled["tracking_no"]["initial_value"] == "SF1234567890123"
    assert "parcel 顺丰速运 SF1234567890123" in str(card(it, EN).blocks)


def test_it_is_prefilled_by_what_was_typed_else_said_before_else_known() -> None:
    it = seen(answered(amount="50.00", tracking_no="SF1234567"), amount="199.00")
    assert field_input("amount", it, EN, "7")["element"]["initial_value"] == "7"
    assert field_input("amount", it, EN)["element"]["initial_value"] == "50.00"
    assert field_input("tracking_no", it, EN)["element"]["initial_value"] == "SF1234567"
    assert field_input("amount", seen(amount="199.00"), EN)["element"]["initial_value"] == "199.00"


@pytest.mark.parametrize(("hours", "there"), [(1, True), (-1, False)])
def test_a_promise_that_has_passed_is_not_proposed_again(hours: int, there: bool) -> None:
    it = seen()
    promised = (it.now.timestamp() // 60 + hours * 60) * 60
    said = read_fields({"field:promised_at": {"x": {"selected_date_time": int(promised)}}})
    element = field_input("promised_at", it, EN, said["promised_at"])["element"]
    assert (element.get("initial_date_time") == int(promised)) is there


def test_each_kind_of_input_is_read_back() -> None:
    at = int(shanghai("2026-11-23 18:00").timestamp())
    values = {
        "field:promised_at": {"x": {"selected_date_time": at}},
        "field:day": {"x": {"selected_date": "2026-12-01"}},
        "field:courier": {"x": {"selected_option": {"value": "SF"}}},
        "field:none": {"x": {"selected_option": None}},
        "field:tracking_no": {"x": {"value": " SF123 "}},
    }
    assert read_fields(values) == {
        "promised_at": "2026-11-23T10:00:00Z",
        "day": "2026-12-01",
        "courier": "SF",
        "tracking_no": "SF123",
    }
