"""The team's templates, for its leads: the list, the form, and a preview on a real order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coopbot.domain import wording
from coopbot.domain.profile import Profile
from coopbot.domain.scene import ORDER_FIELDS
from coopbot.domain.seen import Seen
from coopbot.domain.team import Desk, Team
from coopbot.domain.template import MOST_NAME, Template
from coopbot.errors import Refusal
from coopbot.ports import Translate
from coopbot.views import headline, ids
from coopbot.views.blocks import Block, actions, button, context, field, modal, option, overflow, quote, section, select
from coopbot.views.pen import Pen, label, msgid
from coopbot.views.refusal import field_name, refusal
from coopbot.views.text import clip, short_escaped

SHOWN = 40
"""With a section each inside Slack's 100 blocks of a modal."""
LANGUAGES = {"zh-CN": msgid("Chinese"), "en": msgid("English")}


def home_buttons(teams: Sequence[Team], t: Translate) -> Sequence[Block]:
    """One button for each team that the reader leads."""
    named = [(team.name, t("Templates of {team}…", team=team.name)) for team in teams[:5]]
    return [
        actions([button(text, ids.TEMPLATES, name)], f"{ids.TEMPLATES}{index}")
        for index, (name, text) in enumerate(named)
    ]


def templates_modal(
    team: Team, templates: Sequence[Template], uses: Mapping[str, int], rules: Profile, t: Translate, *, said: str = ""
) -> Block:
    """Every template with what it is for, how often it was sent, and what can be done with it; ``said`` comes first."""
    rows: list[Block] = []
    for template in templates[:SHOWN]:
        about = " · ".join([*_scope(template, rules, t), _uses(uses.get(template.code, 0), t)])
        name = short_escaped(template.name, MOST_NAME)
        mark = f"~{name}~ · {t('retired')}" if template.retired else f"*{name}*"
        menu = overflow(ids.TEMPLATE_DO, _menu(template, t))
        rows.append(section(f"{mark}\n{about}\n{short_escaped(template.text, 150)}", menu))
    if not rows:
        rows.append(section(t("No templates yet: the platform's and the rules' own answers are offered.")))
    new = button(t("New template…"), ids.TEMPLATE_NEW, team.name, style="primary")
    save, take = button(t("Save as a file"), ids.TEMPLATE_EXPORT), button(t("From a file…"), ids.TEMPLATE_IMPORT)
    row = [new, *([save] if templates else []), take]
    blocks = [*([section(said)] if said else []), actions(row, ids.TEMPLATE_NEW), *rows]
    return modal(t("Templates"), blocks, close=t("Close"), metadata=team.name)


def template_modal(
    team: Team, rules: Profile, shops: Mapping[str, str], t: Translate, template: Template | None = None
) -> Block:
    """The form. ``shops`` are the team's, name by id; ``template`` is what stands there already."""
    now = template or Template("", "", "")
    text: Block = {"type": "plain_text_input", "action_id": ids.TEMPLATE_TEXT, "multiline": True, "max_length": 3000}
    name: Block = {"type": "plain_text_input", "action_id": ids.TEMPLATE_NAME, "max_length": MOST_NAME}
    for element, value in ((name, now.name), (text, now.text)):
        if value:
            element["initial_value"] = value
    known = ", ".join(f"{{{each}}}" for each in ORDER_FIELDS)
    hint = t("{known} come from the order. Any other {name} is asked for.", known=known, name="{name}")
    scenes = {code: label(scene.labels, t, code) for code, scene in rules.scenes.items()}
    languages = {code: t(name) for code, name in LANGUAGES.items()}
    blocks = [
        field(t("Name on the button"), name, ids.TEMPLATE_NAME),
        field(t("Text for the platform"), text, ids.TEMPLATE_TEXT, hint=hint),
        _choice(t("Only for the scene"), ids.TEMPLATE_SCENE, scenes, now.scene, t),
    ]
    if len(shops) > 1:
        blocks.append(_choice(t("Only for the shop"), ids.TEMPLATE_SHOP, shops, now.shop, t))
    blocks.append(
        _choice(t("Only where the platform's language is"), ids.TEMPLATE_LANGUAGE, languages, now.language, t)
    )
    within: Block = {"type": "plain_text_input", "action_id": ids.TEMPLATE_WITHIN, "max_length": 20}
    if now.within:
        within["initial_value"] = now.within
    hint = t("Such as 24h or 2d, from the moment the platform has it. Its author is reminded.")
    blocks.append(field(t("Promises something within"), within, ids.TEMPLATE_WITHIN, optional=True, hint=hint))
    return modal(
        t("Edit template") if now.code else t("New template"),
        blocks,
        close=t("Back"),
        submit=t("Save"),
        callback_id=ids.TEMPLATE_MODAL,
        metadata=f"{team.name}|{now.code}|{template.mark if template else ''}",
    )


