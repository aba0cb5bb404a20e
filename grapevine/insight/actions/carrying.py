"""Carrying out the draft of an advice, and taking it back. Each kind goes through the module whose thing it makes."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from grapevine.campaigns import facade as campaigns
from grapevine.campaigns.contracts import NewCoupons, NewScope
from grapevine.goods import facade as goods
from grapevine.goods.contracts import Right
from grapevine.guard import facade as guard
from grapevine.insight.actions.advising import advice_row
from grapevine.insight.advising import (
    AdviceOver,
    AdviceView,
    CannotTakeBack,
    Kind,
    NobodyToTell,
)
from grapevine.insight.models import Advice, AdviceDismissal, AdviceDraft
from grapevine.insight.queries import advices as queries
from grapevine.insight.queries.situation import fans_to_wake
from grapevine.kit import clock
from grapevine.reach import facade as reach
from grapevine.scene import facade as scene

RIGHTS: Mapping[Kind, Right] = {
    Kind.COUPON: Right.MARKETING, Kind.GROUP: Right.MARKETING, Kind.NOTE: Right.GOODS,
    Kind.WAKE: Right.MARKETING, Kind.MOVE: Right.STOCK, Kind.ORDER: Right.STOCK,
}  # fmt: skip
"""What it takes to carry a draft out; the same that the thing's own page asks for."""
CHANGEABLE: Mapping[Kind, tuple[str, ...]] = {
    Kind.COUPON: ("worth_minor", "count", "days"),
    Kind.GROUP: ("price_minor", "size", "hours"),
}
"""Numbers of a draft that may be changed while it is looked at; the rules of the thing itself are asked again."""


@transaction.atomic
def carry_out(
    *, shop_id: int, public_id: str, actor_id: int, changed: Mapping[str, int] | None = None,
    title: str = "",
) -> AdviceView:  # fmt: skip
    """Do what the draft says, once. Raises AdviceNotFound, AdviceOver, and what the thing itself raises; then nothing
    happened and the draft waits on."""
    row = advice_row(shop_id, public_id)
    taken = AdviceDraft.objects.filter(advice=row, state="draft").update(
        state="done", done_by=actor_id, done_at=clock.now()
    )
    if not taken or AdviceDismissal.objects.filter(advice=row).exists():
        raise AdviceOver(public_id)
    kind = Kind(row.kind)
    known = {name: n for name, n in (changed or {}).items() if name in CHANGEABLE.get(kind, ())}
    facts = {**row.facts, **known, **({"note_title": title} if title else {})}
    told, result = _CARRIERS[kind](row, facts, actor_id)
    AdviceDraft.objects.filter(advice=row).update(facts={**known, **told}, result=result)
    _note("carry", row, actor_id)
    return queries.advice_of(shop_id, public_id)


def drop(*, shop_id: int, public_id: str) -> None:
    """The draft goes; the advice can be taken up again. Raises AdviceNotFound, AdviceOver."""
    row = advice_row(shop_id, public_id)
    if not AdviceDraft.objects.filter(advice=row, state="draft").update(state="dropped"):
        raise AdviceOver(public_id)


@transaction.atomic
def take_back(*, shop_id: int, public_id: str, actor_id: int) -> AdviceView:
    """Undo what was carried out, as far as it can be. Raises AdviceNotFound, AdviceOver, CannotTakeBack, and what the
    thing itself raises; then it stays done."""
    row = advice_row(shop_id, public_id)
    if not AdviceDraft.objects.filter(advice=row, state="done").update(state="undone"):
        raise AdviceOver(public_id)
    _TAKERS[Kind(row.kind)](row, AdviceDraft.objects.get(advice=row), actor_id)
    _note("undo", row, actor_id)
    return queries.advice_of(shop_id, public_id)


def _note(what: str, row: Advice, actor_id: int) -> None:
    guard.note(
        actor_id=actor_id, action=f"advice.{what}", object=f"advice:{row.public_id}",
        after={"kind": row.kind}, shop_id=row.shop_id,
    )  # fmt: skip


Facts = Mapping[str, Any]
Carried = tuple[dict[str, Any], str]
"""(what to remember, the thing's own id)"""


