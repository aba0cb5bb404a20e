"""What each command does; the words are in `command.py`."""

import argparse
import json
import sys
from collections.abc import Callable

from grapevine.front import demo, interchange, up, worker
from grapevine.insight import facade as insight
from grapevine.kit.errors import DomainError
from grapevine.kit.problems import words
from grapevine.ledger import facade as ledger


def _import(given: argparse.Namespace) -> int:
    return interchange.import_folder(given.folder)


def _convert(given: argparse.Namespace) -> int:
    return interchange.convert(given.format, given.source, given.target)


def _demo(given: argparse.Namespace) -> int:
    return demo.run(people=given.people, seed=given.seed)


def _train(given: argparse.Namespace) -> int:  # noqa: ARG001
    print(json.dumps(insight.train(), ensure_ascii=False))  # noqa: T201
    return 0


def _evaluate(given: argparse.Namespace) -> int:
    insight.evaluate_command(given.folder, given.format, as_json=given.json)
    return 0


def _ledger(given: argparse.Namespace) -> int:
    report = ledger.verify() if given.what == "verify" else ledger.trial_balance()
    print(json.dumps(report, ensure_ascii=False, default=str))  # noqa: T201
    return 0


def _worker(given: argparse.Namespace) -> int:  # noqa: ARG001
    worker.run()
    return 0


def _up(given: argparse.Namespace) -> int:
    return up.run(with_demo=given.demo)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "up": _up,
    "worker": _worker,
    "import": _import,
    "convert": _convert,
    "demo": _demo,
    "train": _train,
    "evaluate": _evaluate,
    "ledger": _ledger,
}


def run(given: argparse.Namespace) -> int:
    try:
        return COMMANDS[given.command](given)
    except DomainError as error:
        message, remedy = words(error)
        print(f"{error.code}: {message} {remedy}".strip(), file=sys.stderr)  # noqa: T201
        return 2
