"""The log, the lake and what is counted from them: every part in turn, in one home. `make bench-insight`.

A part is a module `bench/insight_<name>.py` with `measure()`, which answers with a dict; adding one is adding the file. `python -m
bench.insight intake` runs one of them. Ends with a line of JSON: the figures of each part under its name.
"""

import json
import pkgutil
import sys
from importlib import import_module
from typing import Any

from django.utils.module_loading import import_string

import bench
from bench import home

PREFIX = "insight_"


def parts() -> list[str]:
    names = [one.name for one in pkgutil.iter_modules(bench.__path__)]
    return sorted(
        name.removeprefix(PREFIX)
        for name in names
        if name.startswith(PREFIX) and hasattr(import_module(f"bench.{name}"), "measure")
    )


def measure() -> dict[str, Any]:
    wanted = sys.argv[1:] or parts()
    return {name: import_string(f"bench.{PREFIX}{name}.measure")() for name in wanted}


if __name__ == "__main__":
    print(json.dumps(home.run(measure)))  # noqa: T201
