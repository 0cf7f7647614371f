"""The templates' modals and the second step: Slack takes them with the worst that people write, in both languages."""

from __future__ import annotations

import pytest

from coopbot.domain.sensitive import Sensitive
from coopbot.domain.template import Template
from coopbot.errors import Refusal
from coopbot.views import error
from coopbot.views.ask_again import ask_again_modal
from coopbot.views.templates import (
    file_modal,
    handed_over,
    home_buttons,
    preview_modal,
    read_template,
    saved_as_file,
    taken_modal,
    template_modal,
    templates_modal,
)
from tests.support.block_kit import faults, mrkdwn, view_faults
from tests.support.world import a_team, jd_pop
from tests.views.orders import LANGUAGES, NASTY, NASTY_LONG, nasty, seen

BAD = Template("t-1", NASTY[:70], NASTY_LONG, scene="invoice", shop=NASTY, language="en")
MANY = [BAD, *(Template(f"t-{n}", f"{n}", "x", retired=n % 2 == 0, language="fr") for n in range(60))]
TEAM = a_team(name=NASTY[:60])


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_slack_takes_them(language: str) -> None:
    t = LANGUAGES[language]
    views = [
        templates_modal(TEAM, MANY, {"t-1": 1, "t-2": 20}, jd_pop(), t),
        templates_modal(TEAM, [], {}, jd_pop(), t, said=saved_as_file(t)),
        file_modal(TEAM.name, t),
        taken_modal(1, (), t),
        taken_modal(0, [(n, Refusal("template_brace", block="template_text")) for n in range(200)], t),
        template_modal(TEAM, jd_pop(), {"1": NASTY, "2": "b"}, t, BAD),
        template_modal(TEAM, jd_pop(), {}, t),
        preview_modal(BAD, nasty(), t),
        preview_modal(BAD, None, t),
        ask_again_modal(nasty(), NASTY_LONG, "0" * 16, Sensitive(10**12), t),
    ]
    views.append(
        error.above(
            {**views[-1], "blocks": [{**each, "block_id": "x"} for each in views[-1]["blocks"][:1]]}, "<!channel>"
        )
    )
    for view in views:
        assert view_faults(view) == []
        assert not [text for text in mrkdwn(view) if "<!channel>" in text or "<@U1>" in text]
    assert handed_over(1, TEAM, t) != handed_over(2, TEAM, t)
    assert faults("x", home_buttons([TEAM] * 9, t)) == []


def test_the_form_is_read_as_it_was_filled_in() -> None:
    values = {
        "template_name": {"template_name": {"value": " 今晚补发 "}},
        "template_text": {"template_text": {"value": "x"}},
        "template_scene": {"template_scene": {"selected_option": {"value": "invoice"}}},
        "template_language": {"template_language": {"selected_option": None}},
    }
    assert read_template(values, "t-1") == Template("t-1", "今晚补发", "x", scene="invoice")


def test_a_sentence_stands_above_once_however_often_it_is_said() -> None:
    view = ask_again_modal(seen(), "x", "0", Sensitive(), LANGUAGES["en"])
    again = error.above(error.above(view, "first"), "second")
    assert [block.get("block_id") for block in again["blocks"]].count("error") == 1
    assert again["blocks"][1:] == view["blocks"]
    assert again["private_metadata"] == view["private_metadata"]
