"""Promises: the buttons, the two forms and ``/coop promises``."""

from __future__ import annotations

from coopbot.clock import wall
from coopbot.handlers.asking import Asked
from coopbot.handlers.interaction import Click, Submission
from coopbot.handlers.reception import Followup, Reception
from coopbot.ports import Message, Translate, Tx
from coopbot.services import promise_book, promises
from coopbot.services.once import met, once
from coopbot.views.promise import given_up_modal, kept_modal, read_evidence, read_why
from coopbot.views.promise_list import promises as promises_view


async def command(reception: Reception, asked: Asked, t: Translate) -> Message:
    """``/coop promises``: mine; for leads the team's and the counts."""
    now = reception.clock.now()
    book, _ = await reception.read(promise_book.book, now, reception.desk, asked.user, asked.channel)
    return promises_view(book, t, now)


async def kept(reception: Reception, click: Click) -> Followup:
    it, promise, language = await reception.read(
        promises.to_settle, reception.clock.now(), reception.desk, click.user, click.order()
    )
    return reception.open_view(click.trigger_id, kept_modal(it, promise, reception.languages[language]))


async def give_up(reception: Reception, click: Click) -> Followup:
    it, promise, language = await reception.read(
        promises.to_settle, reception.clock.now(), reception.desk, click.user, click.order()
    )
    return reception.open_view(click.trigger_id, given_up_modal(it, promise, reception.languages[language]))


async def hand_over(reception: Reception, click: Click) -> None:
    now, key, to = reception.clock.now(), click.order(), click.pressed.user

    def work(tx: Tx) -> None:
        met(tx, click.user, click.user_name)
        promises.hand_over(tx, now, reception.desk, click.user, key, to)

    await reception.write(once, click.once, wall(), work)


async def save_kept(reception: Reception, submission: Submission) -> None:
    await reception.write(
        promises.keep,
        reception.clock.now(),
        reception.desk,
        submission.user,
        submission.order(),
        _reply_id(submission),
        read_evidence(submission.values),
        submission.view_id,
    )


async def save_given_up(reception: Reception, submission: Submission) -> None:
    await reception.write(
        promises.give_up,
        reception.clock.now(),
        reception.desk,
        submission.user,
        submission.order(),
        _reply_id(submission),
        read_why(submission.values),
        submission.view_id,
    )


def _reply_id(submission: Submission) -> str:
    return submission.metadata.partition("|")[2]
