"""Text from outside: whatever it is, it is shown safely, shortly and literally."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.views.text import clean, clip, escape, inline, is_web, masked_contact, masked_name, money, short, web_link

anything = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=300)
bad = st.text(alphabet="&<>|@!# ab长\u202e\u200d\ufe0f👩é\n", max_size=300)


@given(anything | bad, st.integers(6, 200))
def test_a_clipped_text_fits_even_when_escaped(raw: str, limit: int) -> None:
    shown, left = clip(raw, limit)
    assert len(escape(shown)) <= limit
    assert (left == 0) == (shown == raw)


@given(anything | bad, st.integers(6, 200))
def test_what_is_shown_and_what_is_left_is_the_whole(raw: str, limit: int) -> None:
    shown, left = clip(raw, limit)
    if left:
        assert shown.endswith("…")
        assert raw.startswith(shown.removesuffix("…"))
        assert len(shown) - 1 + left == len(raw)


@given(bad)
def test_escaping_is_undone_by_slack_and_leaves_nothing_that_acts(raw: str) -> None:
    safe = escape(raw)
    assert html.unescape(safe) == raw
    assert not re.search(r"[<>]", safe)
    assert re.fullmatch(r"(?:[^&]|&(?:amp|lt|gt);)*", safe, re.DOTALL)


@given(anything | bad)
def test_one_line_stays_one_line(raw: str) -> None:
    assert "\n" not in inline(raw)
    assert inline(raw) == inline(inline(raw))
    assert short(raw, 50)


def test_a_cut_is_at_a_word_and_says_how_much_is_left() -> None:
    assert clip("please send the parcel today", 18) == ("please send the…", 13)


def test_a_cut_between_chinese_characters_is_one_at_a_word() -> None:
    assert clip("三天了还没有发货", 6) == ("三天了还没…", 3)


def test_a_word_without_end_is_cut_inside() -> None:
    assert clip("x" * 100, 10) == ("x" * 9 + "…", 91)


def test_a_cut_never_splits_a_composed_character() -> None:
    assert clip("xxxx👩‍👩‍👧‍👦 y", 8).text == "xxxx…"
    assert clip("e\u0301" * 10, 6).text in ("e\u0301e\u0301…",)


def test_direction_overrides_and_control_characters_are_gone() -> None:
    assert clean("a\u202eb\x00c\r\nd") == "abc\nd"


@pytest.mark.parametrize(
    ("name", "shown"), [("王小明", "王＊＊"), ("A", "A＊＊"), ("", ""), ("  李 四 ", "李＊＊"), ("\u202e王", "王＊＊")]
)
def test_a_name_shows_its_first_character(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("13812345678", "＊＊＊＊5678"),
        ("+86 138-1234-5678", "＊＊＊＊5678"),
        ("a@b.example", "＊＊＊＊"),
        ("12345", "＊＊＊＊"),
        ("", ""),
    ],
)
def test_a_contact_shows_four_digits_at_most(contact: str, shown: str) -> None:
    assert masked_contact(contact) == shown


@pytest.mark.parametrize(
    ("fen", "shown"), [(0, "¥0.00"), (19900, "¥199.00"), (123456789, "¥1,234,567.89"), (-5, "-¥0.05")]
)
def test_money_is_whole_fen(fen: int, shown: str) -> None:
    assert money(fen) == shown


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a|b", "https://a>b", "http://a b", "", "https://" + "a" * 3000]
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert not is_web(url)
    assert web_link(url, "x|y") == "x|y"


def test_a_label_cannot_break_out_of_its_link() -> None:
    assert (
        web_link("https://a.example/?a=1&b=2", "x|y><!here>") == "<https://a.example/?a=1&amp;b=2|x¦y&gt;&lt;!here&gt;>"
    )


def test_a_limit_that_holds_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="limit"):
        clip("abc", 5)
