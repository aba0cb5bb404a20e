"""The port by which factors of the rating are measured: what they count lives in other modules."""

from collections.abc import Mapping
from datetime import datetime

from grapevine.care.contracts import FactorSource, Measure
from grapevine.care.rules.rating import FACTORS

_sources: dict[str, FactorSource] = {}


def register_factor(name: str, source: FactorSource) -> None:
    """Say who measures a published factor. The last one wins, so that a better source can take over."""
    assert any(one.name == name for one in FACTORS), name
    _sources[name] = source


def measured(since: datetime, until: datetime) -> dict[str, Mapping[int, Measure]]:
    """What every source knows: factor → shop → measure. A factor without a source is missing."""
    return {name: source(since, until) for name, source in _sources.items()}


def sourced() -> frozenset[str]:
    """The factors somebody measures in this house."""
    return frozenset(_sources)
