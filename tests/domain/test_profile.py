"""Profiles as data: all mistakes at once, names in two languages, a stored form, and how sure each value is."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from coopbot.domain.profile import Profile, parse
from coopbot.domain.sureness import LEVELS, unmarked
from coopbot.errors import Misconfigured
from tests.support.clockwork import BUILTIN, at, holidays, rules, tables


@pytest.mark.parametrize("name", BUILTIN)
def test_every_profile_that_ships_is_whole(name: str) -> None:
    profile = rules(name)
    assert profile.name == name
    assert len({klass.priority for klass in profile.classes.values()}) == len(profile.classes)
    for code in profile.classes:
        ladder = profile.ladder(code)
        assert [rung.position for rung in ladder] == list(range(len(ladder)))
        assert any(rung.is_breach for rung in ladder)
    assert profile.merchant_type("POP_SOP") is not None
    assert profile.order_class("crc") is not None
    assert profile.order_class("general") is not None
    assert profile.refused_kind("dispute") is not None
    assert "late" in profile.penalties.offences


@pytest.mark.parametrize("name", [name for name in BUILTIN if name != "template"])
def test_every_value_that_ships_says_how_sure_it_is(name: str) -> None:
    assert unmarked(rules(name).data, rules(name).sources) == []
    assert {mark.level for mark in rules(name).sources.values()} <= set(LEVELS)


@pytest.mark.parametrize("name", [name for name in BUILTIN if name != "template"])
def test_ready_answers_are_effective_and_fit(name: str) -> None:
    profile = rules(name)
    for scene in profile.scenes.values():
        for preset in profile.presets(scene.code):
            assert profile.effectiveness.shortcomings(preset.text, profile.reply_max // 2, profile.reply_unit) == ()


@pytest.mark.parametrize("name", BUILTIN)
def test_the_stored_form_is_the_same_profile(name: str) -> None:
    profile = rules(name)
    stored = parse(json.loads(profile.content), "the store")
    assert stored == profile
    assert stored.content == profile.content
    assert stored.working == profile.working
    assert stored.wall == profile.wall


SHIPPED = {
    "jd-pop": ("2026.12", "912504207ac3"),
    "weixin-shop": ("2026.12", "40dab5cd7c9b"),
    "amazon-a-to-z": ("2026.12", "578cbddcd86b"),
    "shopee": ("2026.12", "dca59b9c1682"),
    "lazada": ("2026.12", "06bf2c8a61cc"),
}
"""Version and digest of the rules that ship. Orders are pinned to them: a shop that has one of these versions could not
start with other rules under the same name (coopbot.services.profiles.pin)."""


@pytest.mark.parametrize("name", SHIPPED)
def test_rules_that_changed_have_another_version(name: str) -> None:
    assert (rules(name).version, rules(name).digest[:12]) == SHIPPED[name], "changed: it needs a new version"


def test_any_change_is_another_profile() -> None:
    data = tables("jd-pop")
    data["claims"]["expire_after"] = "31m"
    assert parse(data, "changed") != rules("jd-pop")
    assert parse(tables("jd-pop"), "again") == rules("jd-pop")


def test_the_default_profile_says_what_the_rules_say() -> None:
    jd = rules("jd-pop")
    crc, general = jd.classes["crc"], jd.classes["general"]
    assert (crc.clock, crc.budget, crc.priority, crc.mentions_on_card) == ("working", timedelta(hours=4), 0, True)
    assert (general.clock, general.budget, general.mentions_on_card) == ("wall", timedelta(hours=24), False)
    assert (jd.reply_max, jd.reply_unit, jd.reply_length("已联系快递")) == (1000, "gbk_bytes", 10)
    assert (jd.after_rejection, jd.pauses_clock) == ("original", False)
    assert [rung.key for rung in jd.ladder("crc")] == ["backup", "lead", "manager", "75", "90", "breach"]
    assert [rung.channel for rung in jd.ladder("general")] == ["thread", "channel", "channel", "channel"]
    assert len(jd.refused_business_lines) == 7
    assert jd.penalties.warnings_before_fine == 1
    assert jd.penalties.offences["late"].points is None
    assert not jd.penalties.offences["late"].money.is_known
    top = jd.penalties.tracks["serious"].nodes[-1].money
    assert (top.fixed, top.share_of_deposit) == (100_000_00, 10_000)


def test_how_sure_a_value_is_comes_from_the_nearest_mark() -> None:
    jd = rules("jd-pop")
    assert jd.sure("classes.crc.budget").level == "given"
    assert jd.sure("classes.general.clock").is_assumed
    assert jd.sure("scenes.invoice.presets").is_assumed
    assert jd.sure("penalties.tracks.serious.nodes").level == "secondary"
    assert jd.sure("nothing.of.the.kind").source == "not marked in the profile"


@pytest.mark.parametrize("name", ["urge_shipping", "催发货", " 催促发货 ", "URGE SHIPPING"])
def test_a_scene_has_many_names(name: str) -> None:
    assert rules("jd-pop").scene(name).code == "urge_shipping"


def test_an_unknown_scene_is_general_and_keeps_the_platforms_word() -> None:
    scene = rules("jd-pop").scene("以旧换新")
    assert (scene.code, scene.known, dict(scene.labels)) == ("other", False, {"zh-CN": "以旧换新", "en": "以旧换新"})
    assert [preset.code for preset in rules("jd-pop").presets("以旧换新")] == ["contacted", "unreachable"]


def test_the_general_answers_follow_those_of_the_scene() -> None:
    codes = [preset.code for preset in rules("jd-pop").presets("invoice")]
    assert codes == ["invoice_issued", "invoice_by", "invoice_redone", "contacted", "unreachable"]


def test_lines_types_and_kinds_by_any_name() -> None:
    jd = rules("jd-pop")
    for name in ("paipai", "拍拍二手", "拍拍"):
        line = jd.business_line(name)
        assert line is not None
        assert not line.accepted
        assert line.where["zh-CN"]
    assert jd.business_line("服装") is None
    sop, dispute = jd.merchant_type("sop"), jd.refused_kind("纠纷")
    assert sop is not None
    assert sop.accepted
    assert jd.merchant_type("FBP") is None
    assert dispute is not None
    assert dispute.reason["en"] == "A dispute is no work order"


def test_the_template_shows_dated_hours() -> None:
    template = rules("template")
    assert not template.working.is_open(at("2026-10-01 10:00"))  # a holiday
    assert template.working.is_open(at("2026-10-10 14:00"))  # a Saturday worked in its place
    assert template.working.is_open(at("2027-02-12 11:00"))  # an extra opening inside of a pause
    assert not template.working.is_open(at("2027-02-12 14:00"))
    assert template.wall.next_open(at("2027-02-05 00:00")) == at("2027-02-13 00:00")
    assert template.known_until == date(2026, 12, 31)
    assert dict(template.dated["国庆节"]) == {"zh-CN": "国庆节", "en": "National Day"}


def _without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda data: data.pop(key)


def _put(path: str, value: Any) -> Callable[[dict[str, Any]], object]:
    def change(data: dict[str, Any]) -> None:
        *above, last = path.split("/")
        for key in above:
            data = data[int(key)] if isinstance(data, list) else data.setdefault(key, {})
        data[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "key", "says"),
    [
        (_without("name"), "name", "is missing"),
        (_without("working"), "working", "is missing"),
        (_without("classes"), "classes", "is missing"),
        (_put("zone", "Asia/Peking"), "zone", "IANA"),
        (_put("zone", 8), "zone", "must be a text"),
        (_put("working/hours", "Mon-Sun 19:00-09:00"), "working.hours", "ends before it starts"),
        (_put("working/hours", ""), "working.hours", "must not be empty"),
        (_put("working/holidays", ["mars"]), "working.holidays", "no holiday set 'mars'"),
        (_put("working/pauses", [{"from": date(2027, 1, 2), "to": date(2027, 1, 1)}]), "working.pauses[0].to", "ends"),
        (_put("working/pauses", [{"from": "soon", "to": "2027-01-01"}]), "working.pauses[0].from", "is not a date"),
        (
            _put("working/pauses", [{"from": "2027-01-01", "to": "2099-01-01"}]),
            "working.pauses[0].to",
            "more than 366 days",
        ),
        (_put("working/extra", [{"date": "2027-01-01", "hours": "10-12"}]), "working.extra[0].hours", "is not hours"),
        (_put("classes/crc/budget", "four hours"), "classes.crc.budget", "is not a duration"),
        (_put("classes/crc/budget", "-4h"), "classes.crc.budget", "is not a duration"),
        (_put("classes/crc/budget", "0h"), "classes.crc.budget", "longer than nothing"),
        (_put("classes/crc/clock", "moon"), "classes.crc.clock", "one of working, wall"),
        (_put("classes/crc/prio", 3), "classes.crc.prio", "is unknown here; did you mean 'priority'?"),
        (_put("classes/crc/targets/lunch", {"budget": "1h"}), "classes.crc.targets.lunch", "is no target"),
        (_put("classes/crc/labels", {"en": "CRC"}), "classes.crc.labels.zh-CN", "is missing"),
        (_put("classes/general/aliases", ["crc"]), "classes.general.aliases", "already names crc"),
        (_put("after_rejection", "fresh:soon"), "after_rejection", "'original' or such as 'fresh:24h'"),
        (_put("reply/max", -1), "reply.max", "at least 1"),
        (_put("reply/max", True), "reply.max", "must be a whole number"),
        (_put("reply/unit", "bytes"), "reply.unit", "gbk_bytes, utf8_bytes, characters"),
        (_put("ladders/*/0/at", "half"), "ladders.*[0].at", "is not a moment"),
        (_put("ladders/*/0/key", "75"), "ladders.*[1].key", "stands twice"),
        (_put("ladders/*/0/mentions", ["boss"]), "ladders.*[0].mentions", "'boss' is not one of"),
        (_put("ladders/*/0/only_if", ["raining"]), "ladders.*[0].only_if", "'raining' is not one of"),
        (_put("ladders/vip", []), "ladders.vip", "is unknown here"),
        (_put("scenes/gift/presets/0/text", "补发 {color}"), "scenes.gift.presets[0].text", "{color} is filled by"),
        (_put("scenes/gift/presets/0/code", "gift_instead"), "scenes.gift.presets", "stands twice"),
        (_put("scenes/other", None), "scenes.other", "must be a table"),
        (_put("penalties/offences/late/track", "x"), "penalties.offences.late.track", "is not one of general"),
        (_put("penalties/tracks/general/reset", "rolling"), "penalties.tracks.general.points_live", "rolling"),
        (_put("penalties/settlement_cut_day", 32), "penalties.settlement_cut_day", "1 to 31"),
        (_put("sureness/zone", "surely"), "sureness.zone", "level: source"),
        (_put("sureness/zome", "fact: x"), "sureness.zome", "does not have"),
        (_put("business_lines/paipai/where", {}), "business_lines.paipai.where.en", "is missing"),
    ],
)
def test_a_mistake_names_its_key_and_what_is_allowed(
    change: Callable[[dict[str, Any]], object], key: str, says: str
) -> None:
    data = tables("jd-pop")
    change(data)
    with pytest.raises(Misconfigured) as caught:
        parse(data, "bad.toml", holidays())
    found = {mistake.key: mistake.message for mistake in caught.value.mistakes}
    assert key in found
    assert says in found[key]


def test_all_mistakes_are_reported_together() -> None:
    data = tables("jd-pop")
    data["zone"] = "Nowhere"
    data["working"]["hours"] = "Mon 19:00-09:00"
    data["classes"]["crc"]["budget"] = "soon"
    data["typo"] = 1
    with pytest.raises(Misconfigured) as caught:
        parse(data, "bad.toml")
    assert {mistake.key for mistake in caught.value.mistakes} == {
        "zone", "working.hours", "classes.crc.budget", "typo",
    }  # fmt: skip
    assert str(caught.value).startswith("bad.toml\n")


def test_nothing_at_all_is_a_list_of_mistakes_and_no_crash() -> None:
    for nonsense in ({}, {"working": 1, "classes": [], "scenes": "x", "ladders": 3, "sureness": 4, "penalties": []}):
        with pytest.raises(Misconfigured):
            parse(nonsense, "nonsense.toml")


JUNK = (None, 1, -1, True, 1.5, "", "x", [], ["x"], [1], {}, {"x": 1}, [{}], "fresh:", "9" * 400 + "h", "99999d")


def _places(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield (*above, key)
        if isinstance(value, dict | list):
            yield from _places(value, (*above, key))


def test_junk_anywhere_is_a_mistake_or_allowed_but_never_a_crash() -> None:
    every = [(place, junk) for place in _places(tables("template")) for junk in JUNK]
    refused = 0
    for place, junk in random.Random(4).sample(every, 300):
        data: Any = tables("template")
        table = data
        for key in place[:-1]:
            table = table[key]
        table[place[-1]] = copy.deepcopy(junk)
        try:
            parse(data, "junk.toml", holidays())
        except Misconfigured as error:
            refused += bool(error.mistakes)
    assert refused > 200


def test_shopee_and_lazada_hold_their_points() -> None:
    shopee, lazada = (rules(name).penalties.tracks["points"] for name in ("shopee", "lazada"))
    assert [node.points for node in shopee.nodes] == [3, 6, 9, 12, 15]
    assert {node.lasts for node in shopee.nodes} == {timedelta(days=28)}
    assert (shopee.reset.kind, shopee.reset.on, shopee.assessed) == ("quarterly", "first_monday", "weekly")
    assert [node.points for node in lazada.nodes] == [12, 24, 36, 48]
    assert (lazada.reset.kind, lazada.reset.after) == ("rolling", timedelta(days=365))
    amazon: Profile = rules("amazon-a-to-z")
    assert {code: rate.below for code, rate in amazon.penalties.rates.items()} == {
        "order_defects": 100,
        "cancellations": 250,
        "late_shipments": 400,
    }
