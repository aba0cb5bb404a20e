"""Requests made from the API's own document, by a shop's owner and by a stranger: nothing may break, every answer
must be one that the document promises.

`python -m tests.fuzzing 20000` sends so many and ends with a line of JSON; `tests/test_fuzzing.py` plays a short form.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, given
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from grapevine.front.wsgi import application
from grapevine.people import facade as people
from grapevine.trade import facade as trade
from grapevine.trade.tests.cast import HOME, Cast, gather, placed

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
REAL = 0.7
"""How often a parameter is something that exists."""


@dataclass
class World:
    """A small shop with an order, and what there is to name in it."""

    cast: Cast
    tokens: list[str]
    known: dict[str, list[Any]]
    dice: random.Random
    sent: Counter[int] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)


def world(seed: int) -> World:
    cast = gather()
    order = placed(cast)
    address = trade.save_address(person_id=cast.alice, address=HOME)
    goods = [cast.cup.goods_public_id, cast.vase.goods_public_id, cast.tea.goods_public_id]
    handles = [card.handle for card in people.cards([cast.alice, cast.bob]).values()]
    known: dict[str, list[Any]] = {
        "slug": ["bobs", "carols"], "public_id": goods, "goods": goods, "code": [cast.cup.code],
        "sku": [cast.cup.code, cast.vase.code], "handle": handles,
        "number": [*order.order_numbers, order.payment_number], "address_id": [address],
        "object_id": goods, "method": ["sandbox"], "provider": ["sandbox"], "day": ["2026-11-24"],
        "cursor": [None],
    }  # fmt: skip
    tokens = [people.issue_token(one, "fuzz") for one in (cast.bob, cast.alice)]
    return World(cast, tokens, known, random.Random(seed))


def _real(world: World, value: Any) -> Any:
    """The same body with some values that exist."""
    if isinstance(value, dict):
        return {
            key: world.dice.choice(world.known[key])
            if key in world.known
            and not isinstance(inner, list | dict)
            and world.dice.random() < REAL
            else _real(world, inner)
            for key, inner in value.items()
        }
    return [_real(world, one) for one in value] if isinstance(value, list) else value


def send(world: World, case: Any, who: int | None) -> None:
    """One request; what is wrong with its answer is noted once for each operation."""
    for name in list(case.path_parameters or {}):
        if name in world.known and world.dice.random() < REAL:
            case.path_parameters[name] = world.dice.choice(world.known[name])
    case.body = _real(world, case.body)
    headers = {} if who is None else {"Authorization": f"Bearer {world.tokens[who]}"}
    name = f"{case.operation.method.upper()} {case.operation.path}"
    try:
        answer = case.call(headers=headers)
        world.sent[answer.status_code] += 1
        if (
            answer.status_code == 401 and who is not None
        ):  # a request before ended what was signed in
            world.tokens[who] = people.issue_token((world.cast.bob, world.cast.alice)[who], "fuzz")
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        text = "; ".join(str(one) for one in group.exceptions)
        world.wrong.setdefault(name, f"{text[:600]} | {case.as_curl_command()[:400]}")
    except Exception as error:  # noqa: BLE001  whatever broke is what we look for
        world.wrong.setdefault(
            name, f"{type(error).__name__}: {error} | {case.as_curl_command()[:400]}"
        )


def play(world: World, *, each: int, seed: int) -> None:
    """So many requests of every operation by the owner, a third as many by a buyer and by a stranger."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        for who, count in ((0, each), (1, max(1, each // 3)), (None, max(1, each // 3))):
            _play_one(world, operation.as_strategy(), who, count, seed)


def _play_one(world: World, cases: Any, who: int | None, count: int, seed: int) -> None:
    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases)
    def one(case: Any) -> None:
        send(world, case, who)

    one()


def told(world: World, seed: int) -> str:
    return json.dumps(
        {
            "requests": sum(world.sent.values()), "seed": seed,
            "answers": {str(status): n for status, n in sorted(world.sent.items())},
            "server_errors": sum(n for status, n in world.sent.items() if status >= 500),
            "wrong": world.wrong,
        },
        ensure_ascii=False,
    )  # fmt: skip


def main(requests: str) -> int:
    """Through pytest, for its database; the line of JSON comes last."""
    words = ["-m", "pytest", "-q", "-p", "no:randomly", "tests/test_fuzzing.py"]
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        given = {**os.environ, "FUZZ_REQUESTS": requests, "FUZZ_RESULTS": str(results)}
        failed = subprocess.call([sys.executable, *words], env=given)
        if results.exists():
            sys.stdout.write(f"{results.read_text()}\n")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if sys.argv[1:] else "20000"))
