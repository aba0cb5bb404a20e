"""Juries as others see them: states, refusals, views and news."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.signals.contracts import Event


class JuryState(StrEnum):
    OFFERED = "offered"
    """Waits for both sides' consent."""
    DECLINED = "declined"
    VOTING = "voting"
    DECIDED = "decided"
    HUNG = "hung"
    """No quorum or no majority: an operator decides."""
    VOID = "void"
    """The case ended before the jury did."""


CLOSED = frozenset({JuryState.DECLINED, JuryState.DECIDED, JuryState.HUNG, JuryState.VOID})


class Side(StrEnum):
    BUYER = "buyer"
    SHOP = "shop"


class JuryNotFound(NotFound):
    code = "cases.jury_not_found"
    message = marked("没有找到这次评审")


class NoJury(DomainError):
    code = "cases.no_jury"
    status = 409
    message = marked("现在不能请大家评审")
    remedy = marked("只有平台处理中的售后可以请大家评审，一次售后只有一次")


class AgreedAlready(DomainError):
    code = "cases.agreed_already"
    status = 409
    message = marked("你这一方已经答复过了")


class VotingOver(DomainError):
    code = "cases.voting_over"
    status = 409
    message = marked("投票已经结束")


class VotedAlready(DomainError):
    code = "cases.voted_already"
    status = 409
    message = marked("你已经投过票了，一人一票，不能改")


class NotEligible(DomainError):
    """`why` is one of rules.eligibility.WHY."""

    code = "cases.not_eligible"
    status = 403
    message = marked("你不能参加这次评审：%(why)s")


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes of a jury that has closed."""

    buyer: int
    shop: int

    @property
    def votes(self) -> int:
        return self.buyer + self.shop


@dataclass(frozen=True, slots=True)
class VoteView:
    """A vote without its voter."""

    side: str
    reason: str


@dataclass(frozen=True, slots=True)
class JuryView:
    """A case as strangers may see it. `tally` and `votes` are None and () until the jury has closed."""

    public_id: str
    state: JuryState
    effect: str
    kind: str
    reason: str
    category: str
    about_minor: int
    """The amount in round hundreds."""
    currency: str
    statements: Mapping[str, str]
    pictures: Sequence[str]
    seats: int
    quorum: int
    drawn: int
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str
    tally: Tally | None = None
    votes: Sequence[VoteView] = ()
    agreed: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class SeatView:
    """A person's own seat on a jury: what they voted, "" while they have not."""

    jury: JuryView
    vote: str
    reason: str


@dataclass(frozen=True, slots=True)
class JuryOpened(Event):
    """Both sides agreed and jurors were drawn; `juror_ids` are asked to vote."""

    name: ClassVar[str] = "cases.jury_opened"
    object_id: str
    juror_ids: list[int]
    due_at: str
    at: str
    object_type: str = "jury"


@dataclass(frozen=True, slots=True)
class JuryClosed(Event):
    """`outcome` buyer, shop or "" (hung)."""

    name: ClassVar[str] = "cases.jury_closed"
    object_id: str
    case_number: str
    shop_id: int
    person_id: int
    outcome: str
    votes: int
    at: str
    object_type: str = "jury"
