"""After a case has ended: the buyer re-opens it once, and rates how it was handled once."""

from django.conf import settings
from django.db import IntegrityError, transaction

from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.trade.actions.aftersales import case_of_buyer, locked, read_reason
from grapevine.trade.actions.cases import move_case
from grapevine.trade.aftersales import CaseState, IllegalCaseMove, NotSoMany, RatedAlready
from grapevine.trade.contracts import OrderState
from grapevine.trade.models import Case, CaseLine, CaseSatisfaction
from grapevine.trade.queries.aftersales import left_of
from grapevine.trade.rules import aftersales as rules

OVER = (OrderState.CANCELLED, OrderState.REFUNDED)
STARS = range(1, 6)


def ended_of(case: Case) -> rules.Ended:
    return rules.Ended(
        case.ended_at, case.outcome, case.ruled_at is not None, case.reopened_at is not None
    )


@transaction.atomic
def reopen_case(*, buyer_id: int, number: str, words: str) -> None:
    """Go back to the shop with what did not help, once. Raises IllegalCaseMove, BadInput, or NotSoMany."""
    case = locked(case_of_buyer(buyer_id, number))
    told, now = read_reason(words), clock.now()
    if not rules.may_reopen(ended_of(case), now, settings.AFTER_SALES_REOPEN_DAYS):
        raise IllegalCaseMove(number)
    if case.order.state in OVER:
        raise IllegalCaseMove(number)
    left = left_of(case.order.number)
    lines = CaseLine.objects.filter(case=case).values_list("line_id", "count")
    if any(left[line_id] < count for line_id, count in lines):
        raise NotSoMany(number)
    move_case(
        case, CaseState.REQUESTED, actor="buyer", actor_id=buyer_id, reason=told, ended_at=None,
        outcome="", reopened_at=now, carrier="", tracking="", new_carrier="", new_tracking="",
    )  # fmt: skip


@transaction.atomic
def rate_case(*, buyer_id: int, number: str, stars: int) -> None:
    """One to five stars for the handling of a case that ended. Raises IllegalCaseMove or RatedAlready."""
    case = locked(case_of_buyer(buyer_id, number))
    if stars not in STARS:
        raise BadInput(fields={"stars": marked("打 1 到 5 星")})
    if case.ended_at is None:
        raise IllegalCaseMove(number)
    try:
        with transaction.atomic():
            CaseSatisfaction.objects.create(case=case, stars=stars, at=clock.now())
    except IntegrityError:
        raise RatedAlready(number) from None
