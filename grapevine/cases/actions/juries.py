"""A jury from the offer to the verdict. The jury's row is locked first, the order and the case after it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import IntegrityError, transaction

from grapevine.cases import access
from grapevine.cases.contracts import (
    AgreedAlready,
    JuryClosed,
    JuryNotFound,
    JuryOpened,
    JuryState,
    NoJury,
    Side,
    VotedAlready,
    VotingOver,
)
from grapevine.cases.models import Consent, Juror, Jury, Volunteer
from grapevine.cases.queries.relations import facts_of
from grapevine.cases.rules import eligibility as rules
from grapevine.cases.rules.anonymity import about, anonymised
from grapevine.goods import facade as goods
from grapevine.guard import facade as guard
from grapevine.kit import clock
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked
from grapevine.people import facade as people
from grapevine.signals import facade as signals
from grapevine.trade import facade as trade
from grapevine.trade.contracts import CaseState, CaseView

WORDS_LEAST, WORDS_MAX, REASON_MAX = 10, 500, 300
CHUNK, CHUNKS_MAX = 200, 25
BATCH = 50


@transaction.atomic
def offer_jury(*, case_number: str, person_id: int) -> Jury:
    """Let people be asked about a case, once; both sides still have to agree. Raises NoJury or CaseNotFound."""
    if settings.JURY_EFFECT == "off":
        raise NoJury(case_number)
    case = trade.disputed_case(case_number)
    if case.state != CaseState.PLATFORM:
        raise NoJury(case_number)
    known = access.jury_of_case(case_number)
    if known is not None:
        if known.state != JuryState.OFFERED:
            raise NoJury(case_number)
        return known
    return _made(case, person_id)


def _made(case: CaseView, person_id: int) -> Jury:
    order = trade.order_for(case.buyer_id, case.order_number)
    asked = {one.line_id for one in case.lines}
    cards = goods.goods_cards({line.goods_id for line in order.lines if line.id in asked})
    category = next((one.category for one in cards.values() if one.category), "")
    try:
        with transaction.atomic():
            return Jury.objects.create(
                case_number=case.number, buyer_id=case.buyer_id, shop_id=case.shop_id,
                kind=case.kind, reason=case.reason, category=category[:60],
                about_minor=about(case.amount_minor), currency=case.currency,
                effect=settings.JURY_EFFECT, seats=settings.JURY_SEATS,
                quorum=min(settings.JURY_QUORUM, settings.JURY_SEATS), offered_by=person_id,
                offered_at=clock.now(),
            )  # fmt: skip
    except IntegrityError:
        found = access.jury_of_case(case.number)
        if found is None:
            raise
        return found


@transaction.atomic
def agree(
    *, case_number: str, side: Side, person_id: int, statement: str, pictures: Sequence[str] = (),
    device: str = "",
) -> Jury:  # fmt: skip
    """A side's yes, with what it tells strangers; the second yes opens the jury.

    Whoever calls has passed the case's own door for this side. Raises NoJury, AgreedAlready, BadInput.
    """
    offer_jury(case_number=case_number, person_id=person_id)
    jury = access.jury_of_case(case_number, lock=True)
    assert jury is not None
    if jury.state != JuryState.OFFERED:
        raise NoJury(case_number)
    if Consent.objects.filter(jury=jury, side=side).exists():
        raise AgreedAlready(case_number)
    case = trade.disputed_case(case_number)
    said = anonymised(statement.strip(), _names(case))
    if not WORDS_LEAST <= len(said) <= WORDS_MAX:
        raise BadInput(fields={"statement": marked("写 10 到 500 个字，不要写名字、电话和地址")})
    guard.require_clean(said)
    shown = {one for message in case.thread for one in message.pictures}
    Consent.objects.create(
        jury=jury, side=side, person_id=person_id, statement=said, device=device, at=clock.now(),
        pictures=sorted(shown & set(pictures)),
    )  # fmt: skip
    if side == Side.SHOP:
        guard.note(
            actor_id=person_id, action="cases.agree", object=f"case:{case_number}",
            after={"statement": said}, shop_id=jury.shop_id,
        )  # fmt: skip
    if Consent.objects.filter(jury=jury).count() == len(Side):
        _open(jury)
    return jury


def _names(case: CaseView) -> set[str]:
    """Everything by which somebody could find out who this is about."""
    order = trade.order_for(case.buyer_id, case.order_number)
    shop = goods.shops([case.shop_id])[case.shop_id]
    cards = people.cards([case.buyer_id, shop.owner_id])
    names = {case.shop_name, shop.name, shop.slug, case.number, case.order_number}
    names |= {text for card in cards.values() for text in (card.name, card.handle)}
    names |= {line.title for line in case.lines}
    if order.address:
        to = order.address
        names |= {to.name, to.phone, to.province, to.city, to.district, to.street, to.detail}
        names |= {to.city.removesuffix("市"), to.district.removesuffix("区"), to.name[:1] + "先生", to.name[:1] + "女士"}  # fmt: skip
    for parcel in order.shipments:
        names.add(parcel.tracking)
    return names | {case.tracking, case.new_tracking}


@transaction.atomic
def decline(*, case_number: str, side: Side, person_id: int) -> None:
    """A side's no; the case stays with the operators."""
    jury = access.jury_of_case(case_number, lock=True)
    if jury is None or jury.state != JuryState.OFFERED:
        raise NoJury(case_number)
    _end(jury, JuryState.DECLINED)
    if side == Side.SHOP:
        guard.note(
            actor_id=person_id, action="cases.decline", object=f"case:{case_number}",
            shop_id=jury.shop_id,
        )  # fmt: skip


