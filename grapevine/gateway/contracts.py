"""Keys, apps and webhooks as others see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from grapevine.kit.errors import DomainError, NotAllowed, NotFound, NotSignedIn
from grapevine.kit.text import marked
from grapevine.signals.contracts import Event


class Scope(StrEnum):
    """What a key or an app may be allowed; `rules.scopes` says which operations each opens."""

    GOODS_READ = "goods:read"
    GOODS_WRITE = "goods:write"
    ORDERS_READ = "orders:read"
    ORDERS_SHIP = "orders:ship"
    AFTER_SALES = "after_sales"
    MARKETING = "marketing"
    INSIGHT_READ = "insight:read"
    FINANCE_READ = "finance:read"
    WEBHOOKS = "webhooks"
    PROFILE = "profile"
    SHOPPING = "shopping"
    NOTICES = "notices"


class LacksScope(NotAllowed):
    code = "gateway.lacks_scope"
    message = marked("这个钥匙或应用没有得到这项许可：%(scope)s")
    remedy = marked("请店主给它这项许可，或换一把有许可的钥匙")


class NotForPrograms(NotAllowed):
    code = "gateway.not_for_programs"
    message = marked("这个接口只有本人登录后才能用，钥匙和应用不行")


class KeyRefused(NotSignedIn):
    """Unknown, revoked, expired: a caller learns no more than that."""

    code = "gateway.key_refused"
    message = marked("这把钥匙或令牌无效、已过期或已吊销")


class KeyNotFound(NotFound):
    code = "gateway.key_not_found"
    message = marked("没有找到这把钥匙")


class AppNotFound(NotFound):
    code = "gateway.app_not_found"
    message = marked("没有找到这个应用")


class BadRedirect(DomainError):
    code = "gateway.bad_redirect"
    status = 400
    message = marked("这个应用请求的返回地址没有登记过，为了安全不能继续")
    remedy = marked("请联系应用的开发者")


class WebhookNotFound(NotFound):
    code = "gateway.webhook_not_found"
    message = marked("没有找到这个推送地址")


class DeliveryNotFound(NotFound):
    code = "gateway.delivery_not_found"
    message = marked("没有找到这次推送")


class TooManyWebhooks(DomainError):
    code = "gateway.too_many_webhooks"
    status = 409
    message = marked("一家店最多 %(most)s 个推送地址")


class TooManyKeys(DomainError):
    code = "gateway.too_many_keys"
    status = 409
    message = marked("一家店最多 %(most)s 把有效的钥匙")
    remedy = marked("先吊销不用的")


class AddressRefused(DomainError):
    """A webhook address that is not on the public internet, or not one at all."""

    code = "gateway.address_refused"
    status = 422
    message = marked("这个地址不能用来接收推送")
    remedy = marked("要用 https 开头、公网能访问的地址，里面不带用户名和密码")


class OAuthRefused(Exception):
    """A refusal of the token endpoint, in the words of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str = "", *, status: int = 400) -> None:
        super().__init__(error)
        self.error, self.description, self.status = error, description, status


@dataclass(frozen=True, slots=True)
class KeyView:
    public_id: str
    name: str
    prefix: str
    scopes: Sequence[Scope]
    person_id: int
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None
    is_live: bool


@dataclass(frozen=True, slots=True)
class AppView:
    client_id: str
    name: str
    website: str
    redirect_uris: Sequence[str]
    is_confidential: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class InstallationView:
    id: int
    app: AppView
    shop_slug: str
    shop_name: str
    scopes: Sequence[Scope]
    created_at: datetime
    used_at: datetime | None
    person_id: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint hands out; `refresh` is "" with client credentials."""

    access: str
    refresh: str
    seconds: int
    scopes: Sequence[Scope]


@dataclass(frozen=True, slots=True)
class WebhookView:
    public_id: str
    url: str
    events: Sequence[str]
    is_on: bool
    off_reason: str
    failing_since: datetime | None
    old_secret_until: datetime | None
    created_at: datetime
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class DeliveryView:
    public_id: str
    event: str
    state: str
    tries: int
    status: int | None
    said: str
    milliseconds: int | None
    created_at: datetime
    tried_at: datetime | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class EventKind:
    """An entry of the catalogue: its name, what it means, and an example of `data`."""

    name: str
    words: str
    example: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class WebhookSwitchedOff(Event):
    """Sending to an address was given up: `reason` failing or gone."""

    name: ClassVar[str] = "gateway.webhook_switched_off"
    shop_id: int
    webhook: str
    reason: str
    at: str
