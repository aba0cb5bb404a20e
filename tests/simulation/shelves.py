"""The model's stock: pieces by SKU and warehouse, and who they are kept for."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tests.simulation.facts import DISTANCES, Refused


@dataclass(slots=True)
class Place:
    warehouse: int
    free: int = 0
    held: int = 0
    sold: int = 0


@dataclass(slots=True)
class Kept:
    """Pieces of a SKU in a warehouse, kept for an order."""

    order: int
    sku: int
    warehouse: int
    count: int
    until: int
    state: str = "held"


@dataclass(frozen=True, slots=True)
class Warehouse:
    shop: int
    province: int | None
    priority: int


class Shelves:
    def __init__(self) -> None:
        self.warehouses: list[Warehouse] = []
        self.places: dict[int, list[Place]] = {}
        self.kept: list[Kept] = []

    def first(self, shop: int) -> int:
        """The warehouse of a shop that new pieces go to."""
        own = [n for n, one in enumerate(self.warehouses) if one.shop == shop]
        return min(own, key=lambda n: (self.warehouses[n].priority, n))

    def free(self, sku: int) -> int:
        return sum(place.free for place in self.places[sku])

    def put(self, sku: int, warehouse: int, count: int) -> None:
        for place in self.places[sku]:
            if place.warehouse == warehouse:
                place.free += count
                return
        self.places[sku].append(Place(warehouse, count))

    def remove(self, sku: int, count: int, warehouse: int | None = None) -> None:
        """Take free pieces away, as the shop does; all or none."""
        own = [p for p in self.places[sku] if warehouse in (None, p.warehouse)]
        if sum(place.free for place in own) < count:
            raise Refused("bad_input")
        for place in sorted(own, key=lambda p: self.warehouses[p.warehouse].priority):
            part = min(place.free, count)
            place.free -= part
            count -= part

    def adjust(self, shop: int, sku: int, change: int, warehouse: int | None) -> None:
        if change > 0:
            self.put(sku, self.first(shop) if warehouse is None else warehouse, change)
        elif change < 0:
            self.remove(sku, -change, warehouse)

    def check(self, wants: Iterable[tuple[int, int]]) -> None:
        if any(self.free(sku) < count for sku, count in wants):
            raise Refused("goods.out_of_stock")

    def hold(self, order: int, sku: int, count: int, *, province: int, until: int) -> None:
        """One warehouse for all of them if one has enough, else the best first."""
        places = self._nearest(sku, province)
        whole = next((place for place in places if place.free >= count), None)
        for place in [whole] if whole else places:
            part = min(place.free, count)
            if part:
                place.free -= part
                place.held += part
                count -= part
                self.kept.append(Kept(order, sku, place.warehouse, part, until))
        assert count == 0

    def _nearest(self, sku: int, province: int) -> list[Place]:
        def rank(place: Place) -> tuple[int, int]:
            own = self.warehouses[place.warehouse]
            far = 0 if own.province is None else DISTANCES[own.province][province]
            return own.priority, far

        return sorted(self.places[sku], key=rank)

    def held_for(self, orders: Sequence[int]) -> bool:
        """Whether everything of these orders is still held."""
        return all(kept.state == "held" for kept in self.kept if kept.order in orders)

    def sell(self, order: int) -> None:
        for kept, place in self._of(order, "held"):
            place.held -= kept.count
            place.sold += kept.count
            kept.state = "sold"

    def release(self, order: int, state: str = "released") -> bool:
        own = list(self._of(order, "held"))
        for kept, place in own:
            place.held -= kept.count
            place.free += kept.count
            kept.state = state
        return bool(own)

    def restock(self, order: int, *, gone: Iterable[int] = ()) -> None:
        """Sold pieces are free again, but for those that have left already."""
        for kept, place in self._of(order, "sold"):
            if kept.warehouse not in gone:
                place.sold -= kept.count
                place.free += kept.count
                kept.state = "returned"

    def restock_pieces(
        self, order: int, sku: int, count: int, *, gone: Collection[int] = ()
    ) -> None:
        """Some sold pieces of a SKU are free again, but for those that have left; what is left stays sold."""
        own = [(kept, place) for kept, place in self._of(order, "sold") if kept.sku == sku]
        order_of = {place.warehouse: n for n, place in enumerate(self.places[sku])}
        for kept, place in sorted(own, key=lambda one: order_of[one[0].warehouse]):
            part = min(count, kept.count) if kept.warehouse not in gone else 0
            if part:
                place.sold -= part
                place.free += part
                kept.count -= part
                count -= part
                self.kept.append(
                    Kept(order, sku, kept.warehouse, part, kept.until, state="returned")
                )
        self.kept = [kept for kept in self.kept if kept.count]

    def expire(self, now: int) -> int:
        due = [kept for kept in self.kept if kept.state == "held" and kept.until < now]
        orders = dict.fromkeys(kept.order for kept in due)
        return sum(self.release(order, "expired") for order in orders)

    def parcels(self, order: int) -> list[int]:
        """The warehouses an order leaves from."""
        own = {kept.warehouse for kept in self.kept if kept.order == order and kept.state == "sold"}
        return sorted(own)

    def seen(self) -> list[tuple[int, int, int, int, str]]:
        """What is kept, and was: (order, SKU, warehouse, pieces, state)."""
        found: Counter[tuple[int, int, int, str]] = Counter()
        for one in self.kept:
            found[one.order, one.sku, one.warehouse, one.state] += one.count
        return sorted((*key[:3], count, key[3]) for key, count in found.items())

    def _of(self, order: int, state: str) -> list[tuple[Kept, Place]]:
        found = []
        for kept in self.kept:
            if kept.order == order and kept.state == state:
                places = self.places[kept.sku]
                found.append((kept, next(p for p in places if p.warehouse == kept.warehouse)))
        return found
