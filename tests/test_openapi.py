"""The API's document: valid, complete, and of every route that is served."""

import json
import re
from typing import Any

from django.urls import get_resolver
from jsonschema_rs import validator_for
from openapi_spec_validator import validate

from grapevine.front.api import api
from grapevine.gateway.contracts import Scope
from grapevine.gateway.rules import scopes as table
from tests.test_architecture import ROOT, _patterns

DOCUMENT: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
OWN = {"api/v1/", "api/v1/docs", "api/v1/openapi.json"}


def operations() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_valid_openapi() -> None:
    validate(DOCUMENT)


def test_no_route_is_undocumented_and_none_is_invented() -> None:
    served = {
        "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
        for path, _ in _patterns(get_resolver())
        if path.startswith("api/") and path not in OWN
    }
    assert served == set(DOCUMENT["paths"])


def test_every_operation_says_what_it_does_who_may_and_how_it_refuses() -> None:
    for name, one in operations():
        assert 5 <= len(one["summary"]) <= 140, (name, one["summary"])
        assert len(one["tags"]) == 1, name
        assert "security" in one, name
        assert {"429", "4XX"} <= set(one["responses"]), name
        if any(one["security"]):
            assert {"401", "403"} <= set(one["responses"]), name
        for parameter in one.get("parameters", []):
            if parameter["in"] == "path":
                assert "404" in one["responses"], name
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    assert {one["tags"][0] for _, one in operations()} == tags
    assert all(tag["description"] for tag in DOCUMENT["tags"])


def test_every_body_has_an_example_that_its_schema_accepts() -> None:
    wrong = []
    for name, one in operations():
        for kind, content in one.get("requestBody", {}).get("content", {}).items():
            if kind != "application/json":
                continue
            schema = {**content["schema"], "components": DOCUMENT["components"]}
            for error in validator_for(schema).iter_errors(content["example"]):
                wrong.append(f"{name}: {error.message}")
    assert wrong == []


def test_scopes_are_those_of_the_table() -> None:
    flows = DOCUMENT["components"]["securitySchemes"]["oauth2"]["flows"]
    offered = set(flows["authorizationCode"]["scopes"])
    asked = {
        scope
        for _, one in operations()
        for way in one["security"]
        for scope in way.get("oauth2", [])
    }
    assert asked == offered


def test_every_schema_of_the_code_has_a_name_of_its_own() -> None:
    """Two classes of one name would silently share one entry of the document."""
    names = [
        name
        for file in sorted((ROOT / "grapevine").glob("*/api/*.py"))
        for name in re.findall(
            r"^class (\w+)\((?:Schema|BaseModel)", file.read_text(), re.MULTILINE
        )
    ]
    assert len(names) > 50
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_the_table_names_operations_that_exist_and_every_one_of_a_shop() -> None:
    served = {name.replace("/api/v1", "") for name, _ in operations()}
    assert sorted(set(table.OPERATIONS) - served) == []
    assert sorted(table.FOR_PEOPLE - served) == []
    assert sorted(table.FOR_PEOPLE & set(table.OPERATIONS)) == []
    of_shops = {one for one in served if "/shops/{slug}" in one} - table.FOR_PEOPLE
    assert sorted(of_shops - set(table.OPERATIONS)) == []
    assert {table.OPERATIONS[one] for one in of_shops} >= table.OF_A_SHOP
    assert set(table.WORDS) == set(Scope)
