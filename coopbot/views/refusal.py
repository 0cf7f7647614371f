"""A sentence for every refusal: what is so, and what to do instead. Never an error code for the one who clicked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from coopbot.ports import Translate
from coopbot.views import ids
from coopbot.views.attached import why_lost
from coopbot.views.pen import Pen, label, msgid, sentences
from coopbot.views.text import clean, clip

SENTENCES = {
    "order_closed": msgid("The platform closed this order at {at}; nothing left to do."),
    "order_voided": msgid("The platform voided this order at {at}; nothing left to do."),
    "order_timed_out": msgid("Too late: the platform took this order over at {at}. An outage can still be reported."),
    "order_answered_elsewhere": msgid("Answered in the console at {at}; nothing left to do."),
    "already_answered": msgid("{who} answered at {at}; nothing left to do."),
    "already_claimed": msgid("{who} has had it since {at}. A lead can take it over."),
    "claimed_by_other": msgid("{who} has had it since {at}. Ask for a hand-over; a lead can take it over."),
    "nobody_has_it": msgid("Nobody has this order; claim it first."),
    "not_now": msgid("That can't be done now; the card shows what can."),
    "no_reason": msgid("Say why, too: {hold}."),
    "already_paused": msgid("{who} has held it since {at} already; nothing left to do."),
    "not_paused": msgid("Nobody holds it; nothing left to do."),
    "not_your_reply": msgid("{who} wrote this answer: ask them, or a lead, to stop it."),
    "cannot_undo": msgid("Too late to stop it: the reply has left."),
    "own_answer": msgid("That is your own answer; somebody else approves it."),
    "only_approvers": msgid("Only somebody who may approve can do that. Ask {leads}."),
    "not_your_answer": msgid("Only {who} can do that: it is their answer."),
    "not_alone": msgid("{leads} can approve it; from {at} on you can send it alone."),
    "why_missing": msgid("Say why; it is kept with the order."),
    "approval_approved": msgid("{who} approved it at {at} already; nothing left to do."),
    "approval_declined": msgid("{who} declined it at {at} already; nothing left to do."),
    "approval_overridden": msgid("{who} sent it at {at} without approval; nothing left to do."),
    "approval_withdrawn": msgid(
        "This answer was withdrawn or replaced; nothing left to approve. The card shows where the order stands."
    ),
    "not_a_member": msgid("Only {team} can do that. Ask somebody there, or a lead to let you in."),
    "guest": msgid("Guests can read here, not act. Ask somebody of {team}."),
    "other_workspace": msgid("Only people of this workspace can act here. Ask a colleague of the team."),
    "not_under_a_card": msgid(
        "Use it on a colleague's message in the thread of an open order's card, not on this one."
    ),
    "members_unknown": msgid("Who is in {team} isn't known yet. Try again in a minute."),
    "no_team": msgid("You are in no team here. Ask a lead to let you in."),
    "only_leads": msgid("Only a lead can do that. Ask {leads}."),
    "only_owners": msgid(
        "The shop's account is for its managers and leads. What is at risk today is pinned in the channel."
    ),
    "unknown_penalty": msgid("There is no such penalty here. Check the number, or look at /coop penalties."),
    "penalty_gone": msgid("The platform has revoked this penalty already; nothing left to do."),
    "no_appeal": msgid("No appeal is recorded for this penalty; press Appealed first."),
    "no_exam": msgid(
        "An exam takes nothing away here: it works for points only, and only where the platform's rules say so."
        " Appeal instead."
    ),
    "exam_used": msgid("An exam was used for these points this year already; it is possible again next year."),
    "unknown_outage": msgid("There is no such outage report here. Report it anew with /coop outage."),
    "outage_granted_already": msgid("This outage is recorded as granted already; nothing left to do."),
    "unknown_order": msgid("There is no such order here. Check the number, or look at {command}."),
    "unknown_preset": msgid("The platform no longer offers this answer. Choose another, or write your own."),
    "unknown_shop": msgid("There is no shop {shop} here. Yours: {shops}."),
    "unknown_month": msgid("“{month}” is not one month. Write it like {example}."),
    "not_asked": msgid("That was too long ago. Go back and send it anew; the text is still there."),
    "template_name": msgid("A template needs a name of at most {limit} characters."),
    "template_twice": msgid("A template of that name is there already. Edit that one, or choose another name."),
    "templates_full": msgid("A team has at most {limit} templates in use. Retire one first."),
    "template_within": msgid("Write a length of time, such as 24h or 2d, or leave it empty."),
    "template_brace": msgid("A brace stands alone here. Braces are for placeholders only."),
    "template_changed": msgid("{who} has changed this template meanwhile. Keep your text and open the list again."),
    "no_template_file": msgid("That is no file of templates: it must be JSON, a list as it is saved from here."),
    "file_not_had": msgid("Slack did not hand the file over ({reason}). Try again."),
    "unknown_template": msgid("This template is gone. Open the list again."),
    "nothing_chosen": msgid("Choose at least one order."),
    "together_attachment": msgid("A file goes with one answer at a time: answer these orders one by one."),
    "changed_meanwhile": msgid("It has changed since you looked at it; the card shows how."),
    "empty_answer": msgid("Nothing is written yet: the answer is empty."),
    "too_long": msgid("Too long by {over} {unit}; the platform takes {limit}."),
    "missing_field": msgid("{field} is still missing."),
    "no_files_here": msgid(
        "This answer needs an attachment, and files can't be passed on from here: give it in the console. {where}"
    ),
    "too_many_files": msgid("At most {limit} files at once."),
    "file_type": msgid("{file} is of a type that can't be sent. Use one of: {types}."),
    "file_too_large": msgid("{file} is larger than {limit} MB. Make it smaller, or send it another way."),
    "field_short": msgid("{field}: at least {least} characters, please."),
    "field_long": msgid("{field}: {over} characters too many; at most {limit}."),
    "field_number": msgid("{field} must be a number, such as 3 or 2.5."),
    "field_amount": msgid("{field} must be an amount of money, such as 128.50."),
    "field_decimals": msgid("{field}: at most two decimals."),
    "field_below": msgid("{field} must be at least {least}."),
    "field_above": msgid("{field} must be at most {most}."),
    "field_date": msgid("{field} is no date; choose it once more."),
    "field_past": msgid("{field} has passed already; it must lie ahead."),
    "field_past_day": msgid("{field} must be a day after today."),
    "field_pattern": msgid("{field} doesn't look right; check it character by character."),
    "field_choice": msgid("{field}: choose one of those that are offered."),
    "placeholder_left": msgid("{hole} would go out as it stands. Put the word itself there, or use a template."),
    "not_effective_empty": msgid("Nothing is written yet: the answer is empty."),
    "not_effective_too_long": msgid("Too long by {over} {unit}; the platform takes {limit}."),
    "not_effective_too_short": msgid(
        "Too short to count: at least {least} letters or digits. Say what happens, and when."
    ),
    "not_effective_stock_phrase": msgid("A stock phrase alone doesn't count. Say what happens, and when."),
    "not_effective_banned_word": msgid("“{word}” is not allowed on this platform. Put it another way."),
    "since_in_future": msgid("The outage can't have begun in the future."),
    "end_in_future": msgid("It can't have ended in the future; come back when it is over."),
    "swap_with_self": msgid("That is you. Choose a colleague."),
    "not_your_shift": msgid("That shift is not yours any more. Look at /coop oncall mine."),
    "not_your_swap": msgid("Only the person who was asked can answer that; nothing for you to do here."),
    "swap_settled": msgid("That was settled already, or the shift is over. Look at /coop oncall."),
    "no_evidence": msgid("Say what shows it: a few words, a link or a tracking number."),
    "no_promise_reason": msgid("Say why it can't be kept."),
    "no_promise": msgid("There is no promise to keep on this order."),
    "promise_kept": msgid("{who} said at {at} that it was kept; nothing left to do."),
    "promise_broken": msgid("That promise counts as broken since {at}. Say in the thread what was done after that."),
    "promise_dropped": msgid("That promise fell away at {at}; nothing left to do."),
    "drill_running": msgid("A drill is running already; it ends by itself. Try again after that."),
    "drill_crc": msgid("A real CRC waits to be claimed: claim that one first, then drill."),
    "drill_over": msgid("The drill is over; nothing left to do."),
    "snooze_over": msgid("That time is over already."),
    "snooze_too_late": msgid("Reminders of this order can wait until {at} at the latest."),
    "snooze_no_time": msgid("Too little time is left to snooze it: answer it, or hand it over."),
    "snooze_once": msgid("An urgent order is snoozed once only, and was: answer it, or hand it over."),
    "quiet_always": msgid("Quiet hours must end some time in the week: leave out a day, or shorten them."),
    "quiet_zone": msgid("There is no such time zone. Write one such as Asia/Shanghai."),
    "shift_is_over": msgid("That time is over already."),
    "shift_too_long": msgid("That is longer than three months. Choose an earlier end."),
    "until_before_since": msgid("The end must be after the beginning."),
    "store_busy": msgid("Not saved; your text is still here. Try again. (error {id})"),
    "cannot_deliver": msgid("Slack didn't take it. Try again, or answer in the console. (error {id})"),
    "failed": msgid("Something went wrong; nothing was changed. Try again, or give the operator this id: {id}"),
}

WITHOUT = {
    "already_claimed": msgid("Somebody has it already; the card shows who."),
    "not_a_member": msgid("Only the team itself can do that. Ask somebody there."),
    "only_leads": msgid("Only a lead can do that."),
    "only_approvers": msgid("Only somebody who may approve can do that; nobody is named for it."),
}
"""The same where the facts are not known."""

UNITS = {
    "gbk_bytes": msgid("bytes (a Chinese character counts 2)"),
    "utf8_bytes": msgid("bytes (a Chinese character counts 3)"),
    "characters": msgid("characters"),
}

FIELDS = {
    "since": msgid("Since"),
    "over_since": msgid("Over since"),
    "until": msgid("Until"),
    "description": msgid("Description"),
    "attachment": msgid("Attachment"),
    "promised_at": msgid("Promised time"),
    "tracking_no": msgid("Tracking number"),
    "tracking_number": msgid("Tracking number"),
    "carrier": msgid("Carrier"),
    "courier": msgid("Carrier"),
    "amount": msgid("Amount"),
    "order_no": msgid("Order number"),
    "work_order_no": msgid("Work order number"),
    "title": msgid("Title"),
    "consumer_name": msgid("Consumer's name"),
    "address": msgid("Address"),
    "reason": msgid("Reason"),
    "invoice_no": msgid("Invoice number"),
    "phone": msgid("Phone number"),
}
"""Fields of presets that have a name in both languages; another one is called as the platform calls it."""


def field_name(name: str, t: Translate, labels: Mapping[str, str] | None = None) -> str:
    """What a field is called: by the profile, by us, or as the platform does."""
    if labels:
        return label(labels, t)
    return t(FIELDS[name]) if name in FIELDS else name.replace("_", " ")


def refusal(
    code: str,
    facts: Mapping[str, Any],
    t: Translate,
    *,
    names: Mapping[str, str] | None = None,
    now: datetime | None = None,
    zone: tzinfo | None = None,
) -> str:
    """The sentence for :class:`coopbot.errors.Refusal` ``code``.

    mrkdwn for a whisper; with ``zone`` plain text for a modal, which keeps what was typed, its times in that zone.
    Raises KeyError for a code without a sentence.
    """
    pen = Pen(t, now, names=names or {}, private=True)
    if zone is not None:
        pen = Pen(t, now, zone, names or {}, tokens=False, escapes=False)
    if code == "store_busy" and zone is None:
        return t("Not saved. Try again. (error {id})", id=pen.text(str(facts.get("id") or ""), 40))
    if facts.get("message"):  # the profile says itself what such a field wants
        return pen.text(label(facts["message"], t), 300)
    if code in WITHOUT and not _known(code, facts):
        return t(WITHOUT[code])
    sentence = t(SENTENCES[code], **_said(code, facts, pen))
    reason = str(facts.get("reason") or "")
    if code.startswith("order_") and reason.strip():
        sentence = sentences(t, sentence, t("Reason: {reason}", reason=pen.text(reason, 200)))
    if facts.get("text") and code == "already_answered":
        shown = pen.text(clip(clean(str(facts["text"])), 200).text, 200)
        sentence = sentences(t, sentence, t("What was sent: “{text}”", text=shown))
    return sentence


def _known(code: str, facts: Mapping[str, Any]) -> bool:
    return bool(facts.get({"already_claimed": "by", "not_a_member": "team"}.get(code, "leads")))


def _said(code: str, facts: Mapping[str, Any], pen: Pen) -> Mapping[str, str]:
    """Every placeholder that a sentence may have, as far as the facts fill it."""
    said = {"command": ids.STATUS_COMMAND, "hold": ids.HOLD_COMMAND, "example": ids.PENALTIES_COMMAND}
    if facts.get("at"):
        said["at"] = pen.at(facts["at"])
    if "by" in facts:
        said["who"] = pen.who(str(facts["by"]))
    if facts.get("leads"):
        said["leads"] = pen.whos(list(facts["leads"])[:5])
    if "shops" in facts:
        said["shops"] = pen.t(", ").join(pen.text(str(each), 60) for each in facts["shops"][:5])
    if "unit" in facts:
        said["unit"] = pen.t(UNITS[str(facts["unit"])])
    if "field" in facts:
        said["field"] = pen.text(field_name(str(facts["field"]), pen.t, facts.get("label")), 80)
    if "over" not in facts and "length" in facts and "limit" in facts:
        said["over"] = str(int(facts["length"]) - int(facts["limit"]))
    if isinstance(facts.get("path"), Mapping):
        said["where"] = pen.text(label(facts["path"], pen.t), 150)
    if "types" in facts:
        said["types"] = pen.text(str(facts["types"]), 300)
    if code == "file_not_had":
        said["reason"] = why_lost(str(facts["reason"]), pen)
    for name in ("file", "team", "over", "limit", "least", "most", "hole", "word", "shop", "month", "id"):
        if name in facts:
            said[name] = pen.text(str(facts[name]), 80)
    return said
