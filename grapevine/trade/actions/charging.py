"""What the platform charges shops: its share, plans, advertising; and the monthly invoice of it all."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput, NotFound
from grapevine.kit.text import marked
from grapevine.ledger import facade as ledger
from grapevine.ledger.contracts import Account, Leg
from grapevine.trade import ports
from grapevine.trade.actions.settling import purses_of, shop_owner, take_turn
from grapevine.trade.models import (
    Order,
    PlatformInvoice,
    ServiceCharge,
    ServicePlan,
    Subscription,
    TakeRate,
)
from grapevine.trade.rules import settlement as rules

CHARGE_MINOR_MAX = 100_000_000
INVOICE_AFTER = timedelta(hours=1)
"""A posting of the month's last second may be committed in the next."""
BATCH = 500


def take_rate(order: Order) -> int:
    """The platform's share of this order: the shop's own rate when it was placed, else the setting; scaled by its credit then."""
    rates = TakeRate.objects.filter(shop_id=order.shop_id, since__lte=order.placed_at)
    found = rates.order_by("-since", "-id").values_list("rate_bps", flat=True).first()
    usual: int = settings.PLATFORM_FEE_BPS if found is None else found
    return rules.scaled_rate(usual, ports.fee_scale(order.shop_id, order.placed_at))


@transaction.atomic
def set_take_rate(*, shop_id: int, rate_bps: int, actor_id: int, reason: str = "") -> None:
    """From now on, for orders placed from now on. The rates before stay in the history."""
    if not 0 <= rate_bps <= rules.RATE_BPS_MAX:
        raise BadInput(fields={"rate": marked("费率在 0 到 100% 之间")})
    before = TakeRate.objects.filter(shop_id=shop_id).order_by("-since", "-id").first()
    TakeRate.objects.create(
        shop_id=shop_id, rate_bps=rate_bps, since=clock.now(), set_by=actor_id, reason=reason[:120]
    )
    guard.audit(
        actor_id=actor_id, action="trade.take_rate", object=f"shop:{shop_id}",
        before={"rate_bps": before.rate_bps if before else settings.PLATFORM_FEE_BPS},
        after={"rate_bps": rate_bps, "reason": reason[:120]},
    )  # fmt: skip


@transaction.atomic
def save_plan(*, code: str, name: str, price_minor: int, actor_id: int) -> None:
    """A new plan. A price never changes; end the plan and make another."""
    fields = {}
    if not code.isascii() or not code.replace("-", "").isalnum() or len(code) > 20:
        fields["code"] = marked("代号用字母、数字和短横线，最多 20 个")
    if not name.strip() or len(name) > 40:
        fields["name"] = marked("名字 1 到 40 个字")
    if not 0 <= price_minor <= CHARGE_MINOR_MAX:
        fields["price"] = marked("价格不对")
    if fields:
        raise BadInput(fields=fields)
    try:
        with transaction.atomic():
            ServicePlan.objects.create(
                code=code, name=name.strip(), price_minor=price_minor, made_at=clock.now()
            )
    except IntegrityError:
        raise BadInput(fields={"code": marked("已经有这个代号")}) from None
    guard.audit(
        actor_id=actor_id, action="trade.plan_made", object=f"plan:{code}",
        after={"name": name.strip(), "price_minor": price_minor},
    )  # fmt: skip


@transaction.atomic
def end_plan(*, code: str, actor_id: int) -> None:
    """Nobody may choose it any more; shops on it stay on it."""
    if ServicePlan.objects.filter(code=code, ended_at=None).update(ended_at=clock.now()):
        guard.audit(actor_id=actor_id, action="trade.plan_ended", object=f"plan:{code}")


@transaction.atomic
def set_plan(*, shop_id: int, code: str, actor_id: int) -> None:
    """Put a shop on a plan from today; a month already charged stays as it is. "" takes it off."""
    today = timezone.localdate(clock.now())
    take_turn(shop_owner(shop_id), "CNY")
    mine = Subscription.objects.filter(shop_id=shop_id)
    mine.filter(starts_on__gt=today).delete()
    current = mine.filter(Q(ends_on=None) | Q(ends_on__gt=today))
    before = current.values_list("plan__code", flat=True).first()
    if before == (code or None):
        current.update(ends_on=None)
        return
    plan = ServicePlan.objects.filter(code=code, ended_at=None).first() if code else None
    if code and plan is None:
        raise NotFound(code)
    current.update(ends_on=today)
    if plan is not None:
        Subscription.objects.create(shop_id=shop_id, plan=plan, starts_on=today, set_by=actor_id)
    guard.audit(
        actor_id=actor_id, action="trade.plan_set", object=f"shop:{shop_id}",
        before={"plan": before}, after={"plan": code or None},
    )  # fmt: skip


