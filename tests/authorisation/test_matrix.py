"""Every route, asked by every kind of person: who may enters, who may not is refused and nothing whatever has changed.

The routes come from the resolver and from the API's contract, who may from `table.py`, what a role may from
`goods/rules/roles.py`. The things named in an address are real things of another person or shop.
"""

import re
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from grapevine.front.api import api
from grapevine.goods.contracts import Right, Role
from grapevine.goods.rules.roles import RIGHTS
from tests.authorisation.bodies import body_for, form_for
from tests.authorisation.endpoints import ENDPOINTS
from tests.authorisation.table import PAGES, Row, Who
from tests.authorisation.world import ACTORS, PLACES, World, fingerprint, found

pytestmark = [pytest.mark.django_db, pytest.mark.walk]
REFUSED = {401, 403, 404}
STAFF = {str(role) for role in Role}
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@dataclass(frozen=True)
class Route:
    """An address: `path` with its parts in braces, as the contract writes them."""

    name: str
    path: str
    parts: tuple[str, ...]
    is_api: bool


def _pages(resolver: URLResolver, space: str = "", prefix: str = "") -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace != "api":
                yield from _pages(entry, f"{entry.namespace}:" if entry.namespace else space, path)
        elif isinstance(entry, URLPattern):
            parts = tuple(entry.pattern.converters)
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)
            yield Route(f"{space}{entry.name}", f"/{path}", parts, is_api=False)


@cache
def pages() -> dict[str, Route]:
    return {route.name: route for route in _pages(get_resolver())}


@cache
def contract() -> dict[str, Any]:
    return dict(api.get_openapi_schema())


@cache
def endpoints() -> dict[str, Route]:
    found: dict[str, Route] = {}
    for path, methods in contract()["paths"].items():
        for method in methods:
            short = path.removeprefix("/api/v1")
            parts = tuple(part[1:-1] for part in path.split("/") if part.startswith("{"))
            name = f"{method.upper()} {short}"
            found[name] = Route(name, path, parts, is_api=True)
    return found


def missing(routes: dict[str, Route], rows: dict[str, Row], where: str) -> list[str]:
    file = f"tests/authorisation/{'table' if where == 'PAGES' else 'endpoints'}.py"
    told = [
        f'{name} ({routes[name].path}) has no line: add "{name}": … to {where} in {file}'
        for name in sorted(routes.keys() - rows.keys())
    ]
    return told + [
        f"{name} is no route any more: take its line out of {where} in {file}"
        for name in sorted(rows.keys() - routes.keys())
    ]


def test_every_route_says_who_may() -> None:
    lines = {key.split()[0]: row for key, row in PAGES.items()}
    wrong = missing(pages(), lines, "PAGES") + missing(endpoints(), ENDPOINTS, "ENDPOINTS")
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_contract_hides_no_address() -> None:
    """What the API answers and what its contract lists is the same."""
    hidden = [
        f"{method} {path}"
        for _prefix, router in api._routers
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
        if f"{method} {path}" not in endpoints()
    ]
    assert hidden == []


def test_no_address_is_answered_in_two_places() -> None:
    """The second router that names a path is never asked: its methods would be 405."""
    paths = Counter(path for _prefix, router in api._routers for path in router.path_operations)
    assert [path for path, times in paths.items() if times > 1] == []


def expected(row: Row, actor: str, *, is_api: bool) -> int:
    """0: may enter; else the status of the refusal (302: to the sign-in page)."""
    barred = 401 if is_api else 302
    if row.who is Who.PUBLIC:
        return 0
    if actor == "stranger":
        return barred
    if row.who is Who.SIGNED_IN:
        return 0
    if row.who is Who.OWN:
        return 0 if actor == "buyer" else 404
    if row.who is Who.OPERATORS:
        return 0 if actor == "operator" else 404
    if actor not in STAFF:
        return 404
    assert isinstance(row.who, Right)
    return 0 if row.who in RIGHTS[Role(actor)] else 403


def address(route: Route, row: Row, world: World) -> str:
    path = route.path
    for part in route.parts:
        thing = row.objects.get(part) or PLACES.get(part)
        assert thing, f"{route.name}: say in its line which thing `{part}` is, or in world.PLACES"
        path = path.replace(f"{{{part}}}", str(world.things[thing]))
    return path


