"""A client of Grapevine's API, made by `python -m tools.client` from the API's own document. Do not edit.

    shop = Grapevine("https://shop.example", "gvk_…")
    for order in shop.pages(shop.shop_orders, "banri", state="paid"):
        shop.ship("banri", order["number"], {"carrier": "顺丰", "tracking": "SF1234567890"})

Needs nothing but Python 3.11. A refusal is a `GrapevineError` with `status`, `code`, `title`, `remedy`, `fields`. A request that got no
answer, 429 or 502 to 504 is sent again; a write carries an Idempotency-Key, so that it has its effect once.
"""

from __future__ import annotations

import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, NotRequired, TypedDict
from urllib.parse import quote, urlencode, urlsplit

AGAIN = {429, 502, 503, 504}
WAIT_SECONDS_MAX = 60.0


class GrapevineError(Exception):
    """A refusal. Decide by `code`, show `title` and `remedy`; `fields` says what to change in a request."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status, self.code = status, str(problem.get("code", status))
        self.title, self.remedy = str(problem.get("title", "")), str(problem.get("remedy", ""))
        self.params: dict[str, str] = dict(problem.get("params") or {})
        self.fields: dict[str, str] = dict(problem.get("fields") or {})
        super().__init__(f"{self.code}: {self.title}")


class Wire:
    """Sends requests: with a token, again when that helps, and never twice in effect."""

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        timeout: float = 20.0,
        tries: int = 4,
        language: str = "en",
    ) -> None:
        parts = urlsplit(url)
        self._secure, self._place = parts.scheme == "https", parts.netloc
        self._base = parts.path.rstrip("/")
        self.token, self.timeout, self.tries, self.language = token, timeout, tries, language

    def pages(self, operation: Callable[..., Any], *args: Any, **more: Any) -> Iterator[Any]:
        """All rows of a list, page after page: `pages(client.shop_orders, "banri", state="paid")`."""
        cursor: str | None = None
        while True:
            page = operation(*args, **more, cursor=cursor)
            yield from page["items"]
            cursor = page.get("next_cursor")
            if not cursor:
                return

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        upload: tuple[str, bytes] | None = None,
    ) -> Any:
        """One request, sent again where that is safe and helps; the answer's JSON, or None."""
        headers = {"Accept": "application/json", "Accept-Language": self.language}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if method != "GET":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        content = b""
        if upload is not None:
            mark = uuid.uuid4().hex
            headers["Content-Type"] = f"multipart/form-data; boundary={mark}"
            head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{upload[0]}"\r\n\r\n'
            content = head.encode() + upload[1] + f"\r\n--{mark}--\r\n".encode()
        elif body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        target = self._base + path + (f"?{urlencode(asked, doseq=True)}" if asked else "")
        for tried in range(1, self.tries + 1):
            try:
                status, told, answer = self.send(method, target, headers, content)
            except (OSError, http.client.HTTPException):
                if tried == self.tries:
                    raise
                time.sleep(min(0.2 * 2**tried, WAIT_SECONDS_MAX))
                continue
            if status in AGAIN and tried < self.tries:
                wait = told.get("retry-after", "")
                seconds = float(wait) if wait.isdigit() else 0.2 * 2**tried
                time.sleep(min(seconds, WAIT_SECONDS_MAX))
                continue
            break
        return _read(status, answer)

    def send(
        self, method: str, target: str, headers: Mapping[str, str], content: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """One exchange: status, headers in lower case, body. Replace it to send by other means."""
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(self._place, timeout=self.timeout)
        try:
            connection.request(method, target, content or None, dict(headers))
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, told, answer.read()
        finally:
            connection.close()


def _read(status: int, answer: bytes) -> Any:
    try:
        told = json.loads(answer) if answer else None
    except ValueError:
        told = {"title": answer[:200].decode("utf-8", "replace")}
    if status >= 400:
        raise GrapevineError(status, told if isinstance(told, dict) else {})
    return told


Accepted = TypedDict(
    "Accepted",
    {
        "accepted": "int",
        "refused": "int",
    },
)


AddressIn = TypedDict(
    "AddressIn",
    {
        "name": "str",
        "phone": "str",
        "province": "str",
        "city": "str",
        "district": NotRequired["str"],
        "detail": "str",
        "street": NotRequired["str"],
    },
)


AdjustIn = TypedDict(
    "AdjustIn",
    {
        "change": "int",
    },
)


AttemptOut = TypedDict(
    "AttemptOut",
    {
        "number": "str",
        "method": "str",
        "way": "str",
        "state": "str",
        "url": "str",
        "qr": "str",
        "params": "dict[str, str]",
    },
)


AuthorOut = TypedDict(
    "AuthorOut",
    {
        "handle": "str",
        "name": "str",
        "avatar": "str",
    },
)


CartLineIn = TypedDict(
    "CartLineIn",
    {
        "sku": NotRequired["str"],
        "count": NotRequired["int"],
        "lines": NotRequired["list[LineIn]"],
        "source": NotRequired["Any"],
    },
)


CommentIn = TypedDict(
    "CommentIn",
    {
        "body": "str",
        "reply_to": NotRequired["str"],
    },
)


CommentOut = TypedDict(
    "CommentOut",
    {
        "public_id": "str",
        "author": "NoteAuthorOut",
        "body": "str",
        "at": "str",
        "by_author": "bool",
        "replies": NotRequired["list[CommentOut]"],
    },
)


CostIn = TypedDict(
    "CostIn",
    {
        "sku": "str",
        "cost_minor": NotRequired["int | None"],
    },
)


CostsIn = TypedDict(
    "CostsIn",
    {
        "costs": "list[CostIn]",
    },
)


CountIn = TypedDict(
    "CountIn",
    {
        "count": "int",
    },
)


CountedIn = TypedDict(
    "CountedIn",
    {
        "sku": "str",
        "warehouse": NotRequired["str"],
        "count": "int",
    },
)


CountsIn = TypedDict(
    "CountsIn",
    {
        "rows": "list[CountedIn]",
    },
)


CouponState = dict[str, Any]


CouponsIn = TypedDict(
    "CouponsIn",
    {
        "worth_minor": "int",
        "rate_bps": NotRequired["int"],
        "threshold_minor": NotRequired["int"],
        "issue_limit": "int",
        "per_person": NotRequired["int"],
        "budget_minor": NotRequired["int | None"],
        "audience": NotRequired["str"],
        "days": NotRequired["int | None"],
        "starts_at": "str",
        "ends_at": "str",
        "title": NotRequired["str"],
        "scope": NotRequired["Any"],
    },
)


CoverOut = TypedDict(
    "CoverOut",
    {
        "url": "str",
        "srcset": "str",
        "width": "int",
        "height": "int",
        "tone": "str",
        "alt": "str",
    },
)


DeliveryOut = TypedDict(
    "DeliveryOut",
    {
        "id": "str",
        "event": "str",
        "state": "str",
        "tries": "int",
        "status": "int | None",
        "said": "str",
        "milliseconds": "int | None",
        "created_at": "str",
        "tried_at": "str | None",
        "next_at": "str | None",
    },
)


DotIn = TypedDict(
    "DotIn",
    {
        "goods": "str",
        "picture": "int",
        "x_bps": "int",
        "y_bps": "int",
    },
)


DotOut = TypedDict(
    "DotOut",
    {
        "picture": "int",
        "x_bps": "int",
        "y_bps": "int",
    },
)


EditIn = TypedDict(
    "EditIn",
    {
        "name": NotRequired["str | None"],
        "bio": NotRequired["str | None"],
        "region": NotRequired["str | None"],
        "avatar": NotRequired["str | None"],
        "personalised": NotRequired["bool | None"],
    },
)


EventKindOut = TypedDict(
    "EventKindOut",
    {
        "name": "str",
        "version": "str",
        "description": "str",
        "example": "dict[str, Any]",
    },
)


FactsIn = TypedDict(
    "FactsIn",
    {
        "kind": NotRequired["str"],
        "origin": NotRequired["str"],
        "supplier": NotRequired["str"],
        "attributes": NotRequired["list[PairIn]"],
    },
)


FeedOut = TypedDict(
    "FeedOut",
    {
        "items": "list[NoteItem]",
        "next_cursor": "str | None",
        "request_id": "str",
    },
)


FlashSaleIn = TypedDict(
    "FlashSaleIn",
    {
        "sku": "str",
        "price_minor": "int",
        "quota": "int",
        "per_person": NotRequired["int"],
        "starts_at": "str",
        "ends_at": "str",
    },
)


FoundOut = TypedDict(
    "FoundOut",
    {
        "kind": "str",
        "items": "list[NoteItem | GoodsItem | ShopItem]",
        "next_cursor": "str | None",
        "widened": "bool",
    },
)


GiftsIn = TypedDict(
    "GiftsIn",
    {
        "handles": "list[str]",
    },
)


GivenOut = TypedDict(
    "GivenOut",
    {
        "given": "int",
    },
)


GoodsIn = TypedDict(
    "GoodsIn",
    {
        "title": "str",
        "category": NotRequired["str"],
        "body": NotRequired["str"],
        "axes": NotRequired["str"],
        "pictures": NotRequired["list[str]"],
        "skus": "list[SkuIn]",
        "facts": NotRequired["FactsIn | None"],
    },
)


GoodsItem = TypedDict(
    "GoodsItem",
    {
        "public_id": "str",
        "title": "str",
        "shop": "str",
        "shop_name": "str",
        "category": "str",
        "cover": "str",
        "price_minor": "int",
        "currency": "str",
        "sold": "int",
        "channel": "str",
    },
)


GoodsList = TypedDict(
    "GoodsList",
    {
        "items": "list[GoodsItem]",
        "next_cursor": NotRequired["str | None"],
    },
)


HotIn = TypedDict(
    "HotIn",
    {
        "on": "bool",
    },
)


InvoiceIn = TypedDict(
    "InvoiceIn",
    {
        "kind": "str",
        "title": "str",
        "tax_id": NotRequired["str"],
        "email": NotRequired["str"],
    },
)


LevelIn = TypedDict(
    "LevelIn",
    {
        "name": "str",
        "threshold_minor": "int",
        "rate_bps": "int",
    },
)


LevelsIn = TypedDict(
    "LevelsIn",
    {
        "levels": "list[LevelIn]",
    },
)


LineIn = TypedDict(
    "LineIn",
    {
        "sku": "str",
        "count": NotRequired["int"],
    },
)


ListOut_CommentOut = TypedDict(
    "ListOut_CommentOut",
    {
        "items": "list[CommentOut]",
        "next_cursor": NotRequired["str | None"],
    },
)


ListOut_DeliveryOut = TypedDict(
    "ListOut_DeliveryOut",
    {
        "items": "list[DeliveryOut]",
        "next_cursor": NotRequired["str | None"],
    },
)


ListOut_NoteCardOut = TypedDict(
    "ListOut_NoteCardOut",
    {
        "items": "list[NoteCardOut]",
        "next_cursor": NotRequired["str | None"],
    },
)


ListOut_PersonOut = TypedDict(
    "ListOut_PersonOut",
    {
        "items": "list[PersonOut]",
        "next_cursor": NotRequired["str | None"],
    },
)


ListOut_dict_str__Any = TypedDict(
    "ListOut_dict_str__Any",
    {
        "items": "list[dict[str, Any]]",
        "next_cursor": NotRequired["str | None"],
    },
)


ListOut_str = TypedDict(
    "ListOut_str",
    {
        "items": "list[str]",
        "next_cursor": NotRequired["str | None"],
    },
)


MessageOut = TypedDict(
    "MessageOut",
    {
        "id": "str",
    },
)


MethodIn = TypedDict(
    "MethodIn",
    {
        "method": NotRequired["str"],
        "way": NotRequired["str"],
        "payer": NotRequired["str"],
    },
)


NewWebhookOut = TypedDict(
    "NewWebhookOut",
    {
        "id": "str",
        "secret": "str",
    },
)


NoteAuthorOut = TypedDict(
    "NoteAuthorOut",
    {
        "handle": "str",
        "name": "str",
        "avatar": "str",
    },
)


NoteCardOut = TypedDict(
    "NoteCardOut",
    {
        "public_id": "str",
        "title": "str",
        "author": "NoteAuthorOut",
        "cover": "NotePictureOut | None",
        "likes": "int",
        "published_at": "str | None",
        "sponsored": "bool",
    },
)


NoteIn = TypedDict(
    "NoteIn",
    {
        "title": "str",
        "body": NotRequired["str"],
        "topics": NotRequired["list[str]"],
        "pictures": NotRequired["list[str]"],
        "goods": NotRequired["list[str]"],
        "dots": NotRequired["list[DotIn]"],
        "sponsored": NotRequired["bool"],
        "draft": NotRequired["bool"],
    },
)


NoteItem = TypedDict(
    "NoteItem",
    {
        "public_id": "str",
        "title": "str",
        "author": "AuthorOut",
        "cover": "CoverOut | None",
        "likes": "int",
        "published_at": "str | None",
        "sponsored": "bool",
        "position": "int",
        "channel": "str",
    },
)


NoteOut = TypedDict(
    "NoteOut",
    {
        "public_id": "str",
        "title": "str",
        "author": "NoteAuthorOut",
        "cover": "NotePictureOut | None",
        "likes": "int",
        "published_at": "str | None",
        "sponsored": "bool",
        "body": "str",
        "topics": "list[str]",
        "pictures": "list[NotePictureOut]",
        "goods": "list[TaggedOut]",
        "state": "str",
        "collects": "int",
        "comments": "int",
        "liked": "bool",
        "collected": "bool",
        "following": "bool",
        "mine": "bool",
    },
)


NotePatch = TypedDict(
    "NotePatch",
    {
        "title": NotRequired["str | None"],
        "body": NotRequired["str | None"],
        "topics": NotRequired["list[str] | None"],
        "pictures": NotRequired["list[str] | None"],
        "goods": NotRequired["list[str] | None"],
        "dots": NotRequired["list[DotIn]"],
        "sponsored": NotRequired["bool | None"],
        "publish": NotRequired["bool"],
    },
)


NotePictureOut = TypedDict(
    "NotePictureOut",
    {
        "public_id": "str",
        "url": "str",
        "srcset": "str",
        "width": "int",
        "height": "int",
        "tone": "str",
        "alt": "str",
    },
)


OpenIn = TypedDict(
    "OpenIn",
    {
        "sku": "str",
        "count": NotRequired["int"],
        "address": "SeatAddressIn",
        "source": NotRequired["Any"],
        "plan": "str",
    },
)


OrderIn = TypedDict(
    "OrderIn",
    {
        "coupons": NotRequired["list[str] | None"],
        "points_minor": NotRequired["int"],
        "lines": "list[LineIn]",
        "address": NotRequired["AddressIn | None"],
        "address_id": NotRequired["int | None"],
        "source": NotRequired["Any"],
        "expected_minor": NotRequired["int | None"],
        "from_cart": NotRequired["bool"],
        "message": NotRequired["str"],
        "invoice": NotRequired["InvoiceIn | None"],
        "method": NotRequired["str"],
    },
)


OutcomeIn = TypedDict(
    "OutcomeIn",
    {
        "outcome": "str",
    },
)


PairIn = TypedDict(
    "PairIn",
    {
        "name": "str",
        "value": "str",
    },
)


ParcelIn = TypedDict(
    "ParcelIn",
    {
        "carrier": "str",
        "tracking": "str",
    },
)


PasteIn = TypedDict(
    "PasteIn",
    {
        "text": "str",
    },
)


PersonOut = TypedDict(
    "PersonOut",
    {
        "handle": "str",
        "name": "str",
        "avatar": "str",
        "bio": "str",
        "region": "str",
    },
)


PictureOut = TypedDict(
    "PictureOut",
    {
        "public_id": "str",
        "url": "str",
        "width": "int",
        "height": "int",
        "tone": "str",
        "alt": "str",
    },
)


PlacedOut = TypedDict(
    "PlacedOut",
    {
        "payment_number": "str",
        "order_numbers": "list[str]",
        "total_minor": "int",
        "expires_at": "str",
        "attempt_number": NotRequired["str"],
    },
)


PlanIn = TypedDict(
    "PlanIn",
    {
        "goods": "str",
        "size": "int",
        "price_minor": "int",
        "hours": NotRequired["int"],
        "limit": NotRequired["int"],
    },
)


PriceIn = TypedDict(
    "PriceIn",
    {
        "sku": "str",
        "price_minor": "int",
    },
)


PricesIn = TypedDict(
    "PricesIn",
    {
        "prices": "list[PriceIn]",
        "reason": NotRequired["str"],
        "below_cost_ok": NotRequired["bool"],
        "large_ok": NotRequired["bool"],
    },
)


Problem = TypedDict(
    "Problem",
    {
        "type": "str",
        "title": "str",
        "status": "int",
        "code": "str",
        "remedy": NotRequired["str"],
        "params": NotRequired["dict[str, str]"],
        "fields": NotRequired["dict[str, str]"],
    },
)


QuoteIn = TypedDict(
    "QuoteIn",
    {
        "coupons": NotRequired["list[str] | None"],
        "points_minor": NotRequired["int"],
        "lines": "list[LineIn]",
        "province": NotRequired["str"],
    },
)


RateIn = TypedDict(
    "RateIn",
    {
        "rate_bps": "int",
    },
)


ReactionOut = TypedDict(
    "ReactionOut",
    {
        "on": "bool",
        "count": "int",
    },
)


ReasonIn = TypedDict(
    "ReasonIn",
    {
        "reason": NotRequired["str"],
    },
)


ReductionIn = TypedDict(
    "ReductionIn",
    {
        "tiers": "list[TierIn]",
        "starts_at": "str",
        "ends_at": "str",
        "title": NotRequired["str"],
        "scope": NotRequired["Any"],
    },
)


ReplayIn = TypedDict(
    "ReplayIn",
    {
        "delivery": NotRequired["str"],
        "failed_since": NotRequired["str | None"],
    },
)


ReplayedOut = TypedDict(
    "ReplayedOut",
    {
        "queued": "int",
    },
)


ScopeIn = TypedDict(
    "ScopeIn",
    {
        "categories": NotRequired["list[str]"],
        "goods": NotRequired["list[str]"],
        "skus": NotRequired["list[str]"],
    },
)


SeatAddressIn = TypedDict(
    "SeatAddressIn",
    {
        "name": "str",
        "phone": "str",
        "province": "str",
        "city": "str",
        "district": NotRequired["str"],
        "detail": "str",
    },
)


SeatIn = TypedDict(
    "SeatIn",
    {
        "sku": "str",
        "count": NotRequired["int"],
        "address": "SeatAddressIn",
        "source": NotRequired["Any"],
    },
)


SeatSourceIn = TypedDict(
    "SeatSourceIn",
    {
        "from": NotRequired["str"],
        "share_token": NotRequired["str"],
    },
)


SeatedOut = TypedDict(
    "SeatedOut",
    {
        "group": "str",
        "order_number": "str",
        "payment_number": "str",
        "total_minor": "int",
        "expires_at": "str",
    },
)


SecretOut = TypedDict(
    "SecretOut",
    {
        "secret": "str",
    },
)


ShareIn = TypedDict(
    "ShareIn",
    {
        "object_type": "str",
        "object_id": "str",
        "parent_token": NotRequired["str"],
        "channel": NotRequired["str"],
    },
)


ShelfIn = TypedDict(
    "ShelfIn",
    {
        "on": "bool",
    },
)


ShippingIn = TypedDict(
    "ShippingIn",
    {
        "name": "str",
        "zones": "list[ZoneIn]",
        "free_over_minor": NotRequired["int | None"],
        "is_default": NotRequired["bool"],
    },
)


ShopIn = TypedDict(
    "ShopIn",
    {
        "slug": "str",
        "name": "str",
        "colour": NotRequired["str"],
        "bio": NotRequired["str"],
    },
)


ShopItem = TypedDict(
    "ShopItem",
    {
        "slug": "str",
        "name": "str",
        "bio": "str",
        "logo": "str",
    },
)


SignInIn = TypedDict(
    "SignInIn",
    {
        "identifier": "str",
        "password": "str",
    },
)


SignUpIn = TypedDict(
    "SignUpIn",
    {
        "identifier": "str",
        "password": "str",
        "name": "str",
    },
)


SignedUpOut = TypedDict(
    "SignedUpOut",
    {
        "handle": "str",
        "name": "str",
        "token": "str",
    },
)


SkuIn = TypedDict(
    "SkuIn",
    {
        "option": NotRequired["str"],
        "price_minor": "int",
        "stock": "int",
    },
)


SourceIn = TypedDict(
    "SourceIn",
    {
        "from": NotRequired["str"],
        "share_token": NotRequired["str"],
    },
)


Tab = dict[str, Any]


TaggedOut = TypedDict(
    "TaggedOut",
    {
        "public_id": "str",
        "title": "str",
        "shop": "str",
        "price_minor": "int",
        "currency": "str",
        "on_sale": "bool",
        "dot": "DotOut | None",
    },
)


TakenOut = TypedDict(
    "TakenOut",
    {
        "public_id": "str",
    },
)


TermsIn = TypedDict(
    "TermsIn",
    {
        "limit_per_person": NotRequired["int"],
        "shipping": NotRequired["str"],
    },
)


TierIn = TypedDict(
    "TierIn",
    {
        "threshold_minor": "int",
        "cut_minor": "int",
    },
)


TokenOut = TypedDict(
    "TokenOut",
    {
        "token": "str",
    },
)


TransferIn = TypedDict(
    "TransferIn",
    {
        "sku": "str",
        "source": "str",
        "target": "str",
        "count": "int",
    },
)


WarehouseIn = TypedDict(
    "WarehouseIn",
    {
        "name": "str",
        "province": NotRequired["str"],
        "priority": NotRequired["int"],
    },
)


WebhookChangeIn = TypedDict(
    "WebhookChangeIn",
    {
        "events": NotRequired["list[str] | None"],
        "on": NotRequired["bool | None"],
    },
)


WebhookIn = TypedDict(
    "WebhookIn",
    {
        "url": "str",
        "events": "list[str]",
    },
)


WebhookOut = TypedDict(
    "WebhookOut",
    {
        "id": "str",
        "url": "str",
        "events": "list[str]",
        "on": "bool",
        "off_reason": "str",
        "failing_since": "str | None",
        "waiting": "int",
        "failed": "int",
        "created_at": "str",
    },
)


ZoneIn = TypedDict(
    "ZoneIn",
    {
        "provinces": NotRequired["list[str]"],
        "first_grams": NotRequired["int"],
        "first_minor": NotRequired["int"],
        "step_grams": NotRequired["int"],
        "step_minor": NotRequired["int"],
        "sends": NotRequired["bool"],
    },
)


class Grapevine(Wire):
    """Every operation of the API as a method; lists of many pages go through `pages`."""

    def read_cart(self) -> ListOut_dict_str__Any:
        """The lines of your cart; `problem` says why one cannot be bought now."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/cart")
        return answer

    def add_line(self, body: CartLineIn) -> ListOut_dict_str__Any:
        """Put a SKU, or several `lines`, into the cart; more of the same add up."""
        answer: ListOut_dict_str__Any = self.call("POST", "/api/v1/cart/lines", body=body)
        return answer

    def change_line(self, line_id: int, body: CountIn) -> ListOut_dict_str__Any:
        """Change how many; 0 takes the line out."""
        answer: ListOut_dict_str__Any = self.call(
            "PATCH", f"/api/v1/cart/lines/{quote(str(line_id), safe='')}", body=body
        )
        return answer

    def delete_line(self, line_id: int) -> None:
        """Take a line out of the cart."""
        self.call("DELETE", f"/api/v1/cart/lines/{quote(str(line_id), safe='')}")

    def make_quote(self, body: QuoteIn) -> dict[str, Any]:
        """What these lines cost now, with every offer; changes nothing."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/quotes", body=body)
        return answer

    def trade_place(self, body: OrderIn) -> PlacedOut:
        """Hold the stock and place one order per shop under one payment. Send an Idempotency-Key."""
        answer: PlacedOut = self.call("POST", "/api/v1/orders", body=body)
        return answer

    def list_orders(
        self, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Your orders, newest first; `state` filters."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/orders", query={"state": state, "cursor": cursor, "limit": limit}
        )
        return answer

    def read_order(self, number: str) -> dict[str, Any]:
        """Your order with its lines, timeline and address."""
        answer: dict[str, Any] = self.call("GET", f"/api/v1/orders/{quote(str(number), safe='')}")
        return answer

    def cancel(self, number: str, body: ReasonIn) -> dict[str, Any]:
        """Give up an unpaid order; its stock is free again at once."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/orders/{quote(str(number), safe='')}/cancellation", body=body
        )
        return answer

    def refund(self, number: str, body: ReasonIn) -> dict[str, Any]:
        """Refund a paid order in full, before it is shipped."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/orders/{quote(str(number), safe='')}/refund", body=body
        )
        return answer

    def receipt(self, number: str) -> dict[str, Any]:
        """Confirm that the parcel arrived."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/orders/{quote(str(number), safe='')}/receipt"
        )
        return answer

    def change_address(self, number: str, body: AddressIn) -> dict[str, Any]:
        """Send it elsewhere, as long as nothing has left and sending there costs the same."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/orders/{quote(str(number), safe='')}/address", body=body
        )
        return answer

    def repeat(self, number: str) -> ListOut_dict_str__Any:
        """Put the goods of an order into the cart again."""
        answer: ListOut_dict_str__Any = self.call(
            "POST", f"/api/v1/orders/{quote(str(number), safe='')}/repeat"
        )
        return answer

    def shop_orders(
        self,
        slug: str,
        *,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """The shop's orders, for its staff."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/orders",
            query={"state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def ship(self, slug: str, number: str, body: ParcelIn) -> dict[str, Any]:
        """Hand the parcel over; refused while a group is not full or the order is not paid."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/orders/{quote(str(number), safe='')}/shipment",
            body=body,
        )
        return answer

    def shop_refund(self, slug: str, number: str, body: ReasonIn) -> dict[str, Any]:
        """Refund a customer's order in full."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/orders/{quote(str(number), safe='')}/refund",
            body=body,
        )
        return answer

    def trade_start(self, number: str, body: MethodIn) -> AttemptOut:
        """Begin to pay. Asked again the same way it is the same attempt, so no key is needed."""
        answer: AttemptOut = self.call(
            "POST", f"/api/v1/payments/{quote(str(number), safe='')}/attempts", body=body
        )
        return answer

    def read_payment(self, number: str) -> dict[str, Any]:
        """Your payment: pending, paid, closed, and its orders."""
        answer: dict[str, Any] = self.call("GET", f"/api/v1/payments/{quote(str(number), safe='')}")
        return answer

    def payment_methods(self, *, currency: str | None = None) -> ListOut_dict_str__Any:
        """The providers a buyer may choose from now to pay in a currency, and their ways.

        `is_demo`: it is a fake on this machine, and no money moves."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/payment-methods", query={"currency": currency}
        )
        return answer

    def sandbox_outcome(self, number: str, body: OutcomeIn) -> None:
        """Decide at the sandbox's cashier, as its page does: pay, fail, silent or never."""
        self.call("POST", f"/api/v1/sandbox/{quote(str(number), safe='')}/outcome", body=body)

    def list_addresses(self) -> ListOut_dict_str__Any:
        """Your address book, the default first."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/addresses")
        return answer

    def add_address(self, body: AddressIn) -> dict[str, Any]:
        """Keep an address; it becomes the default."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/addresses", body=body)
        return answer

    def parse_address(self, body: PasteIn) -> dict[str, Any]:
        """Read a pasted address into its parts; keeps nothing."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/addresses/parse", body=body)
        return answer

    def delete_address(self, address_id: int) -> None:
        """Remove an address from the book."""
        self.call("DELETE", f"/api/v1/addresses/{quote(str(address_id), safe='')}")

    def list_reconciliations(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Days that were compared with providers' statements, the newest first; operators only."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/reconciliations", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def reconcile(self, provider: str, day: str) -> dict[str, Any]:
        """Ask the provider for its statement of a day now and compare it; again replaces. Operators only."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/reconciliations/{quote(str(provider), safe='')}/{quote(str(day), safe='')}",
        )
        return answer

    def read_reconciliation(self, provider: str, day: str) -> dict[str, Any]:
        """What differed between a provider's statement of a day and our books; operators only."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/reconciliations/{quote(str(provider), safe='')}/{quote(str(day), safe='')}",
        )
        return answer

    def list_failed_refunds(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Refunds the provider refused, the oldest first; operators only."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/failed-refunds", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def retry_refund(self, refund_id: int) -> None:
        """Send a failed refund again; the provider is asked about the last try first. Operators only."""
        self.call("POST", f"/api/v1/failed-refunds/{quote(str(refund_id), safe='')}/retry")

    def list_alerts(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Unusual payments nobody has looked at, the newest first; operators only."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/payment-alerts", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def see_alert(self, alert_id: int) -> None:
        """Say that somebody has looked at it; operators only."""
        self.call("PUT", f"/api/v1/payment-alerts/{quote(str(alert_id), safe='')}/seen")

    def read_feed(
        self,
        *,
        tab: Any | None = None,
        category: str | None = None,
        topic: str | None = None,
        shop: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> FeedOut:
        """One page of the feed; inside a shop (`shop`: its slug) only notes about that shop's goods."""
        answer: FeedOut = self.call(
            "GET",
            "/api/v1/feed",
            query={
                "tab": tab,
                "category": category,
                "topic": topic,
                "shop": shop,
                "cursor": cursor,
                "limit": limit,
            },
        )
        return answer

    def read_recommendations(
        self, *, shop: str | None = None, beside: str | None = None, limit: int | None = None
    ) -> GoodsList:
        """Goods for this person; inside a shop that shop's alone; `beside`: a goods looked at."""
        answer: GoodsList = self.call(
            "GET", "/api/v1/recommendations", query={"shop": shop, "beside": beside, "limit": limit}
        )
        return answer

    def read_suggestions(self, *, q: str | None = None) -> ListOut_str:
        """How a search may go on; without text, the names most notes are about."""
        answer: ListOut_str = self.call("GET", "/api/v1/search/suggestions", query={"q": q})
        return answer

    def read_history(self) -> ListOut_str:
        """The caller's own last ten searches, newest first."""
        answer: ListOut_str = self.call("GET", "/api/v1/search/history")
        return answer

    def delete_history(self, *, q: str | None = None) -> None:
        """Forget one search (`q`), or all of them."""
        self.call("DELETE", "/api/v1/search/history", query={"q": q})

    def read_search(
        self,
        *,
        q: str,
        kind: Literal["notes", "goods", "shops"] | None = None,
        shop: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> FoundOut:
        """Notes, goods or shops that hold every word, best first."""
        answer: FoundOut = self.call(
            "GET",
            "/api/v1/search",
            query={"q": q, "kind": kind, "shop": shop, "cursor": cursor, "limit": limit},
        )
        return answer

    def accept_events(self, body: dict[str, Any]) -> Accepted:
        """Take up to 500 events `{"events": [{"id", "ts", "verb", …}]}`; one id counts once.

        Who acted is read from the session or the token, never from the body. The answer comes after the rows are
        written."""
        answer: Accepted = self.call("POST", "/api/v1/events", body=body)
        return answer

    def trial_balance(self) -> dict[str, int]:
        """Totals by currency and kind of account; operators only. The sum per currency is zero."""
        answer: dict[str, int] = self.call("GET", "/api/v1/ledger/trial-balance")
        return answer

    def clearing(self) -> list[dict[str, Any]]:
        """What lies in clearing accounts and since when, oldest first; operators only."""
        answer: list[dict[str, Any]] = self.call("GET", "/api/v1/ledger/clearing")
        return answer

    def accounts(self, owner: str) -> dict[str, int]:
        """An owner's balances by kind, in minor units; operators only."""
        answer: dict[str, int] = self.call(
            "GET", f"/api/v1/ledger/accounts/{quote(str(owner), safe='')}"
        )
        return answer

    def upload(
        self, file: bytes, filename: str = "picture.jpg", *, alt: str | None = None
    ) -> PictureOut:
        """Store a JPEG, PNG or WebP of at most 12 MB; use its public_id in notes, goods and profiles."""
        answer: PictureOut = self.call(
            "POST", "/api/v1/pictures", upload=(filename, file), query={"alt": alt}
        )
        return answer

    def media_read(self, public_id: str) -> PictureOut:
        """One picture's size, colour and address."""
        answer: PictureOut = self.call("GET", f"/api/v1/pictures/{quote(str(public_id), safe='')}")
        return answer

    def sign_up(self, body: SignUpIn) -> SignedUpOut:
        """Make an account with a phone number or an e-mail; answers with a bearer token."""
        answer: SignedUpOut = self.call("POST", "/api/v1/people", body=body)
        return answer

    def sign_in(self, body: SignInIn) -> TokenOut:
        """Sign in: a bearer token for `Authorization: Bearer …`."""
        answer: TokenOut = self.call("POST", "/api/v1/tokens", body=body)
        return answer

    def sign_out(self) -> None:
        """Revoke the bearer token this request came with."""
        self.call("DELETE", "/api/v1/tokens/current")

    def read_me(self) -> dict[str, Any]:
        """Your own profile, with what only you may see."""
        answer: dict[str, Any] = self.call("GET", "/api/v1/me")
        return answer

    def edit_me(self, body: EditIn) -> PersonOut:
        """Change name, bio, region, avatar (a picture of yours) or personalisation."""
        answer: PersonOut = self.call("PATCH", "/api/v1/me", body=body)
        return answer

    def read_person(self, handle: str) -> dict[str, Any]:
        """A person's page."""
        answer: dict[str, Any] = self.call("GET", f"/api/v1/people/{quote(str(handle), safe='')}")
        return answer

    def follow(self, handle: str) -> None:
        """Follow; refused across a block."""
        self.call("PUT", f"/api/v1/people/{quote(str(handle), safe='')}/follow")

    def unfollow(self, handle: str) -> None:
        """Stop following."""
        self.call("DELETE", f"/api/v1/people/{quote(str(handle), safe='')}/follow")

    def block(self, handle: str) -> None:
        """Block; follows between you end both ways."""
        self.call("PUT", f"/api/v1/people/{quote(str(handle), safe='')}/block")

    def unblock(self, handle: str) -> None:
        """Lift a block."""
        self.call("DELETE", f"/api/v1/people/{quote(str(handle), safe='')}/block")

    def followers(
        self, handle: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_PersonOut:
        """Who follows this person, newest first."""
        answer: ListOut_PersonOut = self.call(
            "GET",
            f"/api/v1/people/{quote(str(handle), safe='')}/followers",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def followees(
        self, handle: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_PersonOut:
        """Whom this person follows, newest first."""
        answer: ListOut_PersonOut = self.call(
            "GET",
            f"/api/v1/people/{quote(str(handle), safe='')}/followees",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def open_shop(self, body: ShopIn) -> dict[str, Any]:
        """Open a shop of your own brand: its address, name and colour."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/shops", body=body)
        return answer

    def read_shop(self, slug: str) -> dict[str, Any]:
        """A shop's card."""
        answer: dict[str, Any] = self.call("GET", f"/api/v1/shops/{quote(str(slug), safe='')}")
        return answer

    def shop_goods(
        self,
        slug: str,
        *,
        sort: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """A shop's goods on sale; `sort` new, price or dear."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods",
            query={"sort": sort, "cursor": cursor, "limit": limit},
        )
        return answer

    def list_goods(self, slug: str, body: GoodsIn) -> dict[str, Any]:
        """Put goods on the shelf; `pictures` are public ids of pictures you uploaded."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/goods", body=body
        )
        return answer

    def set_facts(self, slug: str, public_id: str, body: FactsIn) -> dict[str, Any]:
        """Kind, origin, supplier and attributes of goods."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods/{quote(str(public_id), safe='')}/facts",
            body=body,
        )
        return answer

    def read_goods(self, public_id: str) -> dict[str, Any]:
        """Goods with pictures and SKUs; `free` is what can be bought now."""
        answer: dict[str, Any] = self.call("GET", f"/api/v1/goods/{quote(str(public_id), safe='')}")
        return answer

    def shelf(self, slug: str, public_id: str, body: ShelfIn) -> dict[str, Any]:
        """Put goods on or off the shelf."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods/{quote(str(public_id), safe='')}/shelf",
            body=body,
        )
        return answer

    def adjust(self, slug: str, code: str, body: AdjustIn) -> dict[str, Any]:
        """Add pieces, or take them away; never below what is free."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/skus/{quote(str(code), safe='')}/adjustments",
            body=body,
        )
        return answer

    def list_warehouses(self, slug: str) -> ListOut_dict_str__Any:
        """The shop's warehouses, the first to be taken from first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/warehouses"
        )
        return answer

    def add_warehouse(self, slug: str, body: WarehouseIn) -> dict[str, Any]:
        """Open a warehouse. Orders are sent from the lowest `priority`, then from the nearest."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/warehouses", body=body
        )
        return answer

    def list_stock(self, slug: str) -> ListOut_dict_str__Any:
        """What each warehouse has of each SKU, and what it sold a day over four weeks."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/stock"
        )
        return answer

    def import_counts(self, slug: str, body: CountsIn) -> dict[str, Any]:
        """Set free pieces as they were counted, while selling goes on: all rows or none."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/stock/counts", body=body
        )
        return answer

    def transfer(self, slug: str, body: TransferIn) -> None:
        """Move free pieces of a SKU between two warehouses."""
        self.call("POST", f"/api/v1/shops/{quote(str(slug), safe='')}/stock/transfers", body=body)

    def transfer_suggestions(
        self, slug: str, *, cover_days: int | None = None
    ) -> ListOut_dict_str__Any:
        """What should move from a surplus to a shortage, the largest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/stock/transfer-suggestions",
            query={"cover_days": cover_days},
        )
        return answer

    def set_hot(self, slug: str, code: str, body: HotIn) -> None:
        """Prepare a SKU for a rush: its pieces are spread, so that buyers do not wait for one another."""
        self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/skus/{quote(str(code), safe='')}/hot",
            body=body,
        )

    def list_shipping(self, slug: str) -> ListOut_dict_str__Any:
        """The shop's shipping templates."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/shipping"
        )
        return answer

    def add_shipping(self, slug: str, body: ShippingIn) -> dict[str, Any]:
        """Make a shipping template: what the first weight and each further one cost, by provinces."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/shipping", body=body
        )
        return answer

    def change_shipping(self, slug: str, public_id: str, body: ShippingIn) -> dict[str, Any]:
        """Change a shipping template; orders that were placed keep what they cost."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/shipping/{quote(str(public_id), safe='')}",
            body=body,
        )
        return answer

    def set_terms(self, slug: str, public_id: str, body: TermsIn) -> None:
        """How many pieces one person may buy (0: any), and which shipping template counts."""
        self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods/{quote(str(public_id), safe='')}/terms",
            body=body,
        )

    def create_note(self, body: NoteIn) -> NoteOut:
        """Publish a note, or keep a draft. 422 names what is missing or the wording that is refused."""
        answer: NoteOut = self.call("POST", "/api/v1/notes", body=body)
        return answer

    def read_note(self, public_id: str) -> NoteOut:
        """A note with its pictures, goods, topics and counts."""
        answer: NoteOut = self.call("GET", f"/api/v1/notes/{quote(str(public_id), safe='')}")
        return answer

    def change_note(self, public_id: str, body: NotePatch) -> NoteOut:
        """Change what is given. A note that is out is screened again."""
        answer: NoteOut = self.call(
            "PATCH", f"/api/v1/notes/{quote(str(public_id), safe='')}", body=body
        )
        return answer

    def delete_note(self, public_id: str) -> None:
        """Delete your note; it is gone everywhere."""
        self.call("DELETE", f"/api/v1/notes/{quote(str(public_id), safe='')}")

    def like_note(self, public_id: str) -> ReactionOut:
        """Liking twice is liking once."""
        answer: ReactionOut = self.call(
            "PUT", f"/api/v1/notes/{quote(str(public_id), safe='')}/like"
        )
        return answer

    def unlike_note(self, public_id: str) -> ReactionOut:
        """Take a like back."""
        answer: ReactionOut = self.call(
            "DELETE", f"/api/v1/notes/{quote(str(public_id), safe='')}/like"
        )
        return answer

    def collect_note(self, public_id: str) -> ReactionOut:
        """Keep a note for later."""
        answer: ReactionOut = self.call(
            "PUT", f"/api/v1/notes/{quote(str(public_id), safe='')}/collect"
        )
        return answer

    def uncollect_note(self, public_id: str) -> ReactionOut:
        """Stop keeping a note."""
        answer: ReactionOut = self.call(
            "DELETE", f"/api/v1/notes/{quote(str(public_id), safe='')}/collect"
        )
        return answer

    def list_comments(
        self, public_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_CommentOut:
        """Comments of a note, oldest first, with their replies."""
        answer: ListOut_CommentOut = self.call(
            "GET",
            f"/api/v1/notes/{quote(str(public_id), safe='')}/comments",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def create_comment(self, public_id: str, body: CommentIn) -> CommentOut:
        """Say something under a note, or reply to a comment."""
        answer: CommentOut = self.call(
            "POST", f"/api/v1/notes/{quote(str(public_id), safe='')}/comments", body=body
        )
        return answer

    def delete_comment(self, public_id: str) -> None:
        """Delete your comment, or one under your note."""
        self.call("DELETE", f"/api/v1/comments/{quote(str(public_id), safe='')}")

    def list_topic_notes(
        self, name: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_NoteCardOut:
        """Notes of a topic, newest first."""
        answer: ListOut_NoteCardOut = self.call(
            "GET",
            f"/api/v1/topics/{quote(str(name), safe='')}/notes",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def list_person_notes(
        self, handle: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_NoteCardOut:
        """Published notes of one person, newest first."""
        answer: ListOut_NoteCardOut = self.call(
            "GET",
            f"/api/v1/people/{quote(str(handle), safe='')}/notes",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def create_plan(self, slug: str, body: PlanIn) -> dict[str, Any]:
        """Offer goods as a group: size, price a piece, hours. A plan of the same goods that runs is stopped."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/group-plans", body=body
        )
        return answer

    def stop_plan(self, slug: str, plan_id: str) -> None:
        """No new groups; running ones go on to their end."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/group-plans/{quote(str(plan_id), safe='')}",
        )

    def shop_groups(
        self,
        slug: str,
        *,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """A shop's groups for its staff, newest first; `state` open, filled or expired."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/groups",
            query={"state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def goods_groups(self, public_id: str, *, limit: int | None = None) -> ListOut_dict_str__Any:
        """Groups of these goods that can be joined, the nearest to full first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/goods/{quote(str(public_id), safe='')}/groups", query={"limit": limit}
        )
        return answer

    def goods_plan(self, public_id: str) -> dict[str, Any]:
        """The group offer of these goods; `plan` is null if there is none."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/goods/{quote(str(public_id), safe='')}/group-plan"
        )
        return answer

    def read_group(self, public_id: str) -> dict[str, Any]:
        """A group as everybody sees it; only paid seats have names. `mine` is your own seat."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/groups/{quote(str(public_id), safe='')}"
        )
        return answer

    def open_group(self, body: OpenIn) -> SeatedOut:
        """Open a group as its leader; pay the order to take the seat. Send an Idempotency-Key."""
        answer: SeatedOut = self.call("POST", "/api/v1/groups", body=body)
        return answer

    def campaigns_join(self, public_id: str, body: SeatIn) -> SeatedOut:
        """Take a seat and place the order that pays for it; 409 if the group is full, over, or yours already."""
        answer: SeatedOut = self.call(
            "POST", f"/api/v1/groups/{quote(str(public_id), safe='')}/membership", body=body
        )
        return answer

    def create_coupons(self, slug: str, body: CouponsIn) -> dict[str, Any]:
        """Give out a kind of coupon. With a budget no more than it pays for if every one is used in full."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/coupon-plans", body=body
        )
        return answer

    def shop_coupon_plans(
        self, slug: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """A shop's coupons for its staff, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/coupon-plans",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def stop_coupons(self, slug: str, plan_id: str) -> None:
        """None are taken any more; those people hold stay good to their end."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/coupon-plans/{quote(str(plan_id), safe='')}",
        )

    def give_coupons(self, slug: str, plan_id: str, body: GiftsIn) -> GivenOut:
        """Give one to each of these people, all or nothing; who has theirs already is passed over."""
        answer: GivenOut = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/coupon-plans/{quote(str(plan_id), safe='')}/gifts",
            body=body,
        )
        return answer

    def create_platform_coupons(self, body: CouponsIn) -> dict[str, Any]:
        """Give out a coupon of the platform, which makes up to shops what it cuts. For operators."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/platform/coupon-plans", body=body)
        return answer

    def platform_coupon_plans(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """The platform's coupons for its operators, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/platform/coupon-plans", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def stop_platform_coupons(self, plan_id: str) -> None:
        """None are taken any more; those people hold stay good to their end."""
        self.call("DELETE", f"/api/v1/platform/coupon-plans/{quote(str(plan_id), safe='')}")

    def takeable_coupons(self, slug: str) -> ListOut_dict_str__Any:
        """What can be taken now at a shop, its own and the platform's, the dearest cut first; at most 30."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/coupons"
        )
        return answer

    def take_coupon(self, plan_id: str) -> TakenOut:
        """Take one. 409 if they are gone, over, or you have yours; 403 if they are for others."""
        answer: TakenOut = self.call(
            "POST", f"/api/v1/coupon-plans/{quote(str(plan_id), safe='')}/coupons"
        )
        return answer

    def my_coupons(
        self, *, state: Any | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Your coupons that are usable, used or expired, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/me/coupons", query={"state": state, "cursor": cursor, "limit": limit}
        )
        return answer

    def create_reduction(self, slug: str, body: ReductionIn) -> dict[str, Any]:
        """Offer a 满减: from each tier's threshold on, so much less. Of a shop's the best applies."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/reductions", body=body
        )
        return answer

    def shop_reductions(
        self, slug: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """A shop's reductions for its staff, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/reductions",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def stop_reduction(self, slug: str, public_id: str) -> None:
        """It applies to no order placed from now on."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/reductions/{quote(str(public_id), safe='')}",
        )

    def create_flash_sale(self, slug: str, body: FlashSaleIn) -> dict[str, Any]:
        """Plan a flash sale of a SKU: a price, a quota, pieces a person, from when to when."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/flash-sales", body=body
        )
        return answer

    def shop_flash_sales(
        self, slug: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """A shop's flash sales for its staff, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/flash-sales",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def stop_flash_sale(self, slug: str, public_id: str) -> None:
        """The list price applies from now on; what was ordered stays as it was."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/flash-sales/{quote(str(public_id), safe='')}",
        )

    def goods_offers(self, public_id: str) -> dict[str, Any]:
        """What may cut the price of these goods: flash sales that run or are planned, reductions, coupons to take."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/goods/{quote(str(public_id), safe='')}/offers"
        )
        return answer

    def spread_create(self, body: ShareIn) -> dict[str, Any]:
        """My link to a note, goods, a group or a shop; the same one each time. Its poster is at `poster`."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/shares", body=body)
        return answer

    def spread_read(self, token: str) -> dict[str, Any]:
        """What a share points at."""
        answer: dict[str, Any] = self.call("GET", f"/api/v1/shares/{quote(str(token), safe='')}")
        return answer

    def spread_visit(self, token: str) -> dict[str, Any]:
        """Note that this visitor opened a share (apps; browsers open /s/<token>/)."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shares/{quote(str(token), safe='')}/visits"
        )
        return answer

    def my_shares(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """My shares, newest first, with visits, sign-ups and orders each brought."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/me/shares", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def my_commissions(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """My commission, order by order: held, released or reversed."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/me/commissions", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def fans(
        self, slug: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """A shop's fans for its staff, those who brought most buyers first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/fans",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def set_rate(self, slug: str, body: RateIn) -> dict[str, Any]:
        """What the shop pays its direct sharers, in basis points of the sale; one tier only."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/commission", body=body
        )
        return answer

    def my_points(self) -> dict[str, Any]:
        """My points: free, set aside for orders not paid yet, what the free ones pay, and the rules."""
        answer: dict[str, Any] = self.call("GET", "/api/v1/me/points")
        return answer

    def my_statement(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Every movement of my points, newest first; below zero went out."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/me/points/statement", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def my_memberships(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """The shops I joined, the newest first; `membership` is null while a shop offers no levels."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/me/memberships", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def read_membership(self, slug: str) -> dict[str, Any]:
        """A shop's levels, and where you stand; `level` is yours, or would be if you joined."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/membership"
        )
        return answer

    def loyalty_join(self, slug: str) -> dict[str, Any]:
        """Become a member, free; again changes nothing."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/membership"
        )
        return answer

    def leave(self, slug: str) -> None:
        """Be no member any more."""
        self.call("DELETE", f"/api/v1/shops/{quote(str(slug), safe='')}/membership")

    def set_levels(self, slug: str, body: LevelsIn) -> dict[str, Any]:
        """The shop's ladder from now on, the first step at 0; an empty list ends its member prices."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/levels", body=body
        )
        return answer

    def exclude(self, slug: str, public_id: str) -> None:
        """No member price for these goods."""
        self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods/{quote(str(public_id), safe='')}/exclusion",
        )

    def include(self, slug: str, public_id: str) -> None:
        """A member price for these goods again."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods/{quote(str(public_id), safe='')}/exclusion",
        )

    def list_webhook_events(self) -> list[EventKindOut]:
        """The events a webhook may choose, each with an example of its `data`."""
        answer: list[EventKindOut] = self.call("GET", "/api/v1/webhook-events")
        return answer

    def list_webhooks(self, slug: str) -> list[WebhookOut]:
        """The shop's webhooks, at most ten."""
        answer: list[WebhookOut] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/webhooks"
        )
        return answer

    def add_webhook(self, slug: str, body: WebhookIn) -> NewWebhookOut:
        """Add a webhook. The signing secret is in this answer and never again."""
        answer: NewWebhookOut = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/webhooks", body=body
        )
        return answer

    def change_webhook(self, slug: str, public_id: str, body: WebhookChangeIn) -> WebhookOut:
        """Choose other events, or switch a webhook on or off."""
        answer: WebhookOut = self.call(
            "PATCH",
            f"/api/v1/shops/{quote(str(slug), safe='')}/webhooks/{quote(str(public_id), safe='')}",
            body=body,
        )
        return answer

    def remove_webhook(self, slug: str, public_id: str) -> None:
        """Remove a webhook with all that was sent to it."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/webhooks/{quote(str(public_id), safe='')}",
        )

    def rotate_webhook_secret(self, slug: str, public_id: str) -> SecretOut:
        """A new signing secret. For a day messages carry signatures by both."""
        answer: SecretOut = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/webhooks/{quote(str(public_id), safe='')}/secret",
        )
        return answer

    def test_webhook(self, slug: str, public_id: str) -> MessageOut:
        """Send a `test.ping`; the answer is the message's id, what became of it is among the deliveries."""
        answer: MessageOut = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/webhooks/{quote(str(public_id), safe='')}/test",
        )
        return answer

    def list_deliveries(
        self,
        slug: str,
        public_id: str,
        *,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_DeliveryOut:
        """What was sent, newest first, with the other side's answer. Kept for thirty days."""
        answer: ListOut_DeliveryOut = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/webhooks/{quote(str(public_id), safe='')}/deliveries",
            query={"state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def replay_deliveries(self, slug: str, public_id: str, body: ReplayIn) -> ReplayedOut:
        """Send one message again, or all that failed since a moment; ids stay the same."""
        answer: ReplayedOut = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/webhooks/{quote(str(public_id), safe='')}/replays",
            body=body,
        )
        return answer

    def tree(self, slug: str, *, days: int | None = None) -> dict[str, Any]:
        """Today's totals and the decision tree: value, change, state and contribution of every node."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/tree", query={"days": days}
        )
        return answer

    def cube(
        self,
        slug: str,
        *,
        subject: str | None = None,
        by: str | None = None,
        first: str | None = None,
        last: str | None = None,
        channel: str | None = None,
    ) -> dict[str, Any]:
        """Measures by dimensions; `by` names up to three, separated by commas. Money is in minor units."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/cube",
            query={"subject": subject, "by": by, "first": first, "last": last, "channel": channel},
        )
        return answer

    def network(self, slug: str) -> dict[str, Any]:
        """The fan network: counts by layer, and who brought whom."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/network"
        )
        return answer

    def set_costs(self, slug: str, body: CostsIn) -> dict[str, Any]:
        """What the shop itself pays for a piece; seen by its staff alone."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/costs", body=body
        )
        return answer

    def suggested_prices(self, slug: str, *, q: str | None = None) -> ListOut_dict_str__Any:
        """Every SKU on sale with a suggested price, its range and what to expect a day; `suggestion` says from where."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/prices", query={"q": q}
        )
        return answer

    def change_prices(self, slug: str, body: PricesIn) -> dict[str, Any]:
        """Change list prices, all or none. Below cost, or by more than 30 %, only when confirmed."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/price-changes", body=body
        )
        return answer

    def price_changes(self, slug: str) -> ListOut_dict_str__Any:
        """The last thirty changes of prices, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/price-changes"
        )
        return answer

    def undo_prices(self, slug: str, batch: str) -> dict[str, Any]:
        """Put prices back as they were before; those changed again since stay."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/price-changes/{quote(str(batch), safe='')}/undoing",
        )
        return answer
