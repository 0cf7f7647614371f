"""``/coop oncall``: who is on call, who is next, one's own shifts, gaps; and how often people were named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from coopbot.domain.roster import Span
from coopbot.domain.rota import Duty
from coopbot.domain.team import Team
from coopbot.domain.windows import Window
from coopbot.ports import Message, Translate
from coopbot.views.blocks import Block, context, section
from coopbot.views.headline import lock_screen
from coopbot.views.pen import Pen, sentences

MOST = 10


class Rota(Protocol):
    @property
    def team(self) -> Team: ...
    @property
    def user(self) -> str: ...
    @property
    def now(self) -> Duty: ...
    @property
    def next(self) -> tuple[datetime, Duty] | None: ...
    @property
    def mine(self) -> Sequence[Span]: ...
    @property
    def gaps(self) -> Sequence[Window]: ...
    @property
    def names(self) -> Mapping[str, str]: ...


class Named(Protocol):
    @property
    def user(self) -> str: ...
    @property
    def times(self) -> int: ...
    @property
    def at_night(self) -> int: ...


def oncall(rota: Rota, t: Translate, now: datetime) -> Message:
    """Now, next, one's own next shift, and hours ahead that nobody has."""
    pen = Pen(t, now, rota.team.hours.zone, rota.names, private=True)
    blocks: list[Block] = [section("\n".join([f"*{_now(rota, pen)}*", _next(rota, pen)]))]
    own = mine_line(rota.mine[0], rota.user, pen) if rota.mine else t("You are not on the rota for the next two weeks.")
    blocks.append(section(own))
    if rota.gaps:
        gaps = t("; ").join(_stretch(gap.start, gap.end, pen) for gap in rota.gaps[:3])
        blocks.append(context(t("Nobody is on call: {when}", when=gaps)))
    plain = pen.for_fallback
    return Message(text=lock_screen(_now(rota, plain)), blocks=blocks)


def mine(rota: Rota, t: Translate, now: datetime) -> Message:
    """One's own shifts of the next two weeks."""
    pen = Pen(t, now, rota.team.hours.zone, rota.names, private=True)
    if not rota.mine:
        none = t("You are not on the rota for the next two weeks.")
        return Message(text=none, blocks=[section(none)])
    lines = [mine_line(span, rota.user, pen) for span in rota.mine[:MOST]]
    if len(rota.mine) > MOST:
        lines.append(t("and {n} more shifts", n=len(rota.mine) - MOST))
    text = mine_line(rota.mine[0], rota.user, pen.for_fallback)
    return Message(text=lock_screen(text), blocks=[section("\n".join(lines))])


def stats(team: Team, named: Sequence[Named], names: Mapping[str, str], t: Translate) -> Message:
    """Of the last 30 days, by person: how often named, and how often of that outside the team's hours."""
    pen = Pen(t, names=names, private=True)
    first = t("Nobody of {team} was mentioned in the last 30 days.", team=pen.text(team.name, 60))
    if named:
        first = t("Mentions in {team}, last 30 days", team=pen.text(team.name, 60))
    lines = [
        t(
            "{who}: {n}, {night} of them outside working hours",
            who=_whom(each.user, pen),
            n=each.times,
            night=each.at_night,
        )
        for each in named[:30]
    ]
    return Message(text=lock_screen(first), blocks=[section("\n".join([f"*{first}*", *lines]))])


def mine_line(span: Span, user: str, pen: Pen) -> str:
    on_call = user in span.duty.who
    if pen.now is not None and span.start <= pen.now:
        until = pen.at(span.end)
        return pen.t("You are on call until {at}." if on_call else "You are the backup until {at}.", at=until)
    when = _stretch(span.start, span.end, pen)
    if on_call:
        return pen.t("You are on call {when}.", when=when)
    return pen.t("You are the backup {when}.", when=when)


def _whom(user: str, pen: Pen) -> str:
    if user.startswith("!"):
        return pen.t("everybody")
    return pen.who(user)


def _stretch(start: datetime, end: datetime, pen: Pen) -> str:
    return pen.t("{start} to {end}", start=pen.at(start), end=pen.end(end, start))


def _now(rota: Rota, pen: Pen) -> str:
    if not rota.now.who:
        return pen.t("Nobody is on call now.")
    said = pen.t("On call now: {who}.", who=pen.whos(rota.now.who))
    if rota.now.until is not None:
        said = pen.t("On call now: {who}, until {at}.", who=pen.whos(rota.now.who), at=pen.at(rota.now.until))
    return said


def _next(rota: Rota, pen: Pen) -> str:
    backup = pen.t("Backup: {who}.", who=pen.whos(rota.now.backup)) if rota.now.backup else ""
    if rota.next is None:
        return sentences(pen.t, backup, pen.t("Nobody after that in the next two weeks."))
    at, duty = rota.next
    after = pen.t("Next on shift: {who}, {at}.", who=pen.whos(duty.who), at=pen.at(at))
    return sentences(pen.t, backup, after)
