"""What the simulated shop consists of, and what its operations and replies look like. Plain Python.

People, SKUs, orders and the rest have small numbers here, in the order in which they come to be; the real side
keeps the list from these to its own names.
"""

from dataclasses import dataclass, field
from typing import Any

DAY = 86_400
HOLD = 15 * 60
"""Seconds an unpaid order is kept."""
STOCK_HOLD = HOLD + 120
QUERY_AFTER = 20
ASK_FOR = DAY
GIVEN_UP_AFTER = 3600
REFUND_ASK_AFTER = 15
REFUND_SLOWLY_AFTER = 600
RECEIPT = 10 * DAY
RETURN_WINDOW = 7 * DAY
REOPEN = 7 * DAY
"""How long after a case's end its buyer may re-open it."""
BANK_ASK_AFTER = 30
REVIEW_OVER = 4_000
"""Withdrawals above this an operator looks at first."""
SHANGHAI = 8 * 3600
"""Seconds a day begins earlier there; simulations begin at midnight UTC."""
COUNT_MAX = 999
ATTEMPTS_MAX = 30
WAYS = {"north": ("page", "qr"), "south": ("page",)}
"""The two payment providers and how one can pay there."""
PROVINCES = ("广东省", "浙江省", "四川省", "北京市", "新疆维吾尔自治区")
DISTANCES = (
    (0, 1053, 1243, 1891, 3288),
    (1053, 0, 1542, 1122, 3230),
    (1243, 1542, 0, 1511, 2055),
    (1891, 1122, 1511, 0, 2412),
    (3288, 3230, 2055, 2412, 0),
)
"""Kilometres between the seats of PROVINCES, in their order."""


class Different(AssertionError):
    """The model and the product disagree, or the product does not come to rest."""


class Refused(Exception):
    """A refusal the model expects, by its code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Operation:
    """What somebody does, `after` seconds from the one before."""

    kind: str
    after: int = 1
    args: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value}" for name, value in self.args.items())
        return f"+{self.after}s {self.kind}({told})"


@dataclass(frozen=True, slots=True)
class Reply:
    """`word` is ok, refused or crashed; `told` the result, or the code of the refusal."""

    word: str
    told: Any = None


@dataclass(frozen=True, slots=True)
class SkuSpec:
    price: int
    grams: int
    stock: tuple[int, ...]
    """Pieces in each of the shop's warehouses, in their order."""


@dataclass(frozen=True, slots=True)
class PlanSpec:
    """Buying together: `size` people, each piece at `price`."""

    size: int
    price: int
    hours: int
    limit: int


@dataclass(frozen=True, slots=True)
class GoodsSpec:
    skus: tuple[SkuSpec, ...]
    limit: int = 0
    plan: PlanSpec | None = None


@dataclass(frozen=True, slots=True)
class SendingSpec:
    """What sending costs: up to 1 kg `first`, each further kg `step`; free from `free_over`; not to `nowhere`."""

    first: int
    step: int
    free_over: int | None
    nowhere: int | None


@dataclass(frozen=True, slots=True)
class ShopSpec:
    warehouses: tuple[tuple[int | None, int], ...]
    """(province, priority) each; the first is the one a shop opens with."""
    goods: tuple[GoodsSpec, ...]
    sending: SendingSpec | None = None
    reduction: tuple[tuple[int, int], ...] = ()
    """(threshold, cut): the shop's own offer."""
    commission_bps: int = 0
    """What sharers earn of a sale."""
    bank: str = "0009"
    """How the number of its bank account ends: …0000 does not exist, …0001 takes a while."""


@dataclass(frozen=True, slots=True)
class Percent:
    """The platform's offer: `rate_bps` of everything from `threshold` on, `most` at most."""

    rate_bps: int
    threshold: int
    most: int


@dataclass(frozen=True, slots=True)
class Setup:
    buyers: int
    shops: tuple[ShopSpec, ...]
    fee_bps: int = 0
    percent: Percent | None = None
    points: int = 0
    """What everybody has at the beginning; each is worth one minor unit."""


