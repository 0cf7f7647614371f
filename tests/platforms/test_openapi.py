"""The description is generated from what validates: sound, complete, and of one mind with the parser."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from coopbot.domain.event import PlatformEvent
from coopbot.platforms.events import MODELS
from coopbot.platforms.openapi import document
from coopbot.platforms.standard import Standard
from tests.platforms.signed import EVERY, SECRET, body_of, raised
from tests.platforms.test_parse import WRONG
from tests.platforms.test_replies import DATA

DOCUMENT = document()
METHODS = {"get", "post"}


def validator(name: str) -> Draft202012Validator:
    resource = Resource.from_contents({"$schema": "https://json-schema.org/draft/2020-12/schema", **DOCUMENT})
    registry: Registry[Any] = Registry().with_resource("urn:coopbot", resource)
    return Draft202012Validator({"$ref": f"urn:coopbot#/components/schemas/{name}"}, registry=registry)


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(references(each) for each in value))
    return set()


def test_it_is_openapi_3_1_and_plain_json() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert DOCUMENT["info"]["title"]
    assert DOCUMENT["info"]["version"]
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT


def test_every_path_of_the_contract_is_there() -> None:
    assert set(DOCUMENT["paths"]) == {
        "/platform/v1/events",
        "/platform/v1/work-orders",
        "/platform/v1/work-orders/{no}",
        "/platform/v1/openapi.json",
        "/healthz",
        "/readyz",
        "/metrics",
    }
    assert set(DOCUMENT["webhooks"]) == {"work_order.reply"}


def test_every_operation_has_answers_and_every_reference_leads_somewhere() -> None:
    items = [*DOCUMENT["paths"].values(), *DOCUMENT["webhooks"].values()]
    for item in items:
        assert set(item) <= METHODS
        for operation in item.values():
            assert operation["responses"]
            assert all(answer["description"] for answer in operation["responses"].values())
    schemas = DOCUMENT["components"]["schemas"]
    for reference in references(DOCUMENT):
        assert reference.removeprefix("#/components/schemas/") in schemas
    for scheme in (name for item in items for op in item.values() for each in op.get("security", []) for name in each):
        assert scheme in DOCUMENT["components"]["securitySchemes"]


def test_every_schema_is_a_schema() -> None:
    for schema in DOCUMENT["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_intake_names_every_status() -> None:
    assert set(DOCUMENT["paths"]["/platform/v1/events"]["post"]["responses"]) == {
        "200",
        "207",
        "401",
        "409",
        "413",
        "422",
        "503",
    }


@pytest.mark.parametrize("kind", MODELS)
def test_every_event_of_the_contract_is_described(kind: str) -> None:
    value = {"type": kind, "timestamp": "2026-11-23T02:00:00Z", "data": EVERY[kind]}
    validator("Event").validate(value)
    for field in MODELS[kind].model_json_schema()["required"]:
        data = {key: each for key, each in EVERY[kind].items() if key != field}
        assert not validator("Event").is_valid({**value, "data": data})


def test_an_unknown_type_is_described_too() -> None:
    validator("Event").validate({"type": "parcel.lost", "timestamp": "2026-11-23T02:00:00Z", "data": {}})


# What a schema can't say, and the parser adds: real calendars, the profile's classes, U+0000.
BEYOND = {"raised_at", "due_at", "class"}


@pytest.mark.parametrize(
    ("changes", "path"), [case for case in WRONG if case[1] not in BEYOND and case[0] != {"content": "a\x00b"}]
)
def test_what_the_parser_refuses_the_description_forbids(changes: dict[str, Any], path: str) -> None:
    value = raised(**changes)
    assert not isinstance(Standard({"jd": [SECRET]}).parse("jd", {}, body_of(value)).items[0], PlatformEvent)
    assert not validator("Event").is_valid(value)


def test_a_reply_of_ours_is_as_described() -> None:
    validator("ReplyEvent").validate({"type": "work_order.reply", "timestamp": "2026-11-23T02:00:00Z", "data": DATA})


def test_results_and_problems_are_as_described() -> None:
    validator("Results").validate({"results": [{"id": "a", "status": "refused", "reason": "dispute"}]})
    validator("Problem").validate({"type": "about:blank", "title": "Conflict", "status": 409, "detail": "x"})
    assert not validator("Results").is_valid({"results": [{"id": "a", "status": "perhaps"}]})
