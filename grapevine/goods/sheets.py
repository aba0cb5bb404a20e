"""What a file of goods says, whatever its form. A sibling of `contracts`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked

FORMS = ("own", "shopify", "woo")


class ImportNotFound(NotFound):
    code = "goods.import_not_found"
    message = marked("没有找到这次导入")


class ImportRefused(DomainError):
    code = "goods.import_refused"
    status = 422
    message = marked("这个文件读不了：%(reason)s")


class ImportGoesOn(DomainError):
    code = "goods.import_goes_on"
    status = 409
    message = marked("这次导入现在不能这样做")
    remedy = marked("刷新看看它到哪一步了")


class ImportOrdered(DomainError):
    code = "goods.import_ordered"
    status = 409
    message = marked("导入的商品已经有人买过，不能整批撤销")
    remedy = marked("可以把不要的商品下架")


@dataclass(frozen=True, slots=True)
class SheetSku:
    """A row's SKU. `stock` None: the file does not say."""

    option: str
    price_minor: int
    code: str = ""
    stock: int | None = None
    cost_minor: int | None = None
    grams: int = 0


@dataclass(frozen=True, slots=True)
class SheetGoods:
    """Goods as a file says them: `key` names them in the file, `line` is their first. `on_sale` None: not said.

    `pictures` are addresses, names in the uploaded ZIP, or `picture:<public id>` for one the goods have.
    """

    key: str
    line: int
    title: str
    skus: Sequence[SheetSku]
    category: str = ""
    body: str = ""
    kind: str = "goods"
    axes: str = ""
    origin: str = ""
    supplier: str = ""
    attributes: Sequence[tuple[str, str]] = ()
    limit_per_person: int = 0
    on_sale: bool | None = None
    pictures: Sequence[str] = ()
    video: str = ""
    """As one of `pictures`, `video:<public id>` for the one the goods have; "" leaves what is there."""


@dataclass(frozen=True, slots=True)
class SheetError:
    line: int
    key: str
    column: str
    reason: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole file: goods that may go in, rows that may not, and what was left aside on purpose (column → rows)."""

    goods: Sequence[SheetGoods]
    errors: Sequence[SheetError]
    aside: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportView:
    public_id: str
    form: str
    file_name: str
    state: str
    total: int
    done: int
    to_create: int
    to_update: int
    created: int
    updated: int
    same: int
    refused: int
    reason: str
    lists: bool
    pictures_waiting: int
    pictures_failed: int
    made_at: datetime
    ended_at: datetime | None

    @property
    def percent(self) -> int:
        return 100 if self.state == "done" else self.done * 100 // max(1, self.total)

    @property
    def is_moving(self) -> bool:
        return self.state in ("waiting", "running") or self.pictures_waiting > 0
