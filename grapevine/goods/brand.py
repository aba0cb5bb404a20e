"""A shop's own face, as others see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grapevine.goods.contracts import ShopCard
from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked


class BlockNotFound(NotFound):
    code = "goods.block_not_found"
    message = marked("没有找到这个版块")


class NothingToUndo(DomainError):
    code = "goods.nothing_to_undo"
    status = 409
    message = marked("没有可以撤销的发布")


class DomainNotFound(NotFound):
    code = "goods.domain_not_found"
    message = marked("没有找到这个域名")


class DomainTaken(DomainError):
    code = "goods.domain_taken"
    status = 409
    message = marked("这个域名已经有店铺在用了")


class NotProved(DomainError):
    code = "goods.domain_not_proved"
    status = 409
    message = marked("还没有找到证明，域名记录生效可能要等几分钟")
    remedy = marked("检查 TXT 记录或文件内容，过一会儿再试")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a home page: `kind` of rules.storefront.KINDS, and its facts."""

    id: str
    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Face:
    """How a shop looks: its card, and the blocks of its home page. `has_before` says a publish can be undone."""

    shop: ShopCard
    blocks: tuple[Block, ...]
    is_changed: bool = False
    has_before: bool = False
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DomainView:
    """A host name; `token` is what proves it, in a TXT record of `record` or a file at `file_url`."""

    host: str
    token: str
    record: str
    file_url: str
    proof: str
    proved_at: datetime | None