def _open(jury: Jury) -> None:
    now = clock.now()
    drawn = draw(jury, now)
    if len(drawn) < jury.quorum:
        _end(jury, JuryState.HUNG)
        return
    Juror.objects.bulk_create(Juror(jury=jury, person_id=pk, drawn_at=now) for pk in drawn)
    jury.state, jury.due_at = JuryState.VOTING, now + timedelta(hours=settings.JURY_HOURS)
    jury.save(update_fields=["state", "due_at"])
    signals.emit(JuryOpened(jury.public_id, drawn, jury.due_at.isoformat(), now.isoformat()))


def draw(jury: Jury, now: datetime) -> list[int]:
    """The first eligible volunteers in the order of the seed, one a device; at most `seats`."""
    everybody = Volunteer.objects.filter(since__lt=jury.offered_at).values_list(
        "person_id", "device"
    )
    waiting = sorted(everybody, key=lambda one: rules.place(jury.seed, one[0]))
    drawn: list[int] = []
    seen: set[str] = set()
    line = iter(waiting)
    for _ in range(CHUNKS_MAX):
        chunk = list(islice(line, CHUNK))
        facts = facts_of(jury, [pk for pk, _ in chunk])
        for pk, device in chunk:
            if len(drawn) == jury.seats:
                return drawn
            if pk not in facts or _against(facts[pk], now) or (device and device in seen):
                continue
            seen.add(device)
            drawn.append(pk)
        if len(chunk) < CHUNK:
            break
    return drawn


def _against(facts: rules.Facts, now: datetime) -> str:
    return rules.against(
        facts, now=now, account_days=settings.JURY_ACCOUNT_DAYS, orders=settings.JURY_ORDERS
    )


