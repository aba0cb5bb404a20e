"""Keeping segments and doing something for them: draft, then carry out once."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction

from grapevine.campaigns import facade as campaigns
from grapevine.campaigns.contracts import NewCoupons
from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.insight.crowds import (
    HELD_OUT_FROM,
    HELD_OUT_PARTS,
    SEGMENTS_MAX,
    ActNotFound,
    ActView,
    NewAct,
    SegmentNameTaken,
    SegmentNotFound,
    SegmentView,
    TooFewPeople,
    TooManySegments,
)
from grapevine.insight.models import Segment, SegmentAct, Touch
from grapevine.insight.queries import customers
from grapevine.insight.rules.customers.segments import Rule, query_of, rule_from
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.sealed import blind_index
from grapevine.kit.text import marked
from grapevine.people import facade as people
from grapevine.reach import facade as reach

NAME_MAX, TEXT_MAX = 20, 60
WORTH_MAX = 100_000
DAYS_MAX = 60
CAP_DAYS = 7
CAP_ALL_SHOPS = 3
"""A person hears from one shop once in seven days, and from all shops together three times."""
NEWS = "shop_news"


def save_segment(*, shop_id: int, name: str, rule: Rule, actor_id: int) -> SegmentView:
    """Keep a question under a name. Raises BadInput, SegmentNameTaken, TooManySegments."""
    name = name.strip()
    if not name or len(name) > NAME_MAX:
        raise BadInput(fields={"name": marked("名字写 1 到 20 个字")})
    if rule.is_empty:
        raise BadInput(fields={"rule": marked("先选一个条件")})
    if Segment.objects.filter(shop_id=shop_id).count() >= SEGMENTS_MAX:
        raise TooManySegments
    try:
        with transaction.atomic():
            row = Segment.objects.create(
                shop_id=shop_id, name=name, query=query_of(rule), made_by=actor_id,
                made_at=clock.now(),
            )  # fmt: skip
            guard.note(
                actor_id=actor_id, action="segments.save", object=f"segment:{row.public_id}",
                after={"name": name, "query": row.query}, shop_id=shop_id,
            )  # fmt: skip
    except IntegrityError:
        raise SegmentNameTaken(name) from None
    return customers.segment_view(row)


@transaction.atomic
def drop_segment(*, shop_id: int, public_id: str, actor_id: int) -> None:
    if not Segment.objects.filter(shop_id=shop_id, public_id=public_id).delete()[0]:
        raise SegmentNotFound(public_id)
    guard.note(
        actor_id=actor_id, action="segments.drop", object=f"segment:{public_id}", shop_id=shop_id
    )


@transaction.atomic
def draft_act(*, shop_id: int, rule: Rule, new: NewAct, actor_id: int) -> ActView:
    """What is to be done, as a draft; nobody hears of it yet. Raises BadInput, Refused, TooFewPeople."""
    check_act(new)
    if rule.is_empty:
        raise BadInput(fields={"rule": marked("先选一个条件")})
    guard.require_clean(new.text)
    if not customers.found(shop_id, rule):
        raise TooFewPeople
    row = SegmentAct.objects.create(
        shop_id=shop_id, query=query_of(rule), kind=new.kind, text=new.text.strip(),
        worth_minor=new.worth_minor, threshold_minor=new.threshold_minor, days=new.days,
        made_by=actor_id, made_at=clock.now(),
    )  # fmt: skip
    guard.note(
        actor_id=actor_id, action="segments.draft", object=f"act:{row.public_id}",
        after={"kind": row.kind, "query": row.query, "worth_minor": row.worth_minor}, shop_id=shop_id,
    )  # fmt: skip
    return customers.act_view(row)


def check_act(new: NewAct) -> None:
    wrong = {}
    if new.kind not in ("coupon", "notice"):
        wrong["kind"] = marked("选发券或发消息")
    if not 1 <= len(new.text.strip()) <= TEXT_MAX:
        wrong["text"] = marked("写 1 到 60 个字")
    if new.kind == "coupon":
        if not 1 <= new.worth_minor <= WORTH_MAX:
            wrong["worth_minor"] = marked("面额写 0.01 到 1000 元")
        if not new.worth_minor < new.threshold_minor <= WORTH_MAX * 100:
            wrong["threshold_minor"] = marked("门槛要比面额高")
        if not 1 <= new.days <= DAYS_MAX:
            wrong["days"] = marked("有效期写 1 到 60 天")
    if wrong:
        raise BadInput(fields=wrong)


@transaction.atomic
def drop_act(*, shop_id: int, public_id: str, actor_id: int) -> None:
    drafts = SegmentAct.objects.filter(shop_id=shop_id, public_id=public_id, state="draft")
    if not drafts.update(state="dropped"):
        raise ActNotFound(public_id)
    guard.note(
        actor_id=actor_id, action="segments.drop", object=f"act:{public_id}", shop_id=shop_id
    )


@transaction.atomic
def carry_out(*, shop_id: int, public_id: str, actor_id: int) -> ActView:
    """Give or tell it to those whom the rule finds now, once, all or nothing. Raises ActNotFound, TooFewPeople.

    Left out: who was reached this week already; of notices, who did not agree to them. One in ten of a large
    segment is left alone to compare with.
    """
    drafts = SegmentAct.objects.filter(shop_id=shop_id, public_id=public_id, state="draft")
    if not drafts.update(state="done", done_at=clock.now()):
        raise ActNotFound(public_id)
    act = SegmentAct.objects.get(shop_id=shop_id, public_id=public_id)
    wanted = customers.found(shop_id, rule_from(customers.asked(act.query)))
    if not wanted:
        raise TooFewPeople
    may = _may_be_reached(act, wanted)
    held = [pk for pk in may if _is_held_out(act, pk)] if len(may) >= HELD_OUT_FROM else []
    reached = _reach(act, sorted(set(may) - set(held)), actor_id)
    Touch.objects.bulk_create(
        [Touch(act=act, person_id=pk, is_held_out=pk in set(held)) for pk in [*reached, *held]],
        batch_size=1000,
    )
    act.reached, act.held_out = len(reached), len(held)
    act.left_out = len(wanted) - len(reached) - len(held)
    act.save(update_fields=["reached", "held_out", "left_out", "plan_id"])
    guard.note(
        actor_id=actor_id, action="segments.carry", object=f"act:{public_id}",
        after={"reached": act.reached, "held_out": act.held_out}, shop_id=shop_id,
    )  # fmt: skip
    return customers.act_view(act)


def _may_be_reached(act: SegmentAct, wanted: Sequence[int]) -> list[int]:
    here, often = customers.reached_since(wanted, act.shop_id, CAP_DAYS)
    blocked = people.blocked_ids(goods.shops([act.shop_id])[act.shop_id].owner_id)
    blocked |= people.not_personalised(wanted)  # who switched it off since they were counted
    free = [
        pk
        for pk in wanted
        if pk not in here and pk not in blocked and often.get(pk, 0) < CAP_ALL_SHOPS
    ]
    if act.kind == "coupon":
        return free
    agreed = reach.agreed(NEWS, free)
    return [pk for pk in free if pk in agreed]


def _is_held_out(act: SegmentAct, person_id: int) -> bool:
    digest = blind_index(str(person_id), context=f"insight.held_out:{act.public_id}")
    return int(digest[:8], 16) % HELD_OUT_PARTS == 0


def _reach(act: SegmentAct, person_ids: Sequence[int], actor_id: int) -> Sequence[int]:
    """A coupon lies in the wallet; who agreed to hear from shops is told of it too."""
    if not person_ids:
        return []
    if act.kind == "coupon":
        now = clock.now()
        new = NewCoupons(
            worth_minor=act.worth_minor, threshold_minor=act.threshold_minor, starts_at=now,
            issue_limit=len(person_ids), ends_at=now + timedelta(days=act.days), audience="named",
            title=act.text[:20],
        )  # fmt: skip
        plan = campaigns.create_coupons(shop_id=act.shop_id, new=new, actor_id=actor_id)
        act.plan_id = plan.public_id
        person_ids = campaigns.give_coupons_to(
            shop_id=act.shop_id, plan_id=plan.public_id, person_ids=person_ids, actor_id=actor_id
        )
    shop = goods.shops([act.shop_id])[act.shop_id]
    reach.tell(
        kind=NEWS, key=act.public_id, person_ids=person_ids,
        facts={
            "shop": shop.name, "slug": shop.slug, "said": act.text,
            "variant": "coupon" if act.kind == "coupon" else "",
        },
    )  # fmt: skip
    return person_ids
