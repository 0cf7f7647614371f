"""The second step of a sensitive answer: the final text, why it is asked about, and one button."""

from __future__ import annotations

from collections.abc import Sequence

from coopbot.domain.seen import Seen
from coopbot.domain.sensitive import Sensitive
from coopbot.ports import Translate
from coopbot.views import headline, ids
from coopbot.views.attached import attached
from coopbot.views.blocks import Block, modal, quote, section
from coopbot.views.pen import Pen
from coopbot.views.text import clip, money


def ask_again_modal(
    seen: Seen,
    text: str,
    which: str,
    why: Sensitive,
    t: Translate,
    *,
    files: Sequence[str] = (),
    close: str = "",
) -> Block:
    """``text`` as it goes out, with the names of its ``files``; ``which`` names it among what waits for this question.
    ``close`` where no modal lies below it."""
    pen = Pen.of(seen, t)
    about = f"{headline.badge(seen, pen)} · {headline.subject(seen, pen)}"
    return modal(
        t("Send this?"),
        [
            section("\n".join([about, *(f"*{reason}*" for reason in reasons(seen, why, pen))])),
            section(t("This goes to the platform:")),
            quote(clip(text, 3000).text),
            *([section(attached(files, pen))] if files else []),
        ],
        close=close or t("Back"),
        submit=t("Send"),
        callback_id=ids.ASK_AGAIN_MODAL,
        metadata=f"{seen.order.key}|{which}",
    )


def reasons(seen: Seen, why: Sensitive, pen: Pen) -> list[str]:
    """Why an answer is asked about, a sentence each."""
    said, currency = [], seen.rules.penalties.currency
    if why.amount is not None:
        limit = money(seen.rules.ask_over, currency)
        said.append(pen.t("It speaks of {amount}, more than {limit}: read it once more.",
                          amount=money(why.amount, currency), limit=limit))  # fmt: skip
    if why.ordered is not None:
        said.append(
            pen.t("It names more than the order's {amount}: read it once more.", amount=money(why.ordered, currency))
        )
    if why.far is not None:
        said.append(pen.t("It promises {at}, which is far off: look at the date once more.", at=pen.at(why.far)))
    return said or [pen.t("Read it once more: it can't be taken back once sent.")]
