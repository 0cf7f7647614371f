"""Events about who is in a channel or group, in any order and twice: who is in it is as if they had come in turn."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from coopbot.domain.heard import KEPT_S, Heard

USERS = ("U1", "U2", "U3")
Event = tuple[str, str, bool] | tuple[str, frozenset[str], bool]
"""A moment, whom it is about (one, or all that are in it), and whether they came."""


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    one = st.tuples(st.sampled_from(USERS), st.booleans())
    everybody = st.tuples(st.frozensets(st.sampled_from(USERS)), st.just(True))
    events = draw(st.lists(one | everybody, max_size=12))
    return [(f"{1_795_844_320 + n // 3}.{n:06}", *event) for n, event in enumerate(events)]


def told(events: Sequence[Event]) -> frozenset[str]:
    heard, members = Heard(), frozenset[str]()
    for at, about, came in events:
        if isinstance(about, str):
            newer = heard.of_one(about, at)
            if newer is not None:
                members = members | {about} if came else members - {about}
        else:
            newer = heard.of_all(at)
            if newer is not None:
                members = newer.settled(about, members)
        heard = newer or heard
    return members


@given(histories(), st.data())
def test_any_sequence_comes_to_the_same(history: list[Event], data: st.DataObject) -> None:
    last: dict[str, bool] = {}
    for _, about, came in history:
        last |= {about: came} if isinstance(about, str) else {user: user in about for user in USERS}
    expected = frozenset(user for user, here in last.items() if here)
    assert told(data.draw(st.permutations(history + history[::2]))) == expected


def test_what_is_long_past_is_forgotten() -> None:
    heard = Heard().of_one("U1", "1000.000001")
    assert heard is not None
    later = heard.of_one("U2", f"{1000 + KEPT_S + 1}.000001")
    assert later is not None
    assert set(later.people) == {"U2"}