def ask(client: Client, method: str, path: str, route: Route) -> Any:
    cookies = deepcopy(client.cookies)
    try:
        return _asked(client, method, path, route)
    finally:
        client.cookies = cookies  # whoever signed out is undone


def _asked(client: Client, method: str, path: str, route: Route) -> Any:
    if route.is_api:
        form = form_for(contract(), route.path, method.lower())
        if form is not None:
            return client.post(path, form)
        body = body_for(contract(), route.path, method.lower())
        return client.generic(method, path, body, content_type="application/json")
    return client.get(path) if method == "GET" else client.post(path)


class Watch:
    """Notes each statement that writes."""

    def __init__(self) -> None:
        self.writes: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(WRITES):
            self.writes.append(sql)
        return execute(sql, params, many, context)


def try_route(route: Route, row: Row, method: str, world: World) -> list[str]:
    """What is wrong with this route, in words. Whoever may enter does so last, and is undone."""
    wrong = []
    path = address(route, row, world)
    doors = world.programs if route.is_api else world.pages
    order = sorted(ACTORS, key=lambda actor: expected(row, actor, is_api=route.is_api) == 0)
    before = fingerprint()
    checked = False
    for actor in order:
        wanted = expected(row, actor, is_api=route.is_api)
        if not wanted and row.remote:
            continue
        if not wanted and not checked:
            checked = True
            if fingerprint() != before:
                wrong.append(f"{route.name}: a refusal changed the database")
        watch = Watch()
        with transaction.atomic(), connection.execute_wrapper(watch):
            status = ask(doors[actor], method, path, route).status_code
            if not wanted:
                transaction.set_rollback(True)
        if wanted and watch.writes and fingerprint() != before:
            wrong.append(f"{route.name} {method} refused {actor} and wrote: {watch.writes[0][:90]}")
        if wanted and status != wanted and not (row.silent and actor != "stranger"):
            wrong.append(f"{route.name} {method} as {actor}: {status}, expected {wanted}")
        if not wanted and (status >= 500 or (status in REFUSED and not row.loose)):
            wrong.append(f"{route.name} {method} as {actor}: {status}, expected to enter")
    if not checked and fingerprint() != before:
        wrong.append(f"{route.name}: a refusal changed the database")
    return wrong


def test_who_may_enters_and_who_may_not_changes_nothing() -> None:
    """One world for all: some 2,500 requests."""
    world, wrong = found(), []
    for key, row in PAGES.items():
        for method in row.methods:
            wrong += try_route(pages()[key.split()[0]], row, method, world)
    for name, row in ENDPOINTS.items():
        wrong += try_route(endpoints()[name], row, name.split()[0], world)
    assert not wrong, "\n" + "\n".join(wrong)


def test_a_page_answers_no_other_method() -> None:
    """As the owner, who passes nearly every door: GET or POST that the table does not name is 405."""
    world, wrong = found(), []
    for name, route in pages().items():
        rows = [row for key, row in PAGES.items() if key.split()[0] == name]
        for method in {"GET", "POST"} - {method for row in rows for method in row.methods}:
            path = address(route, rows[0], world)
            with transaction.atomic():
                status = ask(world.pages["owner"], method, path, route).status_code
                transaction.set_rollback(True)
            if status != 405:
                wrong.append(f"{name} answers {method} with {status}: name it in its line")
    assert not wrong, "\n" + "\n".join(wrong)


def test_a_route_without_a_line_is_told_in_one_clear_sentence() -> None:
    routes = {
        "goods:new_thing": Route("goods:new_thing", "/console/{slug}/thing/", ("slug",), False)
    }
    assert missing(routes, {"goods:old": PAGES["goods:desk"]}, "PAGES") == [
        (
            'goods:new_thing (/console/{slug}/thing/) has no line: add "goods:new_thing": … to PAGES in '
            "tests/authorisation/table.py"
        ),
        "goods:old is no route any more: take its line out of PAGES in tests/authorisation/table.py",
    ]