def _coupon(row: Advice, facts: Facts, actor_id: int) -> Carried:
    now = clock.now()
    made = campaigns.create_coupons(
        shop_id=row.shop_id, actor_id=actor_id,
        new=NewCoupons(
            worth_minor=facts["worth_minor"], issue_limit=facts["count"],
            threshold_minor=facts["threshold_minor"], audience=facts["audience"], starts_at=now,
            ends_at=now + timedelta(days=min(366, max(1, facts["days"]))),
            scope=NewScope(goods=(facts["goods"],) if facts["goods"] else ()),
        ),
    )  # fmt: skip
    return {}, made.public_id


def _uncoupon(row: Advice, draft: AdviceDraft, actor_id: int) -> None:
    campaigns.stop_coupons(shop_id=row.shop_id, public_id=draft.result, actor_id=actor_id)


def _group(row: Advice, facts: Facts, actor_id: int) -> Carried:
    made = campaigns.create_plan(
        shop_id=row.shop_id, goods_public_id=facts["goods"], size=facts["size"],
        price_minor=facts["price_minor"], hours=facts["hours"], actor_id=actor_id,
    )  # fmt: skip
    return {}, made.public_id


def _ungroup(row: Advice, draft: AdviceDraft, actor_id: int) -> None:
    campaigns.stop_plan(shop_id=row.shop_id, public_id=draft.result, actor_id=actor_id)


def _write(_row: Advice, facts: Facts, actor_id: int) -> Carried:
    """A note of the actor's own, with the goods attached; pictures and words are theirs to add."""
    title = str(facts.get("note_title", ""))
    made = scene.save_draft(
        author_id=actor_id, title=title, goods_public_ids=list(facts["goods"]), sponsored=True
    )
    return {}, made


def _unwrite(_row: Advice, draft: AdviceDraft, actor_id: int) -> None:
    """Only while it is a draft, and only its author."""
    own = {card.public_id for card, _state in scene.unpublished_of(actor_id)}
    if draft.result not in own:
        raise CannotTakeBack
    scene.delete_note(author_id=actor_id, public_id=draft.result)


def _wake(row: Advice, _facts: Facts, actor_id: int) -> Carried:
    """Who may be written to is asked again now, whatever the dry run said."""
    told = reach.call_fans(
        shop_id=row.shop_id, key=row.public_id, actor_id=actor_id,
        person_ids=[fan.person_id for fan in fans_to_wake(row.shop_id)],
    )  # fmt: skip
    if not told:
        raise NobodyToTell
    return {"told": told}, row.public_id


def _unwake(row: Advice, draft: AdviceDraft, _actor_id: int) -> None:
    if not reach.take_back_call(shop_id=row.shop_id, key=draft.result):
        raise CannotTakeBack


def _move(row: Advice, facts: Facts, _actor_id: int) -> Carried:
    for line in sorted(facts["lines"], key=lambda line: str(line["code"])):
        goods.transfer(
            shop_id=row.shop_id, code=line["code"], source=line["source"], target=line["target"],
            count=line["count"],
        )  # fmt: skip
    return {}, row.public_id


def _unmove(row: Advice, _draft: AdviceDraft, _actor_id: int) -> None:
    """Back to where they came from; refused where they are sold already."""
    for line in sorted(row.facts["lines"], key=lambda line: str(line["code"])):
        goods.transfer(
            shop_id=row.shop_id, code=line["code"], source=line["target"], target=line["source"],
            count=line["count"],
        )  # fmt: skip


def _order(row: Advice, facts: Facts, _actor_id: int) -> Carried:
    """The list as it stands now is kept; what came in since the advice is left out."""
    short = {stock.code for stock in goods.stock_by_warehouse(row.shop_id) if stock.free <= 0}
    lines = [line for line in facts["lines"] if line["code"] in short]
    if not lines:
        raise AdviceOver(row.public_id)
    return {"lines": lines, "pieces": sum(line["count"] for line in lines)}, row.public_id


def _unorder(_row: Advice, _draft: AdviceDraft, _actor_id: int) -> None:
    """A list changes nothing but itself."""


_CARRIERS: Mapping[Kind, Callable[[Advice, Facts, int], Carried]] = {
    Kind.COUPON: _coupon, Kind.GROUP: _group, Kind.NOTE: _write, Kind.WAKE: _wake, Kind.MOVE: _move,
    Kind.ORDER: _order,
}  # fmt: skip
_TAKERS: Mapping[Kind, Callable[[Advice, AdviceDraft, int], None]] = {
    Kind.COUPON: _uncoupon, Kind.GROUP: _ungroup, Kind.NOTE: _unwrite, Kind.WAKE: _unwake,
    Kind.MOVE: _unmove, Kind.ORDER: _unorder,
}  # fmt: skip
