"""The way of an order as programs walk it: few doors, few statements, and a quick no when a flash sale is over."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grapevine.front.wsgi import application
from grapevine.goods import facade as goods
from grapevine.kit.ids import new_id
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.models import Order
from grapevine.trade.payments.providers.sandbox import signing
from grapevine.trade.tests.cast import HOME, Cast, gather

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_connection")]


class Program:
    """A caller that holds a token and talks to the web process as it is served."""

    def __init__(self, person_id: int) -> None:
        self._token = people.issue_token(person_id, "test")

    def __call__(
        self, method: str, path: str, body: bytes = b"", **headers: str
    ) -> tuple[int, Any]:
        told: list[Any] = []
        environ = {
            "REQUEST_METHOD": method, "PATH_INFO": f"/api/v1{path}", "QUERY_STRING": "",
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "HTTP_HOST": "localhost",
            "wsgi.input": BytesIO(body), "wsgi.url_scheme": "http", "wsgi.errors": BytesIO(),
            "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json",
            "HTTP_AUTHORIZATION": f"Bearer {self._token}",
            **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }  # fmt: skip
        answer = b"".join(application(environ, lambda *start: told.append(start)))
        return int(told[0][0][:3]), json.loads(answer) if answer else None

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        return self("POST", path, json.dumps(body).encode(), **headers)


@pytest.fixture
def cast() -> Cast:
    return gather()


@pytest.fixture
def alice(cast: Cast) -> Program:
    return Program(cast.alice)


STATEMENTS = {"add": 5, "quote": 5, "place": 20, "pay": 16}
"""Without those that begin and end a transaction; SQLite and PostgreSQL alike. Two lines of one shop, no offers."""


def test_an_order_takes_few_statements(cast: Cast, alice: Program) -> None:
    address = trade.save_address(person_id=cast.alice, address=HOME)
    lines = [{"sku": cast.cup.code, "count": 1}, {"sku": cast.vase.code, "count": 2}]
    taken: dict[str, int] = {}

    def step(name: str, path: str, body: Any, **headers: str) -> Any:
        with CaptureQueriesContext(connection) as seen:
            status, answer = (
                alice.post(path, body, **headers)
                if not isinstance(body, bytes)
                else alice("POST", path, body, **headers)
            )
        assert status in (200, 201, 204), answer
        began = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
        taken[name] = sum(not query["sql"].startswith(began) for query in seen.captured_queries)
        return answer

    assert alice("GET", "/cart")[0] == 200  # notes once an hour that the token is used
    step("add", "/cart/lines", {"lines": lines})
    quote = step("quote", "/quotes", {"lines": lines, "province": "广东省"})
    order = {
        "lines": lines, "address_id": address, "method": "sandbox", "from_cart": True,
        "expected_minor": quote["total_minor"],
    }  # fmt: skip
    placed = step("place", "/orders", order, idempotency_key=new_id())
    told = json.dumps(
        {
            "event_id": new_id(), "payment": placed["attempt_number"], "state": "paid",
            "amount_minor": placed["total_minor"], "currency": "CNY",
        }
    ).encode()  # fmt: skip
    signed = {name.replace("-", "_"): text for name, text in signing.sign(told, nonce=new_id()).items()}  # fmt: skip
    step("pay", "/payments/sandbox/callback", told, **signed)
    assert Order.objects.get().state == "paid"
    assert taken == STATEMENTS


def test_programs_meet_the_same_refusals_as_browsers(cast: Cast, alice: Program) -> None:
    stranger = Program(cast.eve)
    stranger._token = "nothing"
    assert stranger.post("/orders", {"lines": []})[0] == 401
    assert alice.post("/orders", {})[0] == 422
    assert alice("GET", "/nowhere")[0] == 404
    status, refused = alice.post("/quotes", {"lines": [{"sku": "nothing", "count": 1}]}, accept_language="en")  # fmt: skip
    assert (status, refused["code"]) == (404, "goods.not_found")
    assert refused["title"].isascii()


def test_what_a_program_did_is_told_as_its_persons(cast: Cast, alice: Program) -> None:
    seen = {"events": [{"id": "0f6c8d1e-view", "verb": "view", "object_type": "goods"}]}
    told = {"accepted": 1, "duplicates": 0, "refused": 0, "problems": []}
    assert alice.post("/events", seen) == (202, told)
    signals.seal()
    [spool_file] = signals.ready_spool_files()
    assert json.loads(spool_file.read_text())["person_id"] == cast.alice
    alice._token = "nothing"
    assert alice.post("/events", seen)[0] == 401


def test_after_a_rush_a_no_costs_one_statement_and_writes_nothing(
    cast: Cast, alice: Program
) -> None:
    address = trade.save_address(person_id=cast.alice, address=HOME)
    goods.set_hot(shop_id=cast.bobs.id, code=cast.cup.code, on=True)
    order = {"lines": [{"sku": cast.cup.code, "count": 5}], "address_id": address}
    first_key = new_id()
    status, first = alice.post("/orders", order, idempotency_key=first_key)
    assert status == 201
    assert alice.post("/orders", order, idempotency_key=new_id())[1]["code"] == "goods.out_of_stock"
    with CaptureQueriesContext(connection) as seen:
        status, refused = alice.post("/orders", order, idempotency_key=new_id())
    assert (status, refused["code"], len(seen)) == (409, "goods.out_of_stock", 1)
    assert alice.post("/orders", order, idempotency_key=first_key) == (201, first)
    assert Order.objects.count() == 1
    for rubbish in (b"", b"[]", b"{}", b'{"lines": 1}', b'{"lines": [1]}', b"[" * 100_000):
        assert alice("POST", "/orders", rubbish)[0] in (400, 422)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL has the connection")
def test_a_connection_whose_server_went_away_is_known_without_a_statement() -> None:
    other = connection.copy()
    other.ensure_connection()
    assert other.is_usable()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [other.connection.info.backend_pid])
        cursor.execute("SELECT pg_sleep(0.2)")
    assert not other.is_usable()
    other.close()
    assert not other.is_usable()
