"""A provider's statement of a day held against our books: what differs, named; nothing is put right here.

A day is a day in Asia/Shanghai, by the provider's time for its lines and by ours for what we booked. We hear
of a payment after it happened, so around midnight the two may fall on different days: what we booked in the
last hour of a day (EDGE) is judged together with the next day, against the statements of both. Whatever is
booked is judged exactly once. More than an hour apart, and on different days, is a difference.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAYS_ARE_IN = ZoneInfo("Asia/Shanghai")
EDGE = timedelta(hours=1)


class Kind(StrEnum):
    """What can be wrong. `theirs` is the statement, `ours` the payments and refunds, `cash` the ledger."""

    PAYMENT_NOT_THEIRS = "payment_not_theirs"
    PAYMENT_NOT_OURS = "payment_not_ours"
    PAYMENT_CLOSED_HERE = "payment_closed_here"
    AMOUNT = "amount"
    CURRENCY = "currency"
    LINE_TWICE = "line_twice"
    TRANSACTION = "transaction"
    TRANSACTION_TWICE = "transaction_twice"
    REFUND_NOT_THEIRS = "refund_not_theirs"
    REFUND_NOT_OURS = "refund_not_ours"
    REFUND_AMOUNT = "refund_amount"
    REFUND_WITHOUT_PAYMENT = "refund_without_payment"
    OTHER_DAY = "other_day"
    KIND_FLIPPED = "kind_flipped"
    CASH = "cash"


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement, as they or we have it. `reference` is an attempt's number or a refund's id.

    `state` is ours: done, or what became of it with us instead. `cash_keys` are the ledger's keys it may
    have been booked under, the likelier last.
    """

    kind: str
    reference: str
    payment_number: str
    transaction_id: str
    amount_minor: int
    currency: str
    at: datetime
    state: str = "done"
    cash_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cash:
    """What a posting moved in the provider's cash account: positive came in from the provider's side."""

    key: str
    reference: str
    amount_minor: int
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """`ours_minor` and `theirs_minor` are None where one side knows nothing."""

    kind: Kind
    reference: str
    payment_number: str
    transaction_id: str
    ours_minor: int | None
    theirs_minor: int | None
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Books:
    """Our side. `booked` is everything that may belong to the day; `known` what we know of each reference of theirs."""

    booked: Sequence[Entry]
    known: Mapping[tuple[str, str], Sequence[Entry]] = field(default_factory=dict)
    """By kind and reference: also what is not done, or was booked on another day."""
    cash: Sequence[Cash] = ()


def refund_id(payment_number: str, pk: int, tries: int = 1) -> str:
    """Our name for a refund at a provider; a new try after a failure is a new refund there."""
    return f"{payment_number}-r{pk}" if tries == 1 else f"{payment_number}-r{pk}-{tries}"


