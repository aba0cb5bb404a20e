"""What the desk says and hears: rows, changes of many goods at once, batches. A sibling of `contracts`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grapevine.goods.contracts import SkuLine
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.media.contracts import PictureCard


class BatchNotFound(NotFound):
    code = "goods.batch_not_found"
    message = marked("没有找到这次修改，或者已经撤销了")


class NothingPicked(DomainError):
    code = "goods.nothing_picked"
    status = 422
    message = marked("先选中要改的商品，一次最多 500 件")


class NotADraft(DomainError):
    code = "goods.not_a_draft"
    status = 409
    message = marked("在售或有人买过的商品不能删除，可以下架")


class ChangedMeanwhile(DomainError):
    code = "goods.changed_meanwhile"
    status = 409
    message = marked("这一行刚被别人改过，核对后再保存")


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What a desk list shows. `state`: on, off, scheduled, low, bare (no picture) or "" for all."""

    query: str = ""
    state: str = ""
    category: str = ""
    kind: str = ""
    sort: str = "new"


@dataclass(frozen=True, slots=True)
class DeskRow:
    """Goods on the desk: `free` and `sold` over all SKUs and warehouses."""

    id: int
    public_id: str
    title: str
    category: str
    kind: str
    cover: PictureCard | None
    price_minor: int
    dearest_minor: int
    currency: str
    skus: int
    free: int
    sold: int
    limit_per_person: int
    on_sale: bool
    on_sale_from: datetime | None
    on_sale_until: datetime | None
    is_wanted: bool
    """What its shop wants there; it is on sale as soon as nothing withholds it."""


@dataclass(frozen=True, slots=True)
class ScarceSku:
    """A SKU of which few are left; `days_left` as it sells now, None where nobody bought it lately."""

    line: SkuLine
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Bulk:
    """One change for many goods. `kind`: on, off, category, shipping, limit, price or remove; `value` as typed."""

    kind: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """What a change would make of one row; `refusal` why it would not be made, "" if it would."""

    public_id: str
    title: str
    before: str
    after: str
    refusal: str = ""

    @property
    def moves(self) -> bool:
        return not self.refusal and self.before != self.after


@dataclass(frozen=True, slots=True)
class Done:
    """A batch that was made: how many rows changed, those refused with their reasons, and how many wait for a look."""

    batch: str
    changed: int
    refused: Sequence[PlannedRow] = ()
    held: int = 0


@dataclass(frozen=True, slots=True)
class Undone:
    """How many rows went back, and the titles of those that stay because somebody changed them since."""

    back: int
    kept: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class BatchView:
    public_id: str
    kind: str
    at: datetime
    actor_id: int | None
    rows: int
    is_undone: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """A SKU and its goods in the table; `stock` is free by warehouse id; `seen` the version of the row."""

    code: str
    public_id: str
    goods_id: int
    sku_id: int
    title: str
    option: str
    category: str
    price_minor: int
    cost_minor: int | None
    limit_per_person: int
    grams: int
    own_code: str
    stock: Mapping[int, int]
    seen: str


@dataclass(frozen=True, slots=True)
class RowEdit:
    """What was typed into one row: `seen` is the version it was shown in, `stock` (warehouse id, was, wanted)."""

    code: str
    seen: str
    fields: Mapping[str, str]
    stock: Sequence[tuple[int, str, str]] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class TermsView:
    """How goods are sold; `shipping` is a template's public id, "" for the shop's default."""

    limit_per_person: int
    shipping: str
    on_sale: bool
    on_sale_from: datetime | None
    on_sale_until: datetime | None
    returns: str = "seven_days"
