"""Disputes before a jury, for the races: a jury that votes, its acts, and what is left of them."""

from datetime import timedelta

from grapevine.cases import facade as cases
from grapevine.cases.contracts import JuryState
from grapevine.cases.models import Juror, Jury
from grapevine.kit import clock
from grapevine.kit.ids import new_id
from grapevine.people import facade as people
from grapevine.people.models import Person
from grapevine.trade import facade as trade
from grapevine.trade.actions import aftersales, appealing
from grapevine.trade.contracts import ImportedOrder
from grapevine.trade.models import Case, CaseAppeal, Line, SettlementLine
from tests.races.world import World


def disputed(*, shop: int, seller: int, order: str, line: int) -> str:
    """A case that the platform was asked about."""
    buyer = Line.objects.select_related("order").get(pk=line).order.buyer_id
    case = aftersales.open_case(
        buyer_id=buyer, order_number=order, kind="refund", reason="unsent", pieces={line: 1}
    )
    aftersales.reject_case(shop_id=shop, number=case.number, actor_id=seller, reason="已经打包")
    aftersales.escalate_case(buyer_id=buyer, number=case.number, words="还没有发货")
    return str(case.number)


def stranger() -> int:
    """Somebody who has never met anybody of the city."""
    name = new_id()
    return people.sign_up(identifier=f"{name}@example.com", password="vine-and-grape-7", name=name)


def seated(*, shop: int, case: str, jurors: list[int], sku: int, quorum: int = 1) -> str:
    """These people sit on the jury of the case, and may: old accounts with orders received."""
    Person.objects.filter(pk__in=jurors).update(joined_at=clock.now() - timedelta(days=400))
    goods_line = Line.objects.filter(sku_id=sku).first()
    assert goods_line is not None
    trade.import_paid_orders(
        [
            ImportedOrder(
                buyer_id=pk, shop_id=shop, sku_id=sku, goods_id=goods_line.goods_id, count=1,
                price_minor=goods_line.price_minor, state="received", title="杯", option="",
                goods_public_id="", shop_name="", paid_at=clock.now() - timedelta(days=2),
            )
            for pk in jurors
            for _ in range(3)
        ]
    )  # fmt: skip
    row = Case.objects.get(number=case)
    jury = Jury.objects.create(
        case_number=case, buyer_id=row.buyer_id, shop_id=row.shop_id, kind=row.kind,
        reason=row.reason, about_minor=10_000, currency="CNY", effect="ruling", seats=len(jurors),
        quorum=quorum, offered_by=row.buyer_id, offered_at=clock.now(), state=JuryState.VOTING,
        due_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    Juror.objects.bulk_create(Juror(jury=jury, person_id=pk, drawn_at=clock.now()) for pk in jurors)
    return str(jury.public_id)


def vote(*, person: int, jury: str, side: str) -> None:
    cases.vote(person_id=person, public_id=jury, side=side, reason=f"我支持{side}")


def withdraw(*, case: str) -> None:
    row = Case.objects.get(number=case)
    aftersales.cancel_case(buyer_id=row.buyer_id, number=case)


def ruled_by_one(*, case: str, operator: int) -> None:
    aftersales.rule_case(number=case, operator_id=operator, for_buyer=True, reason="证据如此")


def appealed(*, shop: int, case: str, seller: int) -> None:
    appealing.appeal_ruling(
        shop_id=shop, number=case, actor_id=seller, words="出库录像里都在，称重一致"
    )


def decide(*, case: str, operator: int, is_right: bool) -> int:
    return appealing.decide_appeal(
        number=case, operator_id=operator, is_right=is_right, answer="看过双方的证据"
    )


def jury_facts(*, jury: str) -> World:
    row = Jury.objects.get(public_id=jury)
    case = Case.objects.get(number=row.case_number)
    votes = list(Juror.objects.filter(jury=row).exclude(vote="").values_list("vote", flat=True))
    return {
        "state": str(row.state), "outcome": row.outcome, "votes": sorted(votes),
        "case": str(case.state), "ruled_for": case.ruled_for,
    }  # fmt: skip


def appeal_facts(*, case: str) -> World:
    row = CaseAppeal.objects.get(case__number=case)
    paid = SettlementLine.objects.filter(kind="appeal", reference=case)
    return {
        "state": row.state, "repaid": row.repaid_minor,
        "paid": list(paid.values_list("net_minor", flat=True)),
        "ruled_for": Case.objects.get(number=case).ruled_for,
    }  # fmt: skip
