"""What profiles may say of promises, what an answer pins of it, and from when its time counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coopbot.domain.pledge import Pledge, PromiseRules, pinned
from coopbot.domain.profile import Profile, parse
from coopbot.domain.promise import promises
from coopbot.domain.scene import Preset
from coopbot.domain.work_order import Kind
from coopbot.errors import Misconfigured
from tests.support.clockwork import BUILTIN, at, rules, tables
from tests.support.world import an_order, entry, queued

NAME = {"zh-CN": "退款", "en": "refund"}
RULES = PromiseRules()


def with_preset(**more: Any) -> Profile:
    data = tables("jd-pop")
    data["scenes"]["other"]["presets"] = [{"code": "x", "labels": NAME, "text": "好的，我们会处理", **more}]
    return parse(data, "jd-pop")


@pytest.mark.parametrize(
    ("more", "path", "why"),
    [
        ({"promises": {}}, "promises.within", "is missing"),
        ({"promises": {"within": "24h"}, "requires": ["promised_at"]}, "promises.within", "is not needed"),
        ({"promises": {"within": "soon"}}, "promises.within", "not a duration"),
        ({"promises": {"within": "0s"}}, "promises.within", "longer than nothing"),
        ({"promises": {"within": "24h", "clock": "moon"}}, "promises.clock", "one of working, wall"),
        ({"promises": {"within": "24h", "what": {"en": "refund"}}}, "promises.what.zh-CN", "is missing"),
        ({"promises": {"within": "24h", "by": "me"}}, "promises.by", "is unknown here"),
    ],
)
def test_a_slip_in_a_preset_is_named(more: dict[str, Any], path: str, why: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        with_preset(**more)
    (mistake,) = caught.value.mistakes
    assert mistake.key == f"scenes.other.presets[0].{path}"
    assert why in mistake.message


def test_a_slip_in_the_reminders_is_named() -> None:
    data = tables("jd-pop")
    data["promises"] = {"remind_before": ["2h", "soon"]}
    with pytest.raises(Misconfigured) as caught:
        parse(data, "jd-pop")
    assert [mistake.key for mistake in caught.value.mistakes] == ["promises.remind_before"]


@pytest.mark.parametrize("name", BUILTIN)
def test_what_a_built_in_profile_promises_has_a_name_in_both_languages(name: str) -> None:
    presets = [preset for scene in rules(name).scenes.values() for preset in scene.presets]
    for preset in presets:
        if "promised_at" in preset.requires:
            assert preset.promises is not None, preset.code
            assert set(preset.promises.what) == {"zh-CN", "en"}, preset.code


def test_the_authors_time_goes_before_the_presets() -> None:
    preset = Preset("x", NAME, "", promises=Pledge({}, timedelta(hours=24)))
    assert pinned(preset, {}, RULES) == {"what": NAME, "within_s": 86400, "clock": "wall"}
    until = {"promised_at": "2026-11-24T10:00:00Z"}
    assert pinned(preset, until, RULES) == {"what": NAME, "until": "2026-11-24T10:00:00+00:00"}
    assert pinned(None, until, RULES) == {"what": {}, "until": "2026-11-24T10:00:00+00:00"}


@pytest.mark.parametrize("fields", [{}, {"promised_at": ""}, {"promised_at": "soon"}, {"promised_at": "2026-11-24"}])
def test_what_names_no_instant_promises_nothing(fields: dict[str, str]) -> None:
    assert pinned(Preset("x", NAME, ""), fields, RULES) is None


@pytest.mark.parametrize(
    ("clock", "taken", "due"),
    [
        ("wall", "2026-11-23 18:00", "2026-11-23 22:00"),
        ("working", "2026-11-23 18:00", "2026-11-24 12:00"),
        ("working", "2026-11-23 20:00", "2026-11-24 13:00"),
    ],
)
def test_its_time_counts_from_when_the_platform_took_it(clock: str, taken: str, due: str) -> None:
    pledge = {"what": NAME, "within_s": 4 * 3600, "clock": clock}
    delivered = entry(Kind.REPLY_DELIVERED, at(taken), reply_id="r1")
    order = an_order(at("2026-11-23 09:00"), queued("r1", at("2026-11-23 10:00"), promise=pledge), delivered)
    (promise,) = promises(order, rules(), at("2026-11-23 21:00"))
    assert promise.due_at == at(due)
