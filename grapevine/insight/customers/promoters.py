"""What those are worth whom somebody brought, of everybody who brought somebody: a by-product of the nightly count."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import date, timedelta

from django.db import transaction

from grapevine.insight.models import PersonAssetDay
from grapevine.insight.rules.customers import assets, brought
from grapevine.kit import clock
from grapevine.people import facade as people
from grapevine.spread import facade as spread
from grapevine.spread.contracts import TieRow

BATCH = 1000
EARNED_DAYS = 90
KEPT_DAYS = 60
"""The change is told against four weeks ago; the rest is for nights that were missed."""


class Tally:
    """Shops are added one by one; `keep` writes today's rows of all. The queries do not grow with people, but for parts of 900."""

    def __init__(self) -> None:
        since = clock.now() - timedelta(days=EARNED_DAYS)
        self._earned: dict[int, dict[int, int]] = defaultdict(dict)
        for row in spread.earned_since(since):
            self._earned[row.shop_id][row.person_id] = row.amount_minor
        self._reached: dict[int, set[int]] = defaultdict(set)
        self._active: dict[int, set[int]] = defaultdict(set)
        self._shops: dict[int, list[brought.InShop]] = defaultdict(list)

    def add(
        self,
        shop_id: int,
        ties: Mapping[int, TieRow],
        persons: Mapping[int, assets.Person],
        *,
        closed: Collection[int],
        first_worth_minor: float,
    ) -> None:
        """One shop's people; `closed` are those of whom nothing may be learned."""
        groups: dict[int, set[int]] = defaultdict(set)
        for pk, tie in ties.items():
            if tie.brought_by is not None and tie.brought_by != pk:
                groups[tie.brought_by].add(pk)
        earned = self._earned.get(shop_id, {})
        for by in groups.keys() | earned.keys():
            known = frozenset(pk for pk in groups.get(by, ()) if pk in persons and pk not in closed)
            worth = assets.asset_of(
                (persons[pk] for pk in sorted(known)), first_worth_minor=first_worth_minor
            )
            self._reached[by] |= groups.get(by, set())
            self._active[by] |= {pk for pk in known if persons[pk].is_active}
            self._shops[by].append(
                brought.InShop(
                    shop_id, known, earned.get(by, 0), persons[by].alive if by in persons else 1.0,
                    worth.income_minor + worth.customers_minor, worth.network_minor,
                )
            )  # fmt: skip

    def keep(self, today: date) -> None:
        """Put today's rows in place. Nobody else keeps any: not who switched personalisation off or closed the account."""
        off = people.not_personalised(self._shops)
        rows = [self._row(pk, today) for pk in sorted(self._shops) if pk not in off]
        kept = PersonAssetDay.objects
        with transaction.atomic():
            kept.filter(day=today).delete()
            kept.filter(day__lt=today - timedelta(days=KEPT_DAYS)).delete()
            kept.exclude(parts=[]).update(parts=[])
            kept.bulk_create(rows, batch_size=BATCH)
            kept.exclude(person_id__in=kept.filter(day=today).values("person_id")).delete()

    def _row(self, person_id: int, today: date) -> PersonAssetDay:
        shops = self._shops[person_id]
        parts = brought.parts_of(shops)
        is_told = any(part.people for part in parts)
        return PersonAssetDay(
            person_id=person_id, day=today, reached=len(self._reached[person_id]),
            active=len(self._active[person_id]) if is_told else None,
            income_minor=sum(one.income_minor for one in shops),
            customers_minor=sum(one.customers_minor for one in shops) if is_told else None,
            network_minor=sum(one.network_minor for one in shops) if is_told else None,
            parts=[asdict(part) for part in parts],
        )  # fmt: skip