@transaction.atomic
def vote(*, person_id: int, public_id: str, side: str, reason: str, device: str = "") -> None:
    """One vote with its reason, for good. The last of all seats closes the jury.

    Raises JuryNotFound without a seat, NotEligible who is related by now, VotingOver, VotedAlready, BadInput.
    """
    access.seat_of(person_id, public_id)
    jury = access.jury_by_id(public_id, lock=True)
    now = clock.now()
    if jury.state != JuryState.VOTING or jury.due_at is None or now >= jury.due_at:
        raise VotingOver(public_id)
    told = reason.strip()[:REASON_MAX]
    if side not in set(Side) or len(told) < 2:
        raise BadInput(fields={"reason": marked("选一方，并写上理由")})
    facts = facts_of(jury, [person_id], devices={person_id: device}).get(person_id)
    if facts is None:
        raise JuryNotFound(public_id)
    why = _against(facts, now)
    others = Juror.objects.filter(jury=jury).exclude(person_id=person_id)
    if not why and device and others.filter(device=device).exists():
        why = "device"
    if why:
        raise access.refused(why)
    guard.require_clean(told)
    mine = Juror.objects.filter(jury=jury, person_id=person_id, vote="")
    if not mine.update(vote=side, reason=told, device=device, voted_at=now):
        raise VotedAlready(public_id)
    if not Juror.objects.filter(jury=jury, vote="").exists():
        _close(jury)


def close_juries() -> int:
    """Juries whose time is over; how many were closed."""
    due = Jury.objects.filter(state=JuryState.VOTING, due_at__lte=clock.now()).order_by("due_at")
    return sum(
        _close_due(public_id) for public_id in due.values_list("public_id", flat=True)[:BATCH]
    )


@transaction.atomic
def _close_due(public_id: str) -> bool:
    jury = access.jury_by_id(public_id, lock=True)
    if jury.state != JuryState.VOTING or jury.due_at is None or jury.due_at > clock.now():
        return False
    _close(jury)
    return True


def _close(jury: Jury) -> None:
    """Count, and carry the verdict out where it is one. Must run with the jury locked."""
    if trade.lock_dispute(jury.case_number) != CaseState.PLATFORM:
        _end(jury, JuryState.VOID)
        return
    votes = list(Juror.objects.filter(jury=jury).exclude(vote="").values_list("vote", flat=True))
    buyer, shop = votes.count(Side.BUYER), votes.count(Side.SHOP)
    found = rules.verdict(buyer, shop, quorum=jury.quorum)
    _end(jury, JuryState.DECIDED if found else JuryState.HUNG, outcome=found, votes=len(votes))
    if found and jury.effect == "ruling":
        trade.rule_by_jury(
            number=jury.case_number, for_buyer=found == Side.BUYER,
            reason=marked("公众评审的多数意见"),
        )  # fmt: skip


def _end(jury: Jury, state: JuryState, *, outcome: str = "", votes: int = 0) -> None:
    now = clock.now()
    jury.state, jury.outcome, jury.closed_at = state, outcome, now
    jury.save(update_fields=["state", "outcome", "closed_at"])
    signals.emit(
        JuryClosed(
            jury.public_id, jury.case_number, jury.shop_id, jury.buyer_id, outcome, votes,
            now.isoformat(),
        )
    )  # fmt: skip
    signals.publish("operator:disputes", {"case": jury.case_number})


@transaction.atomic
def void_jury(case_number: str) -> None:
    """The case has left the platform's hands: there is nothing left to ask."""
    jury = access.jury_of_case(case_number, lock=True)
    if jury is None or jury.state not in (JuryState.OFFERED, JuryState.VOTING):
        return
    if trade.lock_dispute(case_number) != CaseState.PLATFORM:  # news of an earlier move comes late
        _end(jury, JuryState.VOID)


def volunteer(*, person_id: int, device: str = "") -> None:
    """Say that one would sit on juries; saying it again changes the device alone."""
    Volunteer.objects.update_or_create(
        person_id=person_id, defaults={"device": device}, create_defaults={"device": device, "since": clock.now()},
    )  # fmt: skip


def stand_down(*, person_id: int) -> None:
    """No longer be drawn; a seat one has stays."""
    Volunteer.objects.filter(person_id=person_id).delete()
