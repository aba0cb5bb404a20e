"""Choosing one SKU of many by its axes: what fits, what is missing, what is sold out. Pure.

A SKU's option names one value an axis, joined by " / ". Where the parts do not make a grid of two axes or
more, the whole option is the one axis.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from grapevine.goods.contracts import SkuLine
from grapevine.kit.text import marked

JOINT = " / "
AXES_MAX = 4
LONE = marked("默认")
"""What a choice without a name is called."""


@dataclass(frozen=True, slots=True)
class Value:
    """A value of an axis. `state`: free, out (every SKU with it and the other picks is sold out) or none (there is none).

    `sku` is the first SKU that has it, for its picture.
    """

    name: str
    state: str
    is_picked: bool
    sku: SkuLine


@dataclass(frozen=True, slots=True)
class Axis:
    name: str
    field: str
    values: tuple[Value, ...]
    picked: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A picker as it stands: `sku` once every axis is picked and such a SKU exists; `missing` axes in their order."""

    axes: tuple[Axis, ...]
    sku: SkuLine | None
    missing: tuple[Axis, ...]

    @property
    def picked(self) -> str:
        return JOINT.join(axis.picked for axis in self.axes if axis.picked)

    @property
    def state(self) -> str:
        """incomplete, none (no such combination), out (sold out) or free."""
        if self.missing:
            return "incomplete"
        if self.sku is None:
            return "none"
        return "free" if self.sku.free > 0 else "out"


def parts_of(skus: Sequence[SkuLine]) -> list[tuple[str, ...]]:
    """Each SKU's values, one an axis."""
    split = [tuple(part.strip() for part in sku.option.split(JOINT)) for sku in skus]
    lengths = {len(parts) for parts in split}
    grid = len(lengths) == 1 and lengths <= set(range(2, AXES_MAX + 1))
    return split if grid else [(sku.option or LONE,) for sku in skus]


def choice(skus: Sequence[SkuLine], *, axes: Sequence[str], picks: Sequence[str]) -> Choice:
    """Where the picker stands. `axes` name the axes, `picks` the values chosen so far ("" for none).

    An axis with one value is picked by itself; a lone SKU is not, when it is sold out.
    """
    parts = parts_of(skus)
    size = len(parts[0]) if parts else 0
    offered = [list(dict.fromkeys(own[n] for own in parts)) for n in range(size)]
    alone = len(skus) == 1 and skus[0].free == 0
    chosen = [
        picks[n] if n < len(picks) and picks[n] in offered[n]
        else offered[n][0] if len(offered[n]) == 1 and not alone
        else ""
        for n in range(size)
    ]  # fmt: skip
    made = tuple(
        Axis(
            axes[n] if n < len(axes) else "", f"pick-{n}",
            tuple(_value(name, n, chosen, skus, parts) for name in offered[n]), chosen[n],
        )
        for n in range(size)
    )  # fmt: skip
    found = next((sku for sku, own in zip(skus, parts, strict=True) if list(own) == chosen), None)
    return Choice(made, found, tuple(axis for axis in made if not axis.picked))


def _value(
    name: str,
    axis: int,
    chosen: Sequence[str],
    skus: Sequence[SkuLine],
    parts: Sequence[tuple[str, ...]],
) -> Value:
    """How a value stands with what is picked on the other axes."""
    having = [sku for sku, own in zip(skus, parts, strict=True) if own[axis] == name]
    fitting = [
        sku
        for sku, own in zip(skus, parts, strict=True)
        if own[axis] == name
        and all(not want or own[n] == want for n, want in enumerate(chosen) if n != axis)
    ]
    state = "free" if any(sku.free > 0 for sku in fitting) else "out" if fitting else "none"
    return Value(name, state, chosen[axis] == name, having[0])


def resolve(skus: Sequence[SkuLine], picks: Sequence[str]) -> SkuLine | None:
    """The SKU these picks name, sold out or not; None while they name none."""
    return choice(skus, axes=(), picks=picks).sku
