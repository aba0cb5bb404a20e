"""What of other people stands behind a shop's orders, or behind everybody's, as it may be told. Queries: 3, of everybody 2."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, QuerySet, Sum

from grapevine.insight.models import InfluenceCell, InfluencedOrder
from grapevine.insight.queries.funnels import window
from grapevine.insight.rules import hiding
from grapevine.insight.rules.influence import KINDS, NONE, UNSEEN, Lift, lift

LISTED = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One influence: None where so few are behind it that it is not told."""

    kind: str
    orders: int | None
    share: float | None
    amount_minor: int | None
    visitors: int | None
    conversion: float | None
    lift: Lift | None


@dataclass(frozen=True, slots=True)
class Met:
    """Something that met a buyer: `kind`, whole days before they paid, and of which thing."""

    kind: str
    days: int
    what: str


@dataclass(frozen=True, slots=True)
class Traced:
    """An order by the shop's own word, with what met its buyer, the last first."""

    code: str
    day: date
    main: str
    met: Sequence[Met]


@dataclass(frozen=True, slots=True)
class Influence:
    first: date
    last: date
    lines: Sequence[Line]
    orders: int | None
    social: float | None
    """The share of orders behind which anybody stands."""
    unseen: int | None
    """Orders of people who are not looked at; in no share."""
    listed: Sequence[Traced]
    until: date | None


def influence_of(
    shop_id: int | None, first: date | None, last: date | None, *, main: str = ""
) -> Influence:
    """Of one shop, or of all with None: then no order is listed. `main` asks for the orders of one influence."""
    span = window(first, last)
    orders = InfluencedOrder.objects.filter(day__gte=span[0], day__lte=span[1])
    cells = InfluenceCell.objects.filter(week__gt=span[0] - timedelta(days=7), week__lte=span[1])
    if shop_id is not None:
        orders, cells = orders.filter(shop_id=shop_id), cells.filter(shop_id=shop_id)
    sold = {
        kind: (count, amount or 0, until)
        for kind, count, amount, until in orders.order_by()
        .values_list("main")
        .annotate(Count("id"), Sum("amount_minor"), Max("day"))
    }
    came = {
        kind: (people or 0, buyers or 0)
        for kind, people, buyers in cells.order_by()
        .values_list("kind")
        .annotate(Sum("people"), Sum("buyers"))
    }
    known, whole = _told({kind: sold.get(kind, (0, 0, None))[0] for kind in KINDS})
    unseen = sold.get(UNSEEN, (0, 0, None))[0]
    without = known[NONE]
    lines = [_line(kind, known[kind], whole, sold, came) for kind in KINDS]
    is_told = shop_id is not None and not hiding.is_few(sum(one[0] for one in sold.values()))
    return Influence(
        *span, lines, whole or None, 1 - without / whole if whole and without is not None else None,
        None if hiding.is_few(unseen) else hiding.rounded(unseen),
        _listed(orders, main, known) if is_told else (),
        max((one[2] for one in sold.values() if one[2]), default=None),
    )  # fmt: skip


def _told(counts: Mapping[str, int]) -> tuple[dict[str, int | None], int]:
    """Rounded to five, and all of them together; fewer than ten, and what would give them away, are hidden."""
    cells = hiding.tell({(kind, "orders"): count for kind, count in counts.items()})
    whole = cells[hiding.TOTAL, "orders"].people
    return {kind: cells[kind, "orders"].people for kind in counts}, whole or 0


def _line(
    kind: str, orders: int | None, whole: int, sold: Mapping[str, tuple[int, int, date | None]],
    came: Mapping[str, tuple[int, int]],
) -> Line:  # fmt: skip
    people, buyers = came.get(kind, (0, 0))
    is_few = hiding.is_few(people) or (people > 0 and hiding.is_few(buyers))
    without = came.get(NONE, (0, 0))
    tells = kind != NONE and not is_few and not hiding.is_few(without[1])
    return Line(
        kind, orders, orders / whole if orders is not None and whole else None,
        None if orders is None else sold.get(kind, (0, 0, None))[1],
        None if hiding.is_few(people) else hiding.rounded(people),
        None if is_few or not people else buyers / people,
        lift(buyers, people, without[1], without[0]) if tells else None,
    )  # fmt: skip


def _listed(
    orders: QuerySet[InfluencedOrder], main: str, known: Mapping[str, int | None]
) -> list[Traced]:
    """The newest; of an influence that is not told none is listed."""
    shown = [kind for kind, count in known.items() if count and main in ("", kind)]
    rows = orders.filter(main__in=shown).order_by("-day", "code")[:LISTED]
    return [Traced(row.code, row.day, row.main, [Met(*one) for one in row.touches]) for row in rows]