def charge_plans() -> int:
    """Charge each shop on a plan for this month, once; how many were charged."""
    today = timezone.localdate(clock.now())
    month = rules.month_of(today)
    charged = ServiceCharge.objects.filter(month=month).values("shop_id")
    running = Q(ends_on=None) | Q(ends_on__gt=today)
    due = Subscription.objects.filter(running, starts_on__lte=today).exclude(shop_id__in=charged)
    return sum(
        _charge_month(one, month) for one in due.select_related("plan").order_by("id")[:BATCH]
    )


@transaction.atomic
def _charge_month(subscription: Subscription, month: date) -> bool:
    plan, shop_id = subscription.plan, subscription.shop_id
    take_turn(shop_owner(shop_id), plan.currency)
    _, made = ServiceCharge.objects.get_or_create(
        shop_id=shop_id, month=month,
        defaults={
            "subscription": subscription, "amount_minor": plan.price_minor, "at": clock.now(),
        },
    )  # fmt: skip
    if not made:
        return False
    _charge(
        shop_id, plan.price_minor, plan.currency, key=f"service:{shop_id}:{month:%Y%m}",
        kind="service_fee", reference=plan.code, to=rules.SERVICE,
    )  # fmt: skip
    return True


@transaction.atomic
def charge_advertising(
    *, shop_id: int, amount_minor: int, key: str, reference: str, actor_id: int | None = None,
    currency: str = "CNY",
) -> bool:  # fmt: skip
    """Charge a shop for advertising, once a key. False if that was done before."""
    if not 0 < amount_minor <= CHARGE_MINOR_MAX:
        raise BadInput(fields={"amount": marked("金额不对")})
    take_turn(shop_owner(shop_id), currency)
    name = f"advertising:{shop_id}:{key}"[:120]
    if ledger.posting(name) is not None:
        return False
    _charge(
        shop_id, amount_minor, currency, key=name, kind="advertising_fee",
        reference=reference[:80], to=rules.ADVERTISING,
    )  # fmt: skip
    guard.audit(
        actor_id=actor_id, action="trade.advertising", object=f"shop:{shop_id}",
        after={"amount_minor": amount_minor, "reference": reference[:80]},
    )  # fmt: skip
    return True


def _charge(
    shop_id: int, amount: int, currency: str, *, key: str, kind: str, reference: str, to: str
) -> None:
    """From the balance; what it does not cover becomes debt. The caller has the shop's turn."""
    if not amount:
        return
    owner = shop_owner(shop_id)
    party = take_turn(owner, currency)
    given = rules.take_in_turn(amount, purses_of(party, "balance"), "debt")
    ledger.post(
        key=key, kind=kind, reference=reference, currency=currency,
        legs=[Leg(Account(owner, name), Account("platform", to), n) for name, n in given.items()],
    )  # fmt: skip


def make_invoices(now: datetime | None = None) -> int:
    """An invoice for each shop that paid the platform something last month; how many were made."""
    today = timezone.localdate((now or clock.now()) - INVOICE_AFTER)
    month = rules.month_of(rules.month_of(today) - timedelta(days=1))
    since, until = rules.month_between(month, settings.TIME_ZONE)
    owners = ledger.payers("shop:", rules.PREFIX, since=since, until=until)
    done = PlatformInvoice.objects.filter(month=month).values_list("shop_id", flat=True)
    due = sorted({int(owner.partition(":")[2]) for owner in owners} - set(done))
    names = goods.shops(due)
    return sum(_invoice(one, names[one].name, month, since, until) for one in due if one in names)


@transaction.atomic
def _invoice(shop_id: int, name: str, month: date, since: datetime, until: datetime) -> int:
    paid = ledger.flows(shop_owner(shop_id), rules.PREFIX, since=since, until=until)
    made = 0
    for currency in sorted({currency for currency, _ in paid}):
        parts = [paid.get((currency, kind), 0) for kind in rules.COMPONENTS]
        if not any(parts):
            continue
        _, fresh = PlatformInvoice.objects.get_or_create(
            shop_id=shop_id, month=month, currency=currency,
            defaults={
                "number": f"F{month:%Y%m}-{shop_id}-{currency}", "shop_name": name,
                "commission_minor": parts[0], "payment_minor": parts[1], "service_minor": parts[2],
                "advertising_minor": parts[3], "total_minor": sum(parts), "made_at": clock.now(),
            },
        )  # fmt: skip
        made += fresh
    return made
