"""The OpenAPI 3.1 description, generated from the models that validate (platform-api.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from coopbot import __version__
from coopbot.platforms.answers import Item, Items, Problem, ReplyEvent, ReplyResult, Results
from coopbot.platforms.events import MODELS, MOST_EVENTS, Envelope, Strict

Json = dict[str, Any]
_MODELS: tuple[type[BaseModel], ...] = (*sorted(set(MODELS.values()), key=lambda model: model.__name__), Envelope)
_ANSWERS: tuple[type[BaseModel], ...] = (Item, Items, Problem, Results, ReplyResult, ReplyEvent)


def document() -> Json:
    """The whole document, as plain JSON values."""
    pairs: list[tuple[type[BaseModel], Literal["validation"]]] = [
        (model, "validation") for model in (*_MODELS, *_ANSWERS)
    ]
    _, shared = models_json_schema(pairs, ref_template="#/components/schemas/{model}")
    schemas: Json = dict(shared["$defs"])
    schemas |= {_title(kind): _event_schema(kind, model) for kind, model in MODELS.items()}
    schemas["Event"] = {
        "oneOf": [_ref(_title(kind)) for kind in MODELS] + [_ref("OtherEvent")],
    }
    schemas["OtherEvent"] = {
        "description": "Of an unknown type: kept, and answered `ignored`.",
        "allOf": [_ref("Envelope")],
        "properties": {"type": {"not": {"enum": list(MODELS)}}},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "coopbot platform API", "version": __version__, "description": _ABOUT},
        "paths": {
            "/platform/v1/events": {"post": _INTAKE},
            "/platform/v1/work-orders": {"get": _LIST},
            "/platform/v1/work-orders/{no}": {"get": _ONE},
            "/platform/v1/openapi.json": {"get": _open("This document.", "application/json")},
            "/healthz": {"get": _open("Alive.", "application/json")},
            "/readyz": {"get": {**_open("Ready: store, Slack, oldest undelivered.", "application/json")}},
            "/metrics": {"get": _open("Prometheus metrics.", "text/plain")},
        },
        "webhooks": {"work_order.reply": {"post": _REPLY}},
        "components": {"schemas": schemas, "securitySchemes": _SECURITY},
    }


def _event_schema(kind: str, model: type[Strict]) -> Json:
    return {
        "title": kind,
        "allOf": [_ref("Envelope")],
        "properties": {"type": {"const": kind}, "data": _ref(model.__name__)},
        "required": ["type", "data"],
    }


def _title(kind: str) -> str:
    """``work_order.reply_accepted`` → ``WorkOrderReplyAcceptedEvent``."""
    return "".join(part.title() for part in kind.replace(".", "_").split("_")) + "Event"


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Json, description: str, media: str = "application/json") -> Json:
    return {"description": description, "content": {media: {"schema": schema}}}


def _problem(description: str, **headers: str) -> Json:
    answer = _json(_ref("Problem"), description, "application/problem+json")
    if headers:
        answer["headers"] = {
            name.replace("_", "-"): {"description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        }
    return answer


def _open(description: str, media: str) -> Json:
    return {
        "summary": description,
        "security": [],
        "responses": {"200": {"description": description, "content": {media: {}}}},
    }


def _query(name: str, schema: Json, description: str) -> Json:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _headers() -> list[Json]:
    text: Mapping[str, str] = {
        "webhook-id": "Unique per request; the same on a retry.",
        "webhook-timestamp": "Unix seconds, at most 5 minutes off.",
        "webhook-signature": 'v1,<base64 HMAC-SHA256 of "id.timestamp.body">; several, space-separated.',
    }
    return [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}, "description": about}
        for name, about in text.items()
    ]


_ABOUT = (
    "How a marketplace, or what stands in for it, raises work orders and takes replies. Both directions are signed by "
    "Standard Webhooks; the connection of a request is the one whose secret verifies it. Errors are RFC 9457 problems."
)
_SECURITY: Json = {
    "webhook": {"type": "apiKey", "in": "header", "name": "webhook-signature", "description": "Standard Webhooks."},
    "read": {"type": "http", "scheme": "bearer", "description": "The read token of the connection."},
}
_INTAKE: Json = {
    "operationId": "postEvents",
    "summary": "Hand over one event, or an array of them.",
    "security": [{"webhook": []}],
    "parameters": _headers(),
    "requestBody": {
        "required": True,
        "description": "At most 1 MiB.",
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [_ref("Event"), {"type": "array", "items": _ref("Event"), "maxItems": MOST_EVENTS}],
                }
            }
        },
    },
    "responses": {
        "200": _json(_ref("Results"), "Everything in it is committed."),
        "207": _json(_ref("Results"), "An array of which not all are accepted, duplicate or ignored."),
        "401": _problem("Wrong, missing or malformed signature, or a stale timestamp; nothing stored."),
        "409": _problem("The only event: its id, or its order and version, is known with another body."),
        "413": _problem(f"Over 1 MiB, or over {MOST_EVENTS} events."),
        "422": _problem("Malformed, with the field paths."),
        "503": _problem("The store can't commit now; nothing is half-done.", Retry_After="Seconds."),
    },
}
_LIST: Json = {
    "operationId": "listWorkOrders",
    "summary": "The connection's work orders, by due time and number.",
    "security": [{"read": []}],
    "parameters": [
        _query("shop_id", {"type": "string"}, "Of this shop."),
        _query("state", _ref("State"), "In this state now."),
        _query("class", {"type": "string"}, "Of this class."),
        _query("due_before", {"type": "string", "format": "date-time"}, "Due before this instant."),
        _query("limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, "Items on a page."),
        _query("cursor", {"type": "string"}, "`next_cursor` of the page before."),
    ],
    "responses": {
        "200": _json(_ref("Items"), "A page."),
        "401": _problem("Missing or wrong token.", WWW_Authenticate="Bearer."),
        "422": _problem("A parameter that is not allowed, with its name."),
        "503": _problem("The store can't answer now.", Retry_After="Seconds."),
    },
}
_ONE: Json = {
    "operationId": "getWorkOrder",
    "summary": "One work order of the connection.",
    "security": [{"read": []}],
    "parameters": [{"name": "no", "in": "path", "required": True, "schema": {"type": "string"}}],
    "responses": {
        "200": _json(_ref("Item"), "As it stands now."),
        "401": _problem("Missing or wrong token.", WWW_Authenticate="Bearer."),
        "404": _problem("The connection has no such order."),
        "503": _problem("The store can't answer now.", Retry_After="Seconds."),
    },
}
_REPLY: Json = {
    "operationId": "takeReply",
    "summary": "coopbot calls reply_url with a reply; the webhook-id is the reply_id, also on a retry.",
    "security": [{"webhook": []}],
    "parameters": _headers(),
    "requestBody": {"required": True, "content": {"application/json": {"schema": _ref("ReplyEvent")}}},
    "responses": {
        "200": _json(_ref("ReplyResult"), "The platform's word; `already_replied` is success."),
        "4XX": {"description": "408, 409, 425 and 429 are tried again; every other is for good."},
        "5XX": {"description": "Tried again, after Retry-After."},
    },
}
