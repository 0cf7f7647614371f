"""Links to files: nobody but us can make one, prolong one, or turn it to another file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopbot.domain.files import MB, FileRules, HandedIn, expected, file_id, mime_of, must_fit
from coopbot.domain.links import Links, Standing, keys_from
from coopbot.errors import Refusal

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LINKS = Links("https://coopbot.example", keys_from(["new"]))


def parts(link: str) -> tuple[str, str, str]:
    url = urlsplit(link)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    return url.path.removeprefix("/files/"), query["expires"], query["signature"]


def test_a_link_works_until_its_end_and_not_a_second_longer() -> None:
    file, expires, signature = parts(LINKS.to("f-1", NOW + timedelta(hours=1)))
    for seconds, standing in ((0, Standing.GOOD), (3599, Standing.GOOD), (3600, Standing.EXPIRED)):
        assert LINKS.check(file, expires, signature, NOW + timedelta(seconds=seconds)) is standing


@given(st.text(), st.text(max_size=20), st.text(max_size=80))
def test_what_is_not_signed_is_forged_whatever_it_is(file: str, expires: str, signature: str) -> None:
    assert LINKS.check(file, expires, signature, NOW) is Standing.FORGED


@given(st.sampled_from(["file", "expires", "signature"]), st.integers(0, 60), st.characters(codec="ascii"))
def test_every_character_counts(which: str, place: int, other: str) -> None:
    found = dict(zip(("file", "expires", "signature"), parts(LINKS.to("f-12ab", NOW)), strict=True))
    was = found[which]
    at = place % len(was)
    found[which] = was[:at] + other + was[at + 1 :]
    if found[which] != was:
        assert LINKS.check(found["file"], found["expires"], found["signature"], NOW) is Standing.FORGED


def test_while_a_secret_is_replaced_both_verify_and_the_first_signs() -> None:
    both = Links(LINKS.public_url, keys_from(["newer", "new"]))
    assert both.check(*parts(LINKS.to("f-1", NOW)), NOW - timedelta(seconds=1)) is Standing.GOOD
    assert LINKS.check(*parts(both.to("f-1", NOW)), NOW) is Standing.FORGED
    assert "new" not in repr(both)


def test_a_file_is_one_by_what_it_came_with() -> None:
    given = [HandedIn("F1", "a.jpg"), HandedIn("F2", "b.pdf"), HandedIn("F1", "a.jpg")]
    files = expected("reply:r-1", "U0ANA", NOW, given)
    assert [file.id for file in files] == [file_id("reply:r-1", "F1"), file_id("reply:r-1", "F2")]
    assert file_id("reply:r-1", "F1") != file_id("outage:V1", "F1")
    assert [HandedIn.from_json(each.to_json()) for each in given] == given


@pytest.mark.parametrize(
    ("handed", "code"),
    [
        ([HandedIn(f"F{n}", "a.jpg") for n in range(11)], "too_many_files"),
        ([HandedIn("F1", "run.exe")], "file_type"),
        ([HandedIn("F1", "page.html")], "file_type"),
        ([HandedIn("F1", "picture.svg")], "file_type"),
        ([HandedIn("F1", "noending")], "file_type"),
        ([HandedIn("F1", "a.jpg.html")], "file_type"),
        ([HandedIn("F1", "A.JPG", MB + 1)], "file_too_large"),
    ],
)
def test_what_is_not_taken_is_refused_at_its_input(handed: list[HandedIn], code: str) -> None:
    with pytest.raises(Refusal) as why:
        must_fit(handed, FileRules(largest=MB), "field:attachment")
    assert (why.value.code, why.value.facts["block"]) == (code, "field:attachment")
    must_fit([HandedIn("F1", "A.JPG", MB)], FileRules(largest=MB), "field:attachment")


def test_a_type_is_ours_to_say() -> None:
    assert mime_of("Bill.PDF") == "application/pdf"
    assert mime_of("x.html") == mime_of("x") == "application/octet-stream"
