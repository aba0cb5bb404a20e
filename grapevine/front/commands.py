"""What each command does; the words are in `command.py`. Each is loaded only when it is called."""

import argparse
import json
import sys
from typing import Any

from django.utils.module_loading import import_string

from grapevine.front.progress import Step
from grapevine.kit.errors import DomainError
from grapevine.kit.problems import words


def _call(path: str, /, **arguments: Any) -> Any:
    return import_string(path)(**arguments)


def _say(report: Any) -> int:
    print(json.dumps(report, ensure_ascii=False, default=str))  # noqa: T201  a command's answer
    return 0


def _import(given: argparse.Namespace) -> int:
    _call("grapevine.front.up.migrate")
    return int(_call("grapevine.front.interchange.facade.import_folder", path=given.folder))


def _convert(given: argparse.Namespace) -> int:
    return int(
        _call(
            "grapevine.front.interchange.facade.convert",
            format=given.format,
            source=given.source,
            target=given.target,
        )
    )


def _demo(given: argparse.Namespace) -> int:
    _call("grapevine.front.up.migrate")
    return int(_call("grapevine.front.demo.facade.run", people=given.people, seed=given.seed))


def _train(given: argparse.Namespace) -> int:  # noqa: ARG001  one shape for all commands
    with Step("训练 / training"):
        report = _call("grapevine.insight.facade.train")
    return _say(report)


def _evaluate(given: argparse.Namespace) -> int:
    _call(
        "grapevine.insight.facade.evaluate_command",
        folder=given.folder,
        format=given.format,
        as_json=given.json,
        seed=given.seed,
        refit=given.refit,
    )
    return 0


def _models(given: argparse.Namespace) -> int:
    """Without a name `rollback` takes every model one version back; with one, that model, to stay there until it is released."""
    if given.what == "release":
        return _say(_call("grapevine.discovery.facade.let_in", by_id=None, name=given.name))
    if given.what == "rollback" and given.name:
        wanted = {"name": given.name, "version": given.version}
        return _say(_call("grapevine.discovery.facade.go_back", by_id=None, **wanted))
    paths = {"rollback": "roll_back_all", "list": "kept_versions"}
    return _say(_call(f"grapevine.discovery.facade.{paths.get(given.what, 'described')}"))


def _ledger(given: argparse.Namespace) -> int:
    return _say(_call(f"grapevine.ledger.facade.{given.what.replace('-', '_')}"))


def _lake(given: argparse.Namespace) -> int:
    with Step("行为日志 / the log"):
        lines = _call(f"grapevine.insight.facade.lake_{given.what}")
    for line in lines:
        print(line)  # noqa: T201  a command's answer
    return 0


def _keys(given: argparse.Namespace) -> int:
    """Turn the keys, a batch at a time; stopped, it goes on where it was. Then say what is left of each key."""
    done = 0
    if given.what == "rotate":
        with Step("换钥匙 / turning the keys") as step:
            for many in _call("grapevine.kit.resealing.reseal"):
                step.advance(many)
        done = step.done
    return _say({"resealed": done, "values_by_key": _call("grapevine.kit.resealing.keys_in_use")})


def _worker(given: argparse.Namespace) -> int:  # noqa: ARG001  one shape for all commands
    _call("grapevine.front.worker.run")
    return 0


def _up(given: argparse.Namespace) -> int:
    return int(_call("grapevine.front.up.run", with_demo=given.demo))


COMMANDS = {
    "up": _up,
    "keys": _keys,
    "lake": _lake,
    "worker": _worker,
    "import": _import,
    "convert": _convert,
    "demo": _demo,
    "train": _train,
    "evaluate": _evaluate,
    "models": _models,
    "ledger": _ledger,
}


def run(given: argparse.Namespace) -> int:
    try:
        return COMMANDS[given.command](given)
    except DomainError as error:
        message, remedy = words(error)
        print(f"{error.code}: {message} {remedy}".strip(), file=sys.stderr)  # noqa: T201
        return 2
