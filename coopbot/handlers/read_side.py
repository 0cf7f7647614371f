"""The read side for bridges and dashboards (platform-api.md): a connection's orders, by its read token."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from aiohttp import web

from coopbot.domain.lifecycle import State
from coopbot.domain.seen import Seen
from coopbot.handlers.problems import answer, problem
from coopbot.ports import Fault
from coopbot.views.read_side import item

MOST, USUAL = 200, 50
_STATES = tuple(state.value for state in State)
_INSTANT = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?:(Z)|[ +](\d{2}:\d{2})|(-\d{2}:\d{2}))", re.ASCII
)


@dataclass(frozen=True)
class Filters:
    """What a list is asked for; None is any."""

    shop_id: str | None = None
    state: str | None = None
    class_code: str | None = None
    due_before: datetime | None = None
    limit: int = USUAL
    cursor: str | None = None


class One(Protocol):
    async def __call__(self, connection: str, number: str, /) -> Seen | None:
        """The order as it stands now, None when the connection never raised it. Raises StoreBusy."""
        ...


class Many(Protocol):
    async def __call__(
        self,
        connection: str,
        /,
        *,
        shop_id: str | None,
        state: str | None,
        class_code: str | None,
        due_before: datetime | None,
        limit: int,
        cursor: str | None,
    ) -> tuple[Sequence[Seen], str | None]:
        """A page and the next cursor. Raises ValueError for a cursor that was not handed out, StoreBusy."""
        ...


def read_routes(one: One, many: Many, tokens: Mapping[str, str]) -> list[web.RouteDef]:
    """The routes, relative to the prefix; ``tokens`` by connection, those without one can't be read."""

    async def get_one(request: web.Request) -> web.Response:
        connection = reader(request.headers.get("Authorization", ""), tokens)
        if connection is None:
            return _unauthorized()
        number = request.match_info["no"]
        seen = await one(connection, number) if number.isprintable() and len(number) <= 100 else None
        if seen is None:
            return problem(404, "The connection has no such work order.")
        return answer(item(seen))

    async def get_many(request: web.Request) -> web.Response:
        connection = reader(request.headers.get("Authorization", ""), tokens)
        if connection is None:
            return _unauthorized()
        filters, faults = read_filters(request.query.items())
        if not faults:
            try:
                found, cursor = await many(connection, **asdict(filters))
            except ValueError:
                faults = [Fault("cursor", "must be a next_cursor that was handed out")]
            else:
                return answer({"items": [item(seen) for seen in found], "next_cursor": cursor})
        errors = [{"path": fault.path, "detail": fault.message} for fault in faults]
        return problem(422, "A parameter is not allowed.", errors=errors)

    return [web.get("/work-orders", get_many), web.get("/work-orders/{no}", get_one)]


def reader(header: str, tokens: Mapping[str, str]) -> str | None:
    """The connection whose read token the Authorization header carries, in a time that does not tell how nearly."""
    scheme, _, offered = header.partition(" ")
    given = offered.strip().encode(errors="surrogateescape")
    found = [name for name, token in tokens.items() if token and hmac.compare_digest(token.encode(), given)]
    return found[0] if found and scheme.lower() == "bearer" else None


def read_filters(query: Iterable[tuple[str, str]]) -> tuple[Filters, list[Fault]]:
    """The filters of a query, and everything wrong with it: a misspelt filter must not show every order."""
    given: dict[str, str] = {}
    faults: list[Fault] = []
    for name, value in query:
        if name not in _READ:
            faults.append(Fault(name, f"is unknown; known are {', '.join(_READ)}"))
        elif name in given:
            faults.append(Fault(name, "is given twice"))
        elif not value.isprintable() or len(value) > 500:
            faults.append(Fault(name, "must be up to 500 printable characters"))
        else:
            given[name] = value
    filters = Filters()
    for name, value in given.items():
        if not value:  # a form with an empty field asks for any
            continue
        try:
            filters = _READ[name](filters, value)
        except ValueError as error:
            faults.append(Fault(name, str(error)))
    return filters, faults


def _state(value: str) -> str:
    if value not in _STATES:
        raise ValueError(f"must be one of {', '.join(_STATES)}")
    return value


def _limit(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 6 and 1 <= int(value) <= MOST):
        raise ValueError(f"must be a whole number from 1 to {MOST}")
    return int(value)


def _instant(value: str) -> datetime:
    """An RFC 3339 instant; a ``+`` that an address turned into a space is read as what was meant."""
    found = _INSTANT.fullmatch(value)
    try:
        if found:
            face, zulu, east, west = found.groups()
            read = datetime.fromisoformat(face + (zulu or (f"+{east}" if east else west)))
            if 2000 <= read.year < 2100:
                return read.astimezone(UTC)
    except ValueError:
        pass
    raise ValueError("must be an RFC 3339 instant with its offset, such as 2026-11-23T09:30:00+08:00")


_READ: Mapping[str, Callable[[Filters, str], Filters]] = {
    "shop_id": lambda filters, value: replace(filters, shop_id=value),
    "state": lambda filters, value: replace(filters, state=_state(value)),
    "class": lambda filters, value: replace(filters, class_code=value),
    "due_before": lambda filters, value: replace(filters, due_before=_instant(value)),
    "limit": lambda filters, value: replace(filters, limit=_limit(value)),
    "cursor": lambda filters, value: replace(filters, cursor=value),
}


def _unauthorized() -> web.Response:
    return problem(401, "A connection's read token is needed.", headers={"WWW-Authenticate": 'Bearer realm="coopbot"'})