def preview_modal(template: Template, seen: Seen | None, t: Translate) -> Block:
    """What it would say on ``seen``, what a person would still fill in being a blank."""
    if seen is None:
        blocks = [
            section(t("No open order fits it now. The text as it stands:")),
            quote(clip(template.text, 3000).text),
        ]
    else:
        pen = Pen.of(seen, t)
        about = f"{headline.badge(seen, pen)} · {headline.subject(seen, pen)} · {headline.number(seen, pen)}"
        text = wording.preview(template.preset, seen.order)
        blocks = [section(f"{t('On this order:')} {about}"), quote(clip(text, 3000).text)]
        asked = wording.needed(template.preset, seen.order)
        if asked:
            names = t(", ").join(field_name(name, t, seen.rules.field(name).labels) for name in asked)
            blocks.append(context(t("Asked for: {fields}", fields=short_escaped(names, 300))))
    return modal(t("Preview"), blocks, close=t("Back"))


def saved_as_file(t: Translate) -> str:
    """Stands over the list once the file is on its way."""
    return t("The file comes to you in a direct message.")


def handed_over(n: int, team: Team, t: Translate) -> str:
    """Goes with the file."""
    if n == 1:
        return t("1 template of {team}, as JSON.", team=team.name)
    return t("{n} templates of {team}, as JSON.", n=n, team=team.name)


def file_modal(team: str, t: Translate) -> Block:
    """Where the file is handed in."""
    element = {"type": "file_input", "action_id": ids.TEMPLATE_FILE, "filetypes": ["json"], "max_files": 1}
    hint = t("JSON, as saved from here. One with a known code is replaced. All of it is taken, or nothing.")
    return modal(
        t("Templates from a file"),
        [field(t("File"), element, ids.TEMPLATE_FILE, hint=hint)],
        close=t("Back"),
        submit=t("Take in"),
        callback_id=ids.TEMPLATE_FILE_MODAL,
        metadata=team,
    )


def taken_modal(n: int, faults: Sequence[tuple[int, Refusal]], t: Translate) -> Block:
    """What became of the file: how many were taken, or every mistake and nothing taken."""
    if faults:
        lines = [t("{n}. {why}", n=index + 1, why=refusal(why.code, why.facts, t)) for index, why in faults[:SHOWN]]
        first = t("Nothing was taken. Mend these entries of the file, then try again:")
        blocks = [section(first), *(section(line) for line in lines)]
    else:
        blocks = [section(t("1 template was taken in.") if n == 1 else t("{n} templates were taken in.", n=n))]
    return modal(t("Templates from a file"), blocks, close=t("Back"))


def read_template(values: Mapping[str, Any], code: str) -> Template:
    """The form as it was filled in."""

    def said(name: str) -> str:
        element: Mapping[str, Any] = next(iter((values.get(name) or {}).values()), {}) or {}
        chosen = (element.get("selected_option") or {}).get("value")
        return str(chosen or element.get("value") or "").strip()

    return Template(
        code=code,
        name=said(ids.TEMPLATE_NAME),
        text=said(ids.TEMPLATE_TEXT),
        scene=said(ids.TEMPLATE_SCENE),
        shop=said(ids.TEMPLATE_SHOP),
        language=said(ids.TEMPLATE_LANGUAGE),
        within=said(ids.TEMPLATE_WITHIN),
    )


def shops_of(desk: Desk, team: Team) -> dict[str, str]:
    return {shop.shop_id: desk.shop_names.get(shop, shop.shop_id) for shop in sorted(team.shops)}


def _menu(template: Template, t: Translate) -> Sequence[Block]:
    code = template.code
    keep = t("Offer again") if template.retired else t("Retire")
    return [
        option(t("Edit…"), f"edit|{code}"),
        option(t("Preview…"), f"preview|{code}"),
        option(keep, f"retire|{code}"),
    ]


def _scope(template: Template, rules: Profile, t: Translate) -> list[str]:
    scene = rules.scenes.get(template.scene)
    parts = [short_escaped(label(scene.labels, t, template.scene), 60) if scene else t("every scene")]
    if template.shop:
        parts.append(t("shop {shop}", shop=short_escaped(template.shop, 40)))
    if template.within:
        parts.append(t("promised within {span}", span=short_escaped(template.within, 20)))
    if template.language:
        known = LANGUAGES.get(template.language)
        parts.append(t(known) if known else short_escaped(template.language, 20))
    return parts


def _uses(n: int, t: Translate) -> str:
    return t("sent once") if n == 1 else t("sent {n} times", n=n)


def _choice(name: str, block_id: str, options: Mapping[str, str], chosen: str, t: Translate) -> Block:
    values = list(options)
    initial = values.index(chosen) if chosen in options else -1
    listed = [option(text, value) for value, text in options.items()]
    menu = select(block_id, t("Any"), listed, initial=initial)
    return field(name, menu, block_id, optional=True)