@dataclass(slots=True)
class Sku:
    goods: int
    shop: int
    price: int
    grams: int


@dataclass(slots=True)
class Goods:
    shop: int
    skus: list[int]
    limit: int
    on_sale: bool = True


@dataclass(slots=True)
class Plan:
    goods: int
    shop: int
    spec: PlanSpec
    active: bool = True


@dataclass(slots=True)
class Line:
    sku: int
    count: int
    price: int
    discount: int = 0
    subsidy: int = 0
    counted: bool = False
    """Whether its pieces count against the buyer's limit."""
    points: int = 0
    """What of the discount points paid."""
    back: int = 0
    """Pieces that went back, and what was given for them but for the shipping."""
    returned: int = 0

    @property
    def payable(self) -> int:
        return self.price * self.count - self.discount


@dataclass(slots=True)
class Order:
    payment: int
    buyer: int
    shop: int
    lines: list[Line]
    shipping: int
    province: int
    group: int | None = None
    state: str = "pending"
    steps: list[str] = field(default_factory=lambda: ["pending"])
    shipped_at: int = 0
    received_at: int = 0
    parcels: set[int] = field(default_factory=set)
    """Warehouses that have sent their part."""
    share: int | None = None
    """The share its buyer came by."""
    refunded: int = 0
    refunded_subsidy: int = 0
    is_settled: bool = False
    points_state: str = "held"

    @property
    def total(self) -> int:
        return sum(one.price * one.count - one.discount for one in self.lines) + self.shipping

    @property
    def subsidy(self) -> int:
        return sum(one.subsidy for one in self.lines)

    @property
    def points(self) -> int:
        return sum(one.points for one in self.lines)


@dataclass(slots=True)
class Payment:
    buyer: int
    key: str
    total: int
    expires_at: int
    orders: list[int]
    state: str = "pending"
    method: str = ""
    captured_by: int | None = None
    """The attempt whose money its orders live on."""


@dataclass(slots=True)
class Attempt:
    payment: int
    place: int
    method: str
    way: str
    started_at: int
    state: str = "starting"
    asked_at: int | None = None

    @property
    def key(self) -> str:
        return f"{self.payment}-{self.place}"


@dataclass(slots=True)
class Refund:
    payment: int
    attempt: int | None
    order: int | None
    amount: int
    at: int
    state: str = "requested"
    asked_at: int | None = None


@dataclass(slots=True)
class Group:
    plan: int
    leader: int
    size: int
    deadline: int
    held: int = 1
    paid: int = 0
    state: str = "open"


@dataclass(slots=True)
class Seat:
    group: int
    person: int
    order: int
    state: str = "held"


@dataclass(slots=True)
class Case:
    """After-sales on pieces (place of the line → how many) of an order."""

    order: int
    buyer: int
    shop: int
    kind: str
    pieces: dict[int, int]
    is_unsent: bool
    amount: int
    due: int | None
    state: str = "requested"
    outcome: str = ""
    refund: int | None = None
    is_sent: bool = False
    is_escalated: bool = False
    is_ruled: bool = False
    is_reopened: bool = False
    ended_at: int | None = None


@dataclass(slots=True)
class Share:
    sharer: int
    goods: int
    shop: int


@dataclass(slots=True)
class Commission:
    """What a sharer earns of an order."""

    payee: int
    shop: int
    amount: int
    reversed: int = 0
    state: str = "held"


@dataclass(slots=True)
class Withdrawal:
    owner: str
    bank: str
    amount: int
    state: str
    told_at: int | None = None


@dataclass(slots=True)
class News:
    """An event in the outbox; `more` is what it says besides whom it is about."""

    kind: str
    about: int
    more: dict[str, Any] = field(default_factory=dict)
    handled: int = 0
    """How many of its subscribers have had it."""
    done: bool = False
    attempts: int = 0
    retry_at: int = 0
