"""What holds for the whole API: its contract, its names and its lists."""

import json
from typing import Any

import pytest
from django.test import Client

from grapevine.front.api import api

pytestmark = pytest.mark.django_db
SCHEMA: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
WRITES = {"post", "put", "patch", "delete"}


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in SCHEMA["paths"].items()
        for method, operation in methods.items()
    ]


def test_the_contract_is_openapi_31_and_served(client: Client) -> None:
    served = client.get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert served.json()["openapi"].startswith("3.1")
    assert len(served.json()["paths"]) == len(SCHEMA["paths"])


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    silent = [
        f"{method} {path}" for path, method, found in operations() if not found.get("description")
    ]
    assert silent == []


def test_lists_are_pages() -> None:
    """Whoever takes a cursor gives one back."""
    wrong = []
    for path, method, operation in operations():
        names = {parameter["name"] for parameter in operation.get("parameters", [])}
        if "cursor" in names and "limit" not in names:
            wrong.append(f"{method} {path}")
    assert wrong == []
