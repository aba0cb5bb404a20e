"""One person of a shop on one page, by the shop's own code: what they bought, who brought them, whom they brought, what they were sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from grapevine.insight.crowds import RESULT_DAYS, PersonNotFound, PersonRow
from grapevine.insight.models import Customer, SegmentAct, Touch
from grapevine.insight.queries.customers import asked, narrowed, person_row
from grapevine.insight.rules.customers.segments import rule_from
from grapevine.insight.rules.hiding import LEAST
from grapevine.kit import clock
from grapevine.spread import facade as spread
from grapevine.trade import facade as trade

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Sent:
    """A coupon or notice of a segment: `at` None while it is a draft that would reach this person.

    `came`: they ordered within two weeks of it; None while that time runs.
    """

    text: str
    kind: str
    at: datetime | None
    came: bool | None


@dataclass(frozen=True, slots=True)
class FanCard:
    """`by` "": nobody brought them. `brought`: code and day of each person whom they brought, the newest first."""

    person: PersonRow
    by: str
    brought: tuple[tuple[str, date], ...]
    purchases: tuple[trade.Purchase, ...]
    sent: tuple[Sent, ...]


def fan_card(shop_id: int, code: str) -> FanCard:
    """Raises PersonNotFound: nobody of this shop has the code, who has it is not to be learned about, or the shop knows
    fewer than ten people. Five queries, and one for each draft; the codes of all of a shop's people are worked out.
    """
    ids = list(_known(shop_id).values_list("person_id", flat=True))
    person_id = next((pk for pk in ids if spread.code_of(shop_id, pk) == code), None)
    if person_id is None or len(ids) < LEAST:
        raise PersonNotFound(code)
    ties = spread.ties_of_shop(shop_id)
    by = next((tie.brought_by for tie in ties if tie.person_id == person_id), None)
    brought = sorted(
        ((timezone.localdate(tie.since), spread.code_of(shop_id, tie.person_id))
         for tie in ties if tie.brought_by == person_id),
        reverse=True,
    )  # fmt: skip
    purchases = trade.purchases_of(shop_id, person_id)
    return FanCard(
        person_row(_known(shop_id).get(person_id=person_id)),
        spread.code_of(shop_id, by) if by else "", tuple((name, day) for day, name in brought),
        tuple(purchases), (*_waiting(shop_id, person_id), *_sent(shop_id, person_id, purchases)),
    )  # fmt: skip


def _known(shop_id: int) -> QuerySet[Customer]:
    return Customer.objects.filter(shop_id=shop_id, is_personalised=True)


def _waiting(shop_id: int, person_id: int) -> list[Sent]:
    drafts = SegmentAct.objects.filter(shop_id=shop_id, state="draft").order_by("-id")
    return [
        Sent(act.text, act.kind, None, None) for act in drafts[:SHOWN]
        if narrowed(shop_id, rule_from(asked(act.query))).filter(person_id=person_id).exists()
    ]  # fmt: skip


def _sent(shop_id: int, person_id: int, purchases: Sequence[trade.Purchase]) -> list[Sent]:
    rows = Touch.objects.filter(person_id=person_id, act__shop_id=shop_id, is_held_out=False)
    told = rows.order_by("-act__done_at").values_list("act__text", "act__kind", "act__done_at")
    return [Sent(text, kind, at, _came(at, purchases)) for text, kind, at in told[:SHOWN] if at]


def _came(sent_at: datetime, purchases: Sequence[trade.Purchase]) -> bool | None:
    until = sent_at + timedelta(days=RESULT_DAYS)
    came = any(sent_at < one.at <= until for one in purchases)
    return came or (None if clock.now() <= until else False)
