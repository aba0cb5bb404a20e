"""Discovery at its sizes: feeds over HTTP, ranking from artifacts of a million, training, and growth. `make bench-discovery`.

    python -m bench.discovery serve rank train growth spark

Parts that are named run alone. Every ratio is taken within one run, beside a reference view. The last line is JSON: the
figures that are promised, null where they were not measured, and all of each part under its name. Sizes are options, so
that a small form runs in a minute. Parts that were run apart are joined by `--into FILE`.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
if "GRAPEVINE_HOME" not in os.environ:
    os.environ["GRAPEVINE_HOME"] = tempfile.mkdtemp(prefix="grapevine-bench-")

import django

django.setup()

from bench import discovery_rank, discovery_serve, discovery_train  # noqa: E402  after django.setup

PROMISED: Mapping[str, tuple[str, str]] = {
    "api_rps": ("serve", "api_rps"),
    "page_rps": ("serve", "page_rps"),
    "home_rps": ("serve", "home_rps"),
    "reference_rps": ("serve", "reference_rps"),
    "api_over_reference": ("serve", "api_over_reference"),
    "page_over_reference": ("serve", "page_over_reference"),
    "hit_rate": ("serve", "hit_rate"),
    "rank_p95_ms": ("rank", "p95_ms"),
    "worker_mb": ("rank", "worker_mb"),
    "train_minutes": ("train", "minutes"),
    "growth_ratio": ("growth", "ratio"),
    "spark_overlap": ("spark", "overlap"),
}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["serve", "rank", "train", "growth", "spark"])
    parser.add_argument("--seconds", type=float, default=15.0, help="of each measurement over HTTP")
    parser.add_argument("--workers", type=int, default=2, help="processes of each server")
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=100)
    parser.add_argument("--grown", type=int, default=1_000_000, help="notes at the end of growth")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--interactions", type=int, default=50_000_000)
    parser.add_argument("--into", type=Path, help="a file that keeps what other parts told before")
    return parser.parse_args()


def joined(told: dict[str, Any], file: Path | None) -> dict[str, Any]:
    """With what the file knows of parts that were not run now; the file knows all of it afterwards."""
    if file is None:
        return told
    before = json.loads(file.read_text()) if file.exists() else {}
    whole = {
        **before, **{name: value for name, value in told.items() if value is not None},
        "parts": {**before.get("parts", {}), **told["parts"]},
    }  # fmt: skip
    file.write_text(json.dumps(whole))
    return whole


def over_http(given: argparse.Namespace) -> dict[str, Any]:
    """Serving and growth share one land, which only grows: small, as served, large."""
    found: dict[str, Any] = {}
    is_growing = "growth" in given.parts
    land = discovery_serve.Land(given.notes // (10 if is_growing else 1), given.readers)
    with discovery_serve.both(given.workers) as sites:
        small = discovery_serve.costs(sites, land, given.seconds) if is_growing else {}
        land.grow(given.notes)
        if "serve" in given.parts:
            found["serve"] = discovery_serve.feeds(sites, land, given.seconds)
        if is_growing:
            land.grow(given.grown)
            large = discovery_serve.costs(sites, land, given.seconds)
            found["growth"] = discovery_serve.grown(small, large)
    return found


def main() -> None:
    given = options()
    sizes = (given.items, given.people, given.interactions)
    found: dict[str, Any] = {}
    if {"serve", "growth"} & set(given.parts):
        found |= over_http(given)
    if "rank" in given.parts:
        found["rank"] = discovery_rank.rank(*sizes)
    if "train" in given.parts:
        found["train"] = discovery_train.train(*sizes)
    if "spark" in given.parts:
        found["spark"] = {"overlap": discovery_train.spark_overlap()}
    told = {key: found.get(part, {}).get(name) for key, (part, name) in PROMISED.items()}
    discovery_serve.say(json.dumps(joined({**told, "parts": found}, given.into)))


if __name__ == "__main__":
    main()
