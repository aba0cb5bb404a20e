"""Serving shops by stage: each gets its stage's playbook once a stay, an account manager and a day, without being asked."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Count
from django.utils import timezone

from grapevine.guard import facade as guard
from grapevine.insight.lifecycle import ServiceNotFound
from grapevine.insight.models import ShopManager, ShopService, ShopStage, ShopTrial
from grapevine.insight.rules.stages import Signals, Stage
from grapevine.insight.rules.support import PLAYBOOKS, is_served

BATCH = 500


def serve_shops(today: date) -> dict[str, int]:
    """End what is done or outlived, begin what shops came to, and give it to managers. Twice on one day is once."""
    standing = {row.shop_id: row for row in ShopStage.objects.filter(judged_on=today)}
    ended = _end(standing, today)
    begun = _begin(standing, today)
    _hand_out(standing)
    return {"served": ended, "services": begun}


def _end(standing: dict[int, ShopStage], today: date) -> int:
    """Services whose list is done end so; of a shop that moved on they end as they stood. How many are done."""
    fates: dict[str, list[int]] = {"done": [], "moved": []}
    for row in ShopService.objects.filter(ended_on=None, shop_id__in=standing):
        now = standing[row.shop_id]
        if is_served(Stage(row.stage), Signals(**now.signals)):
            fates["done"].append(row.pk)
        elif (now.stage, now.since) != (row.stage, row.since):
            fates["moved"].append(row.pk)
    for outcome, ids in fates.items():
        ShopService.objects.filter(pk__in=ids, ended_on=None).update(
            ended_on=today, outcome=outcome
        )
    return len(fates["done"])


def _begin(standing: dict[int, ShopStage], today: date) -> int:
    """A shop at a stage without its playbook gets it; one that is closed gets none. How many."""
    known = set(
        ShopService.objects.filter(shop_id__in=standing).values_list("shop_id", "stage", "since")
    )
    made = [
        ShopService(
            shop_id=row.shop_id, stage=row.stage, since=row.since, opened_on=today,
            playbook=PLAYBOOKS[Stage(row.stage)].code,
            due_on=today + timedelta(days=PLAYBOOKS[Stage(row.stage)].days),
        )
        for row in standing.values()
        if row.stage in PLAYBOOKS and (row.shop_id, row.stage, row.since) not in known
    ]  # fmt: skip
    ShopService.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
    return len(made)


def _hand_out(standing: dict[int, ShopStage]) -> None:
    """Each service without a manager goes to the one with the fewest for their capacity.

    A shop that is held out of following up is called by nobody while it may leave: it has its list alone.
    """
    managers = dict(ShopManager.objects.filter(is_active=True).values_list("person_id", "capacity"))
    if not managers:
        return
    held: dict[int, int] = dict.fromkeys(managers, 0) | _held(list(managers))
    alone = set(ShopTrial.objects.filter(is_held_out=True).values_list("shop_id", flat=True))
    given: dict[int, list[int]] = {}
    rows = ShopService.objects.filter(ended_on=None, manager_id=None, shop_id__in=standing)
    for row in rows.order_by("due_on", "id"):
        if row.stage == Stage.AT_RISK and row.shop_id in alone:
            continue
        who = min(managers, key=lambda one: (held[one] / managers[one], one))
        held[who] += 1
        given.setdefault(who, []).append(row.pk)
    for who, ids in given.items():
        ShopService.objects.filter(pk__in=ids, manager_id=None).update(manager_id=who)


def _held(managers: Sequence[int]) -> dict[int, int]:
    rows = ShopService.objects.filter(ended_on=None, manager_id__in=managers)
    return dict(rows.values_list("manager_id").annotate(n=Count("id")).order_by("manager_id"))


def complete_service(*, operator_id: int, public_id: str) -> None:
    """Say that a service was given, where the house cannot see it. Raises ServiceNotFound."""
    changed = ShopService.objects.filter(public_id=public_id, ended_on=None).update(
        ended_on=timezone.localdate(), ended_by=operator_id, outcome="done"
    )
    if not changed:
        raise ServiceNotFound(public_id)
    guard.audit(actor_id=operator_id, action="shops.served", object=f"service:{public_id}")