def day_of(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day, and of the next."""
    start = datetime.combine(day, time(), DAYS_ARE_IN)
    return start, datetime.combine(day + timedelta(days=1), time(), DAYS_ARE_IN)


def judged(day: date) -> tuple[datetime, datetime]:
    """When what we booked must have been booked to be judged with this day."""
    start, end = day_of(day)
    return start - EDGE, end - EDGE


def differences(
    day: date, *, theirs: Sequence[Entry], before: Sequence[Entry], books: Books
) -> list[Difference]:
    """What is wrong, in the order of the statement, then of our books. `before` is the statement of the day before."""
    lines, repeated = _without_repeats(theirs)
    found = [_difference(Kind.LINE_TWICE, line, None) for line in repeated]
    flipped: set[tuple[str, str]] = set()
    twice = _same_transactions(lines, books)
    pairs = _paired(lines, books)
    for line, own in pairs:
        other = _other_kind(line, own, books)
        if other is not None:
            flipped.add((other.kind, other.reference))
            found.append(_difference(Kind.KIND_FLIPPED, line, other))
        elif line in twice:
            found.append(_difference(Kind.TRANSACTION_TWICE, line, own))
        else:
            found += _judge_line(day, line, own, books)
    seen = {(line.kind, line.reference, line.transaction_id) for line in before}
    matched = [own for _, own in pairs if own is not None]
    found += _not_theirs(day, books, matched=matched, seen=seen, flipped=flipped)
    return found + list(_cash(day, books))


def _without_repeats(theirs: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Each line once, and what came again."""
    lines: dict[tuple[str, str, str], Entry] = {}
    repeated = []
    for line in theirs:
        key = (line.kind, line.reference, line.transaction_id)
        if key in lines:
            repeated.append(line)
        lines.setdefault(key, line)
    return list(lines.values()), repeated


def _paired(lines: Sequence[Entry], books: Books) -> list[tuple[Entry, Entry | None]]:
    """Each line with ours of the same kind and reference: first those of the same transaction, then any left."""
    left = {key: list(own) for key, own in books.known.items()}
    pairs: dict[Entry, Entry] = {}
    for exact in (True, False):
        for line in lines:
            mine = left.get((line.kind, line.reference), [])
            fits = [one for one in mine if not exact or one.transaction_id == line.transaction_id]
            if line not in pairs and fits:
                mine.remove(fits[0])
                pairs[line] = fits[0]
    return [(line, pairs.get(line)) for line in lines]


def _other_kind(line: Entry, own: Entry | None, books: Books) -> Entry | None:
    """Ours under the same reference, but a payment where they say refund, or the reverse."""
    if own is not None:
        return None
    other = "refund" if line.kind == "payment" else "payment"
    return next(iter(books.known.get((other, line.reference), ())), None)


def _same_transactions(lines: Sequence[Entry], books: Books) -> set[Entry]:
    """Lines of payments that bear the transaction of another payment."""
    owner: dict[str, str] = {}
    for own in (one for rows in books.known.values() for one in rows):
        if own.kind == "payment" and own.transaction_id:
            owner.setdefault(own.transaction_id, own.reference)
    return {
        line
        for line in lines
        if line.kind == "payment" and line.transaction_id
        if owner.setdefault(line.transaction_id, line.reference) != line.reference
    }


def _judge_line(day: date, line: Entry, own: Entry | None, books: Books) -> list[Difference]:
    """One line of theirs against ours."""
    if line.kind == "refund" and not _was_paid(line, books):
        return [_difference(Kind.REFUND_WITHOUT_PAYMENT, line, own)]
    if own is None or own.state != "done":
        return [_difference(_unknown(line, own), line, own)]
    found = []
    if line.currency != own.currency:
        found.append(_difference(Kind.CURRENCY, line, own))
    elif line.amount_minor != own.amount_minor:
        kind = Kind.AMOUNT if line.kind == "payment" else Kind.REFUND_AMOUNT
        found.append(_difference(kind, line, own))
    if line.kind == "payment" and own.transaction_id not in ("", line.transaction_id):
        found.append(_difference(Kind.TRANSACTION, line, own))
    if _apart(day, own.at) or _apart(day, line.at):
        found.append(_difference(Kind.OTHER_DAY, line, own))
    return found


def _was_paid(line: Entry, books: Books) -> bool:
    rows = books.known.get(("payment", line.payment_number), ())
    return any(one.state == "done" for one in rows)


def _unknown(line: Entry, own: Entry | None) -> Kind:
    if line.kind == "refund":
        return Kind.REFUND_NOT_OURS
    gone = own is not None and own.state in ("closed", "failed")
    return Kind.PAYMENT_CLOSED_HERE if gone else Kind.PAYMENT_NOT_OURS


def _apart(day: date, at: datetime) -> bool:
    """Whether a moment is outside the day by more than the edge."""
    start, end = day_of(day)
    return not start - EDGE <= at < end + EDGE


def _not_theirs(
    day: date, books: Books, *, matched: Sequence[Entry], seen: set[tuple[str, str, str]],
    flipped: set[tuple[str, str]],
) -> Iterator[Difference]:  # fmt: skip
    """What we booked and neither this statement nor the one before has."""
    left = Counter(books.booked) - Counter(matched)
    references = {(kind, reference) for kind, reference, _ in seen}
    start, end = judged(day)
    for own in books.booked:
        payment, short = own.kind == "payment", (own.kind, own.reference)
        if not left[own] or not start <= own.at < end or short in flipped:
            continue
        if (*short, own.transaction_id) in seen or (not payment and short in references):
            continue
        kind = Kind.PAYMENT_NOT_THEIRS if payment else Kind.REFUND_NOT_THEIRS
        yield _difference(kind, None, own)


def _cash(day: date, books: Books) -> Iterator[Difference]:
    """The ledger's cash account of this provider against our own payments and refunds: each booked once, as it is."""
    left = {move.key: move for move in books.cash}
    start, end = judged(day)
    for own in books.booked:
        move = next((left.pop(key) for key in own.cash_keys if key in left), None)
        wanted = own.amount_minor if own.kind == "payment" else -own.amount_minor
        fits = move is not None and (move.amount_minor, move.currency) == (wanted, own.currency)
        if not fits and start <= own.at < end:
            yield Difference(
                Kind.CASH, own.reference, own.payment_number, own.transaction_id, own.amount_minor,
                move.amount_minor if move else None, own.currency, own.at,
            )  # fmt: skip
    for move in left.values():
        if start <= move.at < end:
            yield Difference(
                Kind.CASH, move.reference, "", "", None, move.amount_minor, move.currency, move.at
            )


def _difference(kind: Kind, line: Entry | None, own: Entry | None) -> Difference:
    told = line or own
    assert told is not None
    return Difference(
        kind, told.reference, told.payment_number, told.transaction_id,
        own.amount_minor if own else None, line.amount_minor if line else None, told.currency,
        told.at,
    )  # fmt: skip
