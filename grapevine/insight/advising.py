"""What is found, what may be done about it, and what came of it. A sibling of `contracts`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from grapevine.insight.contracts import State
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked


class AdviceNotFound(NotFound):
    code = "insight.advice_not_found"
    message = marked("没有找到这条建议")
    remedy = marked("到建议页看看现在有哪些")


class AdviceOver(DomainError):
    """It was dismissed or its draft was dealt with; nothing is done a second time."""

    code = "insight.advice_over"
    status = 409
    message = marked("这条建议已经处理过了")


class NobodyToTell(DomainError):
    code = "insight.nobody_to_tell"
    status = 409
    message = marked("现在没有可以提醒的老粉")
    remedy = marked("他们关掉了这类提醒或个性化推荐，或者最近刚提醒过")


class CannotTakeBack(DomainError):
    code = "insight.cannot_take_back"
    status = 409
    message = marked("收不回来了")
    remedy = marked("做成的东西已经被改过，请到它自己的页面处理")


class Kind(StrEnum):
    """What an advice makes a draft of."""

    COUPON = "coupon"
    GROUP = "group"
    NOTE = "note"
    WAKE = "wake"
    MOVE = "move"
    ORDER = "order"


class Cause(StrEnum):
    """Why a node moved, as far as the shop's own doings explain it; NODE: nothing of its own does."""

    NODE = "node"
    WITHHELD = "withheld"
    SOLD_OUT = "sold_out"
    RAISED = "raised"
    SALE_OVER = "sale_over"


DISMISSALS = ("done", "later", "wrong", "costly", "other")
"""Why an advice is put aside, to choose from; nothing is written freely."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Goods as advice sees them: what they earned in both windows, and what they cost here and elsewhere."""

    goods_id: int
    public_id: str
    title: str
    category: str
    price_minor: int
    cost_minor: int | None
    free: int
    now_minor: int
    before_minor: int
    others_minor: tuple[int, ...] = ()
    """Quartiles of what comparable goods cost in other shops; () where there are too few."""
    has_plan: bool = False

    @property
    def loss_minor(self) -> int:
        return max(0, self.before_minor - self.now_minor)


@dataclass(frozen=True, slots=True)
class SoldOut:
    """A SKU of which a warehouse has nothing left. `source` has pieces to spare for `target`; "" : nobody has."""

    code: str
    goods_id: int
    title: str
    per_day: float
    target: str
    target_name: str
    source: str = ""
    source_name: str = ""
    spare: int = 0


@dataclass(frozen=True, slots=True)
class Raised:
    goods_id: int
    title: str
    before_minor: int
    after_minor: int
    on: date


@dataclass(frozen=True, slots=True)
class SaleOver:
    goods_id: int
    title: str
    price_minor: int
    on: date


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a shop beside its tree. Pieces: those that earned most before come first."""

    pieces: Sequence[Piece] = ()
    sold_out: Sequence[SoldOut] = ()
    raised: Sequence[Raised] = ()
    sales_over: Sequence[SaleOver] = ()
    withheld: frozenset[int] = frozenset()
    """Goods out of sale by a measure or a missing paper."""
    shop_withheld: bool = False
    fans: int = 0
    """Supporting fans who may be written to now, at most twenty."""
    brought: int = 0
    """Buyers whom these fans brought."""
    category: str = ""
    order_minor: int = 0
    """What an order is worth now."""
    rested: frozenset[str] = frozenset()
    """Kinds not to be advised now: done or put aside lately, or a draft waits."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A node that moved, and why. `gap_minor` is what that is worth in a week."""

    node: str
    family: str
    state: State
    now: float
    before: float
    change: float
    gap_minor: int
    cause: Cause
    facts: Mapping[str, Any]
    """What the cause says: title, days, prices, the money that is missing."""
    goods_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Beta:
    """How likely an action works: a Beta distribution, and how many judged ones stand behind it."""

    a: float
    b: float
    judged: int = 0
    worked: int = 0
    shops: int = 0

    @property
    def mean(self) -> float:
        return self.a / (self.a + self.b)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be done about a finding; `facts` are what its draft is made from."""

    kind: Kind
    finding: Finding
    facts: Mapping[str, Any]
    category: str
    low_minor: int
    expected_minor: int
    high_minor: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate at its place, from 0, and how likely it was to stand there."""

    candidate: Candidate
    place: int
    propensity: float


@dataclass(frozen=True, slots=True)
class OutcomeView:
    until: date
    expected: float
    observed: float
    gained_minor: int
    worked: bool


@dataclass(frozen=True, slots=True)
class AdviceView:
    """An advice that was shown. `state`: shown, dismissed, draft, done, dropped or undone."""

    id: int
    public_id: str
    day: date
    kind: Kind
    node: str
    direction: State
    now: float
    before: float
    cause: Cause
    why: Mapping[str, Any]
    facts: Mapping[str, Any]
    category: str
    gap_minor: int
    low_minor: int
    high_minor: int
    place: int
    propensity: float
    state: str
    reason: str = ""
    done_at: datetime | None = None
    done_by: int | None = None
    result: str = ""
    days: int = 7
    outcome: OutcomeView | None = None


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a shop reads first: what was found, and what to do about it."""

    findings: Sequence[Finding]
    advices: Sequence[AdviceView]
    waiting: Sequence[AdviceView] = ()
    """Drafts that wait to be looked at."""
    last: AdviceView | None = None
    """The last one whose effect is known."""
    state: State = State.UNKNOWN
    """Of all payments, where nothing was found: as usual, or too little to say."""
    is_ended: bool = False
    """Nobody comes any more: there is nothing to go by."""


@dataclass(frozen=True, slots=True)
class KindRow:
    """How a kind of advice does, over all shops or one category. `idle`: the same of shops that did nothing."""

    kind: Kind
    category: str
    shown: int
    drafted: int
    done: int
    dismissed: int
    judged: int
    worked: int
    shops: int
    mean: float
    low: float
    high: float
    gained_minor: int
