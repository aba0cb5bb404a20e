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
        "duplicates": "int",
        "refused": "int",
        "problems": "list[Problem]",
    },
)


AcceptedIn = TypedDict(
    "AcceptedIn",
    {
        "on": "bool",
        "reason": NotRequired["str"],
        "note": NotRequired["str"],
    },
)


ActIn = TypedDict(
    "ActIn",
    {
        "query": "str",
        "kind": "str",
        "text": "str",
        "worth_minor": NotRequired["int"],
        "threshold_minor": NotRequired["int"],
        "days": NotRequired["int"],
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


AdvertisingIn = TypedDict(
    "AdvertisingIn",
    {
        "amount_minor": "int",
        "key": "str",
        "reference": "str",
    },
)


AgreedIn = TypedDict(
    "AgreedIn",
    {
        "agreements": "list[VersionIn]",
    },
)


AppealDecisionIn = TypedDict(
    "AppealDecisionIn",
    {
        "is_overturned": "bool",
        "answer": "str",
    },
)


AppealIn = TypedDict(
    "AppealIn",
    {
        "words": "str",
    },
)


ApplicationIn = TypedDict(
    "ApplicationIn",
    {
        "kind": NotRequired["str"],
        "company": NotRequired["str"],
        "code": NotRequired["str"],
        "licence_until": NotRequired["str"],
        "person": NotRequired["str"],
        "identity": NotRequired["str"],
        "identity_until": NotRequired["str"],
        "phone": NotRequired["str"],
        "address": NotRequired["str"],
        "categories": NotRequired["list[str]"],
    },
)


ArrivalIn = TypedDict(
    "ArrivalIn",
    {
        "restocks": NotRequired["bool"],
    },
)


AssignmentIn = TypedDict(
    "AssignmentIn",
    {
        "manager": NotRequired["str | None"],
        "due_on": "str",
        "note": NotRequired["str"],
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


BankAccountIn = TypedDict(
    "BankAccountIn",
    {
        "holder": "str",
        "bank": "str",
        "number": "str",
        "code": "str",
    },
)


Baseline = dict[str, Any]


BlockIn = TypedDict(
    "BlockIn",
    {
        "kind": "str",
        "title": NotRequired["str"],
        "text": NotRequired["str"],
        "goods": NotRequired["list[str]"],
        "picture": NotRequired["str"],
    },
)


BrandIn = TypedDict(
    "BrandIn",
    {
        "name": "str",
        "colour": "str",
        "bio": NotRequired["str"],
    },
)


CarryIn = TypedDict(
    "CarryIn",
    {
        "large_ok": NotRequired["bool"],
    },
)


CartLineIn = TypedDict(
    "CartLineIn",
    {
        "sku": NotRequired["str"],
        "count": NotRequired["int"],
        "pick": NotRequired["str"],
        "lines": NotRequired["list[LineIn]"],
        "source": NotRequired["Any"],
    },
)


CaseIn = TypedDict(
    "CaseIn",
    {
        "kind": "str",
        "reason": "str",
        "words": NotRequired["str"],
        "pieces": "list[PiecesIn]",
        "pictures": NotRequired["list[str]"],
    },
)


CaseReasonIn = TypedDict(
    "CaseReasonIn",
    {
        "reason": "str",
    },
)


CertificateIn = TypedDict(
    "CertificateIn",
    {
        "name": "str",
        "issuer": "str",
        "number": "str",
        "valid_from": "str",
        "valid_until": "str",
    },
)


ChangeIn = TypedDict(
    "ChangeIn",
    {
        "kind": "str",
        "value": NotRequired["str"],
        "goods": "list[str]",
        "dry_run": NotRequired["bool"],
        "below_cost_ok": NotRequired["bool"],
        "large_ok": NotRequired["bool"],
    },
)


ChoicesIn = TypedDict(
    "ChoicesIn",
    {
        "ways": "dict[str, Literal['off', 'site', 'mail']]",
    },
)


ClearingReasonIn = TypedDict(
    "ClearingReasonIn",
    {
        "reason": NotRequired["str"],
    },
)


ClockIn = TypedDict(
    "ClockIn",
    {
        "on_sale_from": NotRequired["str | None"],
        "on_sale_until": NotRequired["str | None"],
    },
)


CodeIn = TypedDict(
    "CodeIn",
    {
        "code": "str",
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


ConsentIn = TypedDict(
    "ConsentIn",
    {
        "agrees": NotRequired["bool"],
        "statement": NotRequired["str"],
        "pictures": NotRequired["list[str]"],
    },
)


ContactIn = TypedDict(
    "ContactIn",
    {
        "way": "str",
        "note": NotRequired["str"],
        "outcome": NotRequired["str"],
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


DecisionIn = TypedDict(
    "DecisionIn",
    {
        "outcome": "str",
        "reasons": NotRequired["list[OpeningReasonIn]"],
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


DepositIn = TypedDict(
    "DepositIn",
    {
        "amount_minor": "int",
        "reference": "str",
    },
)


DismissalIn = TypedDict(
    "DismissalIn",
    {
        "reason": "str",
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


DraftIn = TypedDict(
    "DraftIn",
    {
        "sku": "str",
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
        "shares_purchases": NotRequired["bool | None"],
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


ExperimentIn = TypedDict(
    "ExperimentIn",
    {
        "knob": "str",
        "name": "str",
        "hypothesis": "str",
        "primary": "str",
        "unit": NotRequired["str"],
        "shares": "dict[str, int]",
        "traffic_bps": NotRequired["int"],
        "guardrails": NotRequired["dict[str, str]"],
        "min_effect_bps": NotRequired["int"],
        "window_days": NotRequired["int"],
        "planned_units": NotRequired["int"],
        "layer": NotRequired["str"],
        "ends_on": NotRequired["str | None"],
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


FollowUpIn = TypedDict(
    "FollowUpIn",
    {
        "words": "str",
        "pictures": NotRequired["list[str]"],
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
        "video": NotRequired["str"],
        "poster": NotRequired["int"],
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
        "reason": NotRequired["str"],
        "via": NotRequired["str"],
    },
)


GoodsList = TypedDict(
    "GoodsList",
    {
        "items": "list[GoodsItem]",
        "next_cursor": NotRequired["str | None"],
        "request_id": NotRequired["str"],
    },
)


HandOverIn = TypedDict(
    "HandOverIn",
    {
        "handle": "str",
        "password": "str",
    },
)


HidingIn = TypedDict(
    "HidingIn",
    {
        "basis": "str",
        "reason": "str",
    },
)


HostIn = TypedDict(
    "HostIn",
    {
        "host": "str",
    },
)


HotIn = TypedDict(
    "HotIn",
    {
        "on": "bool",
    },
)


ImportIn = TypedDict(
    "ImportIn",
    {
        "form": NotRequired["str"],
        "lists": NotRequired["bool"],
    },
)


InspectionPlanIn = TypedDict(
    "InspectionPlanIn",
    {
        "share_bps": "int",
        "seed": "int",
        "weights": NotRequired["dict[str, int]"],
    },
)


InspectorIn = TypedDict(
    "InspectorIn",
    {
        "inspector_id": "int",
    },
)


InviteIn = TypedDict(
    "InviteIn",
    {
        "role": "str",
        "handle": NotRequired["str"],
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
        "pick": NotRequired["str"],
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


ListOut_WishOut = TypedDict(
    "ListOut_WishOut",
    {
        "items": "list[WishOut]",
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


MessageIn = TypedDict(
    "MessageIn",
    {
        "words": NotRequired["str"],
        "pictures": NotRequired["list[str]"],
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


MoveIn = TypedDict(
    "MoveIn",
    {
        "move": "str",
        "reason": NotRequired["str"],
        "arm": NotRequired["str"],
        "shares": NotRequired["dict[str, int]"],
        "traffic_bps": NotRequired["int"],
    },
)


NewParcelIn = TypedDict(
    "NewParcelIn",
    {
        "warehouse_id": "int",
        "carrier": "str",
        "tracking": "str",
        "pieces": NotRequired["list[PieceIn]"],
        "is_sure": NotRequired["bool"],
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
        "propensity": NotRequired["float"],
        "reason": NotRequired["str"],
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


NumberIn = TypedDict(
    "NumberIn",
    {
        "carrier": "str",
        "tracking": "str",
        "is_sure": NotRequired["bool"],
    },
)


OffIn = TypedDict(
    "OffIn",
    {
        "off_bps": "int",
    },
)


OfferIn = TypedDict(
    "OfferIn",
    {
        "rate_bps": NotRequired["int | None"],
        "terms": NotRequired["list[TermIn]"],
    },
)


OpenIn = TypedDict(
    "OpenIn",
    {
        "sku": "str",
        "count": NotRequired["int"],
        "coupons": NotRequired["list[str] | None"],
        "points_minor": NotRequired["int"],
        "message": NotRequired["str"],
        "expected_minor": NotRequired["int | None"],
        "address": "SeatAddressIn",
        "source": NotRequired["Any"],
        "plan": "str",
    },
)


OpeningReasonIn = TypedDict(
    "OpeningReasonIn",
    {
        "field": "str",
        "code": "str",
        "note": NotRequired["str"],
    },
)


OpinionIn = TypedDict(
    "OpinionIn",
    {
        "goods": "int",
        "service": "int",
        "logistics": "int",
        "words": NotRequired["str"],
        "tags": NotRequired["list[str]"],
        "pictures": NotRequired["list[str]"],
        "anonymous": NotRequired["bool"],
    },
)


OrderFilterIn = TypedDict(
    "OrderFilterIn",
    {
        "state": NotRequired["str"],
        "q": NotRequired["str"],
        "first": NotRequired["str"],
        "last": NotRequired["str"],
        "goods": NotRequired["str"],
        "province": NotRequired["str"],
        "buyer": NotRequired["str"],
    },
)


OrderIn = TypedDict(
    "OrderIn",
    {
        "coupons": NotRequired["list[str] | None"],
        "points_minor": NotRequired["int"],
        "pickups": NotRequired["list[str]"],
        "lines": "list[LineIn]",
        "address": NotRequired["AddressIn | None"],
        "address_id": NotRequired["int | None"],
        "source": NotRequired["Any"],
        "expected_minor": NotRequired["int | None"],
        "from_cart": NotRequired["bool"],
        "message": NotRequired["str"],
        "invoice": NotRequired["InvoiceIn | None"],
        "method": NotRequired["str"],
        "no_return": NotRequired["list[str]"],
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


PickIn = TypedDict(
    "PickIn",
    {
        "offer": "str",
    },
)


PickupCodeIn = TypedDict(
    "PickupCodeIn",
    {
        "code": "str",
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


PieceIn = TypedDict(
    "PieceIn",
    {
        "line_id": "int",
        "count": "int",
    },
)


PiecesIn = TypedDict(
    "PiecesIn",
    {
        "line": "int",
        "count": "int",
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


PointIn = TypedDict(
    "PointIn",
    {
        "name": "str",
        "address": "str",
        "hours": "str",
        "phone": NotRequired["str"],
        "is_active": NotRequired["bool"],
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


PromiseIn = TypedDict(
    "PromiseIn",
    {
        "ship_hours": "int",
    },
)


ProposalIn = TypedDict(
    "ProposalIn",
    {
        "other": "str",
        "rate_bps": "int",
        "starts_at": "str",
        "ends_at": "str",
        "categories": NotRequired["list[str]"],
        "goods": NotRequired["list[str]"],
        "words": NotRequired["str"],
    },
)


QuoteIn = TypedDict(
    "QuoteIn",
    {
        "coupons": NotRequired["list[str] | None"],
        "points_minor": NotRequired["int"],
        "pickups": NotRequired["list[str]"],
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


ReturnParcelIn = TypedDict(
    "ReturnParcelIn",
    {
        "carrier": "str",
        "tracking": "str",
    },
)


ReturnsIn = TypedDict(
    "ReturnsIn",
    {
        "returns": "str",
    },
)


ReviewDecisionIn = TypedDict(
    "ReviewDecisionIn",
    {
        "agree": "bool",
        "reason": NotRequired["str"],
    },
)


ReviewReasonIn = TypedDict(
    "ReviewReasonIn",
    {
        "reason": "str",
    },
)


RoleIn = TypedDict(
    "RoleIn",
    {
        "role": "str",
    },
)


RowIn = TypedDict(
    "RowIn",
    {
        "sku": "str",
        "seen": "str",
        "fields": NotRequired["dict[str, str]"],
        "stock": NotRequired["list[StockIn]"],
    },
)


RowsIn = TypedDict(
    "RowsIn",
    {
        "rows": "list[RowIn]",
        "confirmed": NotRequired["bool"],
    },
)


RuleIn = TypedDict(
    "RuleIn",
    {
        "permits": NotRequired["list[str]"],
        "required": NotRequired["list[str]"],
        "risk": NotRequired["int"],
        "is_forbidden": NotRequired["bool"],
        "deposit_minor": NotRequired["int"],
    },
)


RulingIn = TypedDict(
    "RulingIn",
    {
        "for_buyer": "bool",
        "needs_return": NotRequired["bool"],
        "reason": "str",
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
        "coupons": NotRequired["list[str] | None"],
        "points_minor": NotRequired["int"],
        "message": NotRequired["str"],
        "expected_minor": NotRequired["int | None"],
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


SegmentIn = TypedDict(
    "SegmentIn",
    {
        "name": "str",
        "query": "str",
    },
)


ServicePlanIn = TypedDict(
    "ServicePlanIn",
    {
        "code": "str",
        "name": "str",
        "price_minor": "int",
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


ShopPlanIn = TypedDict(
    "ShopPlanIn",
    {
        "plan": NotRequired["str"],
    },
)


ShowOrderIn = TypedDict(
    "ShowOrderIn",
    {
        "title": "str",
        "body": NotRequired["str"],
        "topics": NotRequired["list[str]"],
        "pictures": NotRequired["list[str]"],
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


SlotsIn = TypedDict(
    "SlotsIn",
    {
        "first": "str",
        "last": "str",
        "weekdays": NotRequired["list[int]"],
        "times": NotRequired["list[str]"],
        "price_minor": "int",
        "capacity": "int",
    },
)


SourceIn = TypedDict(
    "SourceIn",
    {
        "from": NotRequired["str"],
        "share_token": NotRequired["str"],
    },
)


StarsIn = TypedDict(
    "StarsIn",
    {
        "stars": "int",
    },
)


StatementIn = TypedDict(
    "StatementIn",
    {
        "from": NotRequired["str | None"],
        "to": NotRequired["str | None"],
        "currency": NotRequired["str"],
        "cursor": NotRequired["str | None"],
        "limit": NotRequired["int | None"],
    },
)


StepIn = TypedDict(
    "StepIn",
    {
        "step": "int",
    },
)


StepUpIn = TypedDict(
    "StepUpIn",
    {
        "code": "str",
    },
)


StockIn = TypedDict(
    "StockIn",
    {
        "warehouse_id": "int",
        "was": "int",
        "wanted": "int",
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


TakeRateIn = TypedDict(
    "TakeRateIn",
    {
        "rate_bps": "int",
        "reason": NotRequired["str"],
    },
)


TakenOut = TypedDict(
    "TakenOut",
    {
        "public_id": "str",
    },
)


TaskIn = TypedDict(
    "TaskIn",
    {
        "shop": "str",
        "note": NotRequired["str"],
    },
)


TermIn = TypedDict(
    "TermIn",
    {
        "sku": "str",
        "supply_minor": NotRequired["int | None"],
        "floor_minor": NotRequired["int | None"],
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


TokenIn = TypedDict(
    "TokenIn",
    {
        "token": "str",
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


VerdictIn = TypedDict(
    "VerdictIn",
    {
        "is_passed": "bool",
        "reason": NotRequired["str"],
        "note": NotRequired["str"],
    },
)


VersionIn = TypedDict(
    "VersionIn",
    {
        "name": "str",
        "version": "str",
    },
)


Versus = dict[str, Any]


VideoIn = TypedDict(
    "VideoIn",
    {
        "video": NotRequired["str"],
        "poster": NotRequired["int"],
    },
)


VideoOut = TypedDict(
    "VideoOut",
    {
        "public_id": "str",
        "url": "str",
        "content_type": "str",
        "size": "int",
        "seconds": "int | None",
    },
)


VoteIn = TypedDict(
    "VoteIn",
    {
        "side": "str",
        "reason": "str",
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


WhyIn = TypedDict(
    "WhyIn",
    {
        "reason": NotRequired["str"],
    },
)


WishIn = TypedDict(
    "WishIn",
    {
        "key": "str",
        "wanted": NotRequired["bool"],
        "channel": NotRequired["str"],
    },
)


WishOut = TypedDict(
    "WishOut",
    {
        "kind": "str",
        "key": "str",
        "wanted": "bool",
        "label": "str",
        "at": "str",
    },
)


WithdrawalIn = TypedDict(
    "WithdrawalIn",
    {
        "account_id": "int",
        "amount_minor": "int",
        "key": "str",
        "code": "str",
    },
)


WordsIn = TypedDict(
    "WordsIn",
    {
        "words": "str",
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
        """The lines of your cart at list prices; `problem` says why one cannot be bought now. `POST /quotes` says what offers take off."""
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
        q: str | None = None,
        first: str | None = None,
        last: str | None = None,
        goods: str | None = None,
        province: str | None = None,
        buyer: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """The shop's orders, newest first, narrowed by `state`, `q` (the beginning of a number), days, goods, province, buyer."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/orders",
            query={
                "state": state,
                "q": q,
                "first": first,
                "last": last,
                "goods": goods,
                "province": province,
                "buyer": buyer,
                "cursor": cursor,
                "limit": limit,
            },
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

    def shop_order(self, slug: str, number: str) -> dict[str, Any]:
        """An order of the shop, for its staff; name, phone and street are masked."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/orders/{quote(str(number), safe='')}"
        )
        return answer

    def unmask(self, slug: str, number: str, body: ReasonIn) -> dict[str, Any]:
        """The order with the buyer's contacts whole. It takes a reason; the look is told to owner and buyer."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/orders/{quote(str(number), safe='')}/unmasking",
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

    def aftersales_open_case(self, number: str, body: CaseIn) -> dict[str, Any]:
        """Ask for after-sales on pieces of your order."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/orders/{quote(str(number), safe='')}/after-sales", body=body
        )
        return answer

    def aftersales_list_cases(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Your cases, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/after-sales", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def aftersales_read_case(self, number: str) -> dict[str, Any]:
        """One of your cases, with its timeline and thread."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/after-sales/{quote(str(number), safe='')}"
        )
        return answer

    def aftersales_say_in_case(self, number: str, body: MessageIn) -> None:
        """Say something in your case; the shop and the platform read it."""
        self.call("POST", f"/api/v1/after-sales/{quote(str(number), safe='')}/messages", body=body)

    def aftersales_cancel_case(self, number: str) -> None:
        """Take back what you asked for."""
        self.call("POST", f"/api/v1/after-sales/{quote(str(number), safe='')}/cancellation")

    def aftersales_send_return(self, number: str, body: ReturnParcelIn) -> None:
        """Say how the goods go back."""
        self.call("POST", f"/api/v1/after-sales/{quote(str(number), safe='')}/parcel", body=body)

    def aftersales_escalate_case(self, number: str, body: CaseReasonIn) -> None:
        """Ask the platform to decide."""
        self.call(
            "POST", f"/api/v1/after-sales/{quote(str(number), safe='')}/escalation", body=body
        )

    def aftersales_confirm_replacement(self, number: str) -> None:
        """The other piece has arrived."""
        self.call("POST", f"/api/v1/after-sales/{quote(str(number), safe='')}/receipt")

    def aftersales_reopen_case(self, number: str, body: CaseReasonIn) -> None:
        """Open your case again, once, soon after it ended without a ruling or a refund."""
        self.call("POST", f"/api/v1/after-sales/{quote(str(number), safe='')}/reopening", body=body)

    def aftersales_rate_case(self, number: str, body: StarsIn) -> None:
        """One to five stars for how your case was handled, once after it ended."""
        self.call(
            "POST", f"/api/v1/after-sales/{quote(str(number), safe='')}/satisfaction", body=body
        )

    def aftersales_list_shop_cases(
        self,
        slug: str,
        *,
        state: str | None = None,
        kind: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """The shop's cases, newest first; `state` and `kind` filter."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales",
            query={"state": state, "kind": kind, "cursor": cursor, "limit": limit},
        )
        return answer

    def aftersales_read_shop_case(self, slug: str, number: str) -> dict[str, Any]:
        """A case of the shop; where a ruling may be or was appealed, with its buyer's score, counted at this shop alone."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales/{quote(str(number), safe='')}",
        )
        return answer

    def aftersales_approve_case(self, slug: str, number: str) -> None:
        """Agree: money alone goes back at once, goods are to be sent first."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales/{quote(str(number), safe='')}/approval",
        )

    def aftersales_reject_case(self, slug: str, number: str, body: CaseReasonIn) -> None:
        """Say no, with a reason the buyer reads."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales/{quote(str(number), safe='')}/rejection",
            body=body,
        )

    def aftersales_receive_return(self, slug: str, number: str, body: ArrivalIn) -> None:
        """The goods came back: a return is refunded, an exchange waits for others."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales/{quote(str(number), safe='')}/arrival",
            body=body,
        )

    def aftersales_send_replacement(self, slug: str, number: str, body: ReturnParcelIn) -> None:
        """Other goods are on their way to the buyer."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales/{quote(str(number), safe='')}/replacement",
            body=body,
        )

    def aftersales_refund_instead(self, slug: str, number: str, body: CaseReasonIn) -> None:
        """Refund an exchange that cannot be made."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales/{quote(str(number), safe='')}/refund",
            body=body,
        )

    def aftersales_answer_in_case(self, slug: str, number: str, body: MessageIn) -> None:
        """Say something to the buyer."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales/{quote(str(number), safe='')}/messages",
            body=body,
        )

    def aftersales_appeal_ruling(self, slug: str, number: str, body: AppealIn) -> None:
        """Appeal against a ruling for the buyer, once; another operator looks at it."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales/{quote(str(number), safe='')}/appeal",
            body=body,
        )

    def aftersales_list_disputes(
        self, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """What waits for the platform's decision, the oldest first; `state=decided` the rest. Operators only."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/disputes", query={"state": state, "cursor": cursor, "limit": limit}
        )
        return answer

    def aftersales_read_dispute(self, number: str) -> dict[str, Any]:
        """Both sides' words and evidence; operators only."""
        answer: dict[str, Any] = self.call("GET", f"/api/v1/disputes/{quote(str(number), safe='')}")
        return answer

    def aftersales_rule_case(self, number: str, body: RulingIn) -> None:
        """Decide, once. For the buyer the money goes back by itself. Operators only."""
        self.call("POST", f"/api/v1/disputes/{quote(str(number), safe='')}/ruling", body=body)

    def aftersales_decide_appeal(self, number: str, body: AppealDecisionIn) -> None:
        """Uphold or overturn the ruling a shop appeals against; not by who ruled. Operators only."""
        self.call("POST", f"/api/v1/disputes/{quote(str(number), safe='')}/appeal", body=body)

    def aftersales_shop_figures(self, slug: str) -> dict[str, Any]:
        """How a shop handles after-sales: rate, times, outcomes, and cases without anything personal."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales-figures"
        )
        return answer

    def aftersales_platform_figures(self) -> dict[str, Any]:
        """The same of the whole platform."""
        answer: dict[str, Any] = self.call("GET", "/api/v1/after-sales-figures")
        return answer

    def assessing_shop_performance(self, slug: str, *, days: int | None = None) -> dict[str, Any]:
        """The shop's and its staff's figures of 7, 30 or 90 days, the targets, and which are missed."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales-performance",
            query={"days": days},
        )
        return answer

    def assessing_all_shops(
        self, *, days: int | None = None, is_missed: bool | None = None
    ) -> dict[str, Any]:
        """Every shop's figures, those that miss most first. Operators only."""
        answer: dict[str, Any] = self.call(
            "GET", "/api/v1/after-sales-assessments", query={"days": days, "is_missed": is_missed}
        )
        return answer

    def finance_shop_finance(self, slug: str) -> ListOut_dict_str__Any:
        """A shop's money by currency: in escrow, earned, withdrawable, on its way out, owed."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/finance"
        )
        return answer

    def finance_my_finance(self) -> ListOut_dict_str__Any:
        """My own money by currency."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/me/finance")
        return answer

    def finance_shop_settlements(
        self, slug: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """A shop's settlement batches, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/settlements",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def finance_my_settlements(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """My settlement batches, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/me/settlements", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def finance_shop_settlement_lines(
        self, slug: str, number: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """What a batch holds, order line by order line."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/settlements/{quote(str(number), safe='')}/lines",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def finance_my_settlement_lines(
        self, number: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """What a batch of mine holds."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/me/settlements/{quote(str(number), safe='')}/lines",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def finance_shop_statement(
        self,
        slug: str,
        *,
        from_: str | None = None,
        to: str | None = None,
        currency: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """A shop's movements with what it had after each, newest first; `from` and `to` are days."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/statement",
            query={"from": from_, "to": to, "currency": currency, "cursor": cursor, "limit": limit},
        )
        return answer

    def finance_my_statement(
        self,
        *,
        from_: str | None = None,
        to: str | None = None,
        currency: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """My movements with what I had after each, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            "/api/v1/me/statement",
            query={"from": from_, "to": to, "currency": currency, "cursor": cursor, "limit": limit},
        )
        return answer

    def finance_shop_bank_accounts(self, slug: str) -> ListOut_dict_str__Any:
        """Where a shop's money may go; numbers are masked."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/bank-accounts"
        )
        return answer

    def finance_add_shop_bank_account(self, slug: str, body: BankAccountIn) -> dict[str, Any]:
        """Add a bank account: a colleague agrees, then it waits. Asks for a one-time code."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/bank-accounts", body=body
        )
        return answer

    def finance_my_bank_accounts(self) -> ListOut_dict_str__Any:
        """Where my money may go; numbers are masked."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/me/bank-accounts")
        return answer

    def finance_add_my_bank_account(self, body: BankAccountIn) -> dict[str, Any]:
        """Add a bank account of mine; it can be used after the wait. Asks for a one-time code."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/me/bank-accounts", body=body)
        return answer

    def finance_agree_to_bank_account(self, slug: str, account_id: int, body: StepUpIn) -> None:
        """Agree to an account a colleague added. Asks for a one-time code."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/bank-accounts/{quote(str(account_id), safe='')}/agreement",
            body=body,
        )

    def finance_refuse_bank_account(self, slug: str, account_id: int) -> None:
        """Refuse an account a colleague added."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/bank-accounts/{quote(str(account_id), safe='')}/refusal",
        )

    def finance_remove_shop_bank_account(self, slug: str, account_id: int, body: StepUpIn) -> None:
        """Nothing goes there any more. Asks for a one-time code."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/bank-accounts/{quote(str(account_id), safe='')}/removal",
            body=body,
        )

    def finance_remove_my_bank_account(self, account_id: int, body: StepUpIn) -> None:
        """Nothing goes there any more. Asks for a one-time code."""
        self.call(
            "POST", f"/api/v1/me/bank-accounts/{quote(str(account_id), safe='')}/removal", body=body
        )

    def finance_shop_withdrawals(
        self, slug: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """A shop's withdrawals, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/withdrawals",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def finance_withdraw_for_shop(self, slug: str, body: WithdrawalIn) -> dict[str, Any]:
        """Ask for a shop's money. The same `key` is the same withdrawal. Asks for a one-time code."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/withdrawals", body=body
        )
        return answer

    def finance_my_withdrawals(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """My withdrawals, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/me/withdrawals", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def finance_withdraw_for_me(self, body: WithdrawalIn) -> dict[str, Any]:
        """Ask for my money. The same `key` is the same withdrawal. Asks for a one-time code."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/me/withdrawals", body=body)
        return answer

    def finance_cancel_shop_withdrawal(self, slug: str, number: str) -> None:
        """Change one's mind before it is sent."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/withdrawals/{quote(str(number), safe='')}/cancellation",
        )

    def finance_cancel_my_withdrawal(self, number: str) -> None:
        """Change one's mind before it is sent."""
        self.call("POST", f"/api/v1/me/withdrawals/{quote(str(number), safe='')}/cancellation")

    def finance_shop_invoices(
        self, slug: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """What the platform kept from a shop, month by month and by component."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/platform-invoices",
            query={"cursor": cursor, "limit": limit},
        )
        return answer

    def finance_shop_revenue(
        self, slug: str, *, months: int | None = None
    ) -> ListOut_dict_str__Any:
        """What the platform took from the shop by month and component, newest first, this month so far included."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/platform-revenue",
            query={"months": months},
        )
        return answer

    def finance_shop_pool_sales(
        self,
        slug: str,
        *,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """What the shop sold of other shops' goods, newest first; `state` unpaid, frozen, earned or gone."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/pool-sales",
            query={"state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def clearing_all_settlements(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Every party's settlement batches, newest first; operators only."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/settlements", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def clearing_settle_now(self) -> dict[str, Any]:
        """Make the batches that are due now instead of tonight; operators only."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/settlements")
        return answer

    def clearing_all_withdrawals(
        self, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Everybody's withdrawals, newest first, in a state if one is named; operators only."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/withdrawals", query={"state": state, "cursor": cursor, "limit": limit}
        )
        return answer

    def clearing_approve_withdrawal(self, number: str) -> None:
        """Let a large withdrawal go; operators only."""
        self.call("POST", f"/api/v1/withdrawals/{quote(str(number), safe='')}/approval")

    def clearing_refuse_withdrawal(self, number: str, body: ClearingReasonIn) -> None:
        """Give a withdrawal back to the balance it came from; operators only."""
        self.call("POST", f"/api/v1/withdrawals/{quote(str(number), safe='')}/refusal", body=body)

    def clearing_read_fees(self, slug: str) -> dict[str, Any]:
        """What a shop pays the platform, with every rate it had; operators only."""
        answer: dict[str, Any] = self.call("GET", f"/api/v1/shops/{quote(str(slug), safe='')}/fees")
        return answer

    def clearing_set_take_rate(self, slug: str, body: TakeRateIn) -> None:
        """The platform's share of a shop's orders from now on; operators only."""
        self.call("PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/fees", body=body)

    def clearing_list_plans(self) -> ListOut_dict_str__Any:
        """The monthly plans there are; operators only."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/service-plans")
        return answer

    def clearing_make_plan(self, body: ServicePlanIn) -> None:
        """A new monthly plan; operators only."""
        self.call("POST", "/api/v1/service-plans", body=body)

    def clearing_end_plan(self, code: str) -> None:
        """No shop may choose it any more; operators only."""
        self.call("DELETE", f"/api/v1/service-plans/{quote(str(code), safe='')}")

    def clearing_set_shop_plan(self, slug: str, body: ShopPlanIn) -> None:
        """Put a shop on a plan, or off with ""; operators only."""
        self.call("PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/service-plan", body=body)

    def clearing_read_plan(self, slug: str) -> dict[str, Any]:
        """The plans there are, which the shop is on and is on from `changes_on`; "" is none."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/service-plan"
        )
        return answer

    def clearing_choose_plan(self, slug: str, body: ShopPlanIn) -> dict[str, Any]:
        """The owner chooses the plan from the first of next month, "" for none; the last choice of a month counts."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/service-plan/choice", body=body
        )
        return answer

    def clearing_charge_advertising(self, slug: str, body: AdvertisingIn) -> dict[str, Any]:
        """Charge a shop for advertising, once a `key`; operators only."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/advertising-charges", body=body
        )
        return answer

    def clearing_platform_revenue(self, *, months: int | None = None) -> ListOut_dict_str__Any:
        """What the platform earned from all shops by month and component, newest first; operators only."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/platform-revenue", query={"months": months}
        )
        return answer

    def clearing_all_invoices(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Every shop's monthly invoice, newest first; operators only."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/platform-invoices", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def parcels_list_carriers(self) -> ListOut_dict_str__Any:
        """Carriers whose numbers are checked and whose parcels can be followed; `carrier` takes a code or a name of theirs.

        Any other name is taken too: its number is not checked, its parcels are not followed, and their `carrier_code` is
        empty. `is_followed`: a tracker that knows this carrier is set up here."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/carriers")
        return answer

    def parcels_parcel_push(self, name: str) -> None:
        """Where a tracker reports scans; refused unless it is signed with our secret."""
        self.call("POST", f"/api/v1/parcels/{quote(str(name), safe='')}/push")

    def parcels_list_to_ship(
        self,
        slug: str,
        *,
        warehouse_id: int | None = None,
        age_hours: int | None = None,
        title: str | None = None,
        province: str | None = None,
        late: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """Orders that wait to be sent, the oldest first, with what is left in which warehouse; for staff."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/to-ship",
            query={
                "warehouse_id": warehouse_id,
                "age_hours": age_hours,
                "title": title,
                "province": province,
                "late": late,
                "cursor": cursor,
                "limit": limit,
            },
        )
        return answer

    def parcels_set_terms(self, slug: str, body: PromiseIn) -> dict[str, Any]:
        """Promise to send within so many hours after payment."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/shipping-promise", body=body
        )
        return answer

    def parcels_add_parcel(self, slug: str, number: str, body: NewParcelIn) -> dict[str, Any]:
        """Send pieces of an order as one parcel; the order is shipped when its last piece has left."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/orders/{quote(str(number), safe='')}/parcels",
            body=body,
        )
        return answer

    def parcels_correct_parcel(
        self, slug: str, number: str, parcel_id: int, body: NumberIn
    ) -> dict[str, Any]:
        """Put carrier and number of a parcel right, within a day; the old ones stay in the timeline."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/orders/{quote(str(number), safe='')}/parcels/{quote(str(parcel_id), safe='')}",
            body=body,
        )
        return answer

    def parcels_upload_numbers(
        self, slug: str, file: bytes, filename: str = "picture.jpg", *, is_sure: int | None = None
    ) -> dict[str, Any]:
        """Try a file (CSV or XLSX) of carriers and numbers: says which rows will be sent and which not, and sends none.

        The same file again is the same answer, so no key is needed."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/shipping-files",
            upload=(filename, file),
            query={"is_sure": is_sure},
        )
        return answer

    def parcels_read_batch(self, slug: str, batch_id: str) -> dict[str, Any]:
        """What a file will do, or did, row by row."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/shipping-files/{quote(str(batch_id), safe='')}",
        )
        return answer

    def parcels_confirm_batch(self, slug: str, batch_id: str) -> dict[str, Any]:
        """Send the good rows of a file. Each is sent once, however often this is asked, so no key is needed."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/shipping-files/{quote(str(batch_id), safe='')}/confirmation",
        )
        return answer

    def parcels_list_parcel_alarms(
        self,
        slug: str,
        *,
        kind: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """What needs eyes at a shop: too late, standing still, on its way back."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/parcel-alarms",
            query={"kind": kind, "cursor": cursor, "limit": limit},
        )
        return answer

    def parcels_order_alarms(self, number: str) -> ListOut_dict_str__Any:
        """What is wrong with sending your order, if anything."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/orders/{quote(str(number), safe='')}/alarms"
        )
        return answer

    def parcels_list_points(self, slug: str) -> ListOut_dict_str__Any:
        """Where goods of a shop can be fetched. Name one in `pickups` of an order or a quote."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/pickup-points"
        )
        return answer

    def parcels_add_point(self, slug: str, body: PointIn) -> dict[str, Any]:
        """Offer a place where orders are fetched."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/pickup-points", body=body
        )
        return answer

    def parcels_change_point(self, slug: str, point_id: str, body: PointIn) -> dict[str, Any]:
        """Change a place, or close it. Orders that wait there keep it."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/pickup-points/{quote(str(point_id), safe='')}",
            body=body,
        )
        return answer

    def parcels_hand_over(self, slug: str, body: PickupCodeIn) -> dict[str, Any]:
        """Hand an order to whoever shows its code: sent and received in one step. Ten tries a minute."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/pickups", body=body
        )
        return answer

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
        self,
        *,
        shop: str | None = None,
        beside: str | None = None,
        seen: str | None = None,
        limit: int | None = None,
    ) -> GoodsList:
        """Goods for this person, each with why; inside a shop that shop's alone, and its partners' with their `via`.

        `beside`: a goods looked at; `seen`: those looked at in this visit, by commas, the last one first."""
        answer: GoodsList = self.call(
            "GET",
            "/api/v1/recommendations",
            query={"shop": shop, "beside": beside, "seen": seen, "limit": limit},
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

    def wishes_read_interests(self) -> ListOut_WishOut:
        """What you said you want to see, or do not; the newest first. The switch for personalisation is `PATCH /me`."""
        answer: ListOut_WishOut = self.call("GET", "/api/v1/interests")
        return answer

    def wishes_say_interest(
        self, kind: Literal["note", "goods", "author", "shop", "topic", "category"], body: WishIn
    ) -> None:
        """Say that you want more like this, or do not want it; it holds from the next page on, of feed, search and goods."""
        self.call("PUT", f"/api/v1/interests/{quote(str(kind), safe='')}", body=body)

    def wishes_take_back_interest(
        self, kind: Literal["note", "goods", "author", "shop", "topic", "category"], *, key: str
    ) -> None:
        """Take back what you said of it."""
        self.call("DELETE", f"/api/v1/interests/{quote(str(kind), safe='')}", query={"key": key})

    def accept_events(self, body: dict[str, Any]) -> Accepted:
        """Take up to 500 events `{"events": [{"id", "ts", "verb", …}], "sent_at"}`; one id counts once.

        Who acted is read from the session or the token, never from the body. The answer comes after the rows are
        written, and names every event that was not taken, with its place in the batch and why; if none was, it is 422."""
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

    def read_posting(self, key: str) -> dict[str, Any]:
        """A posting with its legs; operators only."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/ledger/postings/{quote(str(key), safe='')}"
        )
        return answer

    def read_statement(
        self,
        owner: str,
        kind: str,
        *,
        currency: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """One account's movements, newest first; operators only."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/ledger/accounts/{quote(str(owner), safe='')}/{quote(str(kind), safe='')}",
            query={"currency": currency, "cursor": cursor, "limit": limit},
        )
        return answer

    def upload(
        self,
        file: bytes,
        filename: str = "picture.jpg",
        *,
        alt: str | None = None,
        private: bool | None = None,
    ) -> PictureOut:
        """Store a JPEG, PNG or WebP of at most 12 MB; use its public_id in notes, goods and profiles.

        A `private` one is for after-sales: only the two sides of a case and the platform see it."""
        answer: PictureOut = self.call(
            "POST",
            "/api/v1/pictures",
            upload=(filename, file),
            query={"alt": alt, "private": private},
        )
        return answer

    def media_read(self, public_id: str) -> PictureOut:
        """One picture's size, colour and address."""
        answer: PictureOut = self.call("GET", f"/api/v1/pictures/{quote(str(public_id), safe='')}")
        return answer

    def upload_video(self, file: bytes, filename: str = "picture.jpg") -> VideoOut:
        """Store an MP4 or WebM of at most 50 MB and a minute; use its public_id in goods. It is kept as it came."""
        answer: VideoOut = self.call("POST", "/api/v1/videos", upload=(filename, file))
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
        """Change name, bio, region, avatar (a picture of yours), personalisation, or whether friends may see what you bought."""
        answer: PersonOut = self.call("PATCH", "/api/v1/me", body=body)
        return answer

    def my_sessions(self) -> ListOut_dict_str__Any:
        """The browsers where you are signed in."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/me/sessions")
        return answer

    def end_sessions(self) -> None:
        """End all your sessions and tokens, this one too."""
        self.call("DELETE", "/api/v1/me/sessions")

    def end_session(self, session_id: str) -> None:
        """End one of your sessions; that browser has to sign in again."""
        self.call("DELETE", f"/api/v1/me/sessions/{quote(str(session_id), safe='')}")

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

    def read_second_factor(self) -> dict[str, Any]:
        """Whether my second factor is on, and how many recovery codes are left."""
        answer: dict[str, Any] = self.call("GET", "/api/v1/me/second-factor")
        return answer

    def begin_second_factor(self) -> dict[str, Any]:
        """A secret for an authenticator app; in force once a first code confirms it."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/me/second-factor")
        return answer

    def confirm_second_factor(self, body: CodeIn) -> dict[str, Any]:
        """The first right code turns it on; answers with the recovery codes, this once."""
        answer: dict[str, Any] = self.call(
            "POST", "/api/v1/me/second-factor/confirmation", body=body
        )
        return answer

    def renew_recovery_codes(self, body: CodeIn) -> dict[str, Any]:
        """Ten new recovery codes; the old ones end."""
        answer: dict[str, Any] = self.call(
            "POST", "/api/v1/me/second-factor/recovery-codes", body=body
        )
        return answer

    def end_second_factor(self, body: CodeIn) -> None:
        """Turn it off by a right code."""
        self.call("POST", "/api/v1/me/second-factor/removal", body=body)

    def open_shop(self, body: ShopIn) -> dict[str, Any]:
        """Open a shop of your own brand: its address, name and colour. It sells once its application is approved."""
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
        """Put goods on the shelf; `pictures` are public ids of pictures you uploaded. `on_sale` says whether the checks are through."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/goods", body=body
        )
        return answer

    def set_facts(self, slug: str, public_id: str, body: FactsIn) -> dict[str, Any]:
        """Kind, origin, supplier and attributes of goods; `on_sale` says whether the checks are through."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods/{quote(str(public_id), safe='')}/facts",
            body=body,
        )
        return answer

    def set_video(self, slug: str, public_id: str, body: VideoIn) -> dict[str, Any]:
        """Show a video, another one, or none. A new one of goods on sale waits for a look where goods are looked at."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods/{quote(str(public_id), safe='')}/video",
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

    def set_returns(self, slug: str, public_id: str, body: ReturnsIn) -> None:
        """Whether these goods may come back without a reason, for orders from now on."""
        self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods/{quote(str(public_id), safe='')}/returns",
            body=body,
        )

    def staff_list_staff(self, slug: str) -> ListOut_dict_str__Any:
        """Who works in the shop, in which role."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/staff"
        )
        return answer

    def staff_list_invites(self, slug: str) -> ListOut_dict_str__Any:
        """Invitations that nobody has answered yet."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/invites"
        )
        return answer

    def staff_invite_staff(self, slug: str, body: InviteIn) -> dict[str, Any]:
        """Invite a person, or make a token that one person may use; it is seen only now and good for seven days."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/invites", body=body
        )
        return answer

    def staff_withdraw_invite(self, slug: str, public_id: str) -> None:
        """Take an invitation back."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/invites/{quote(str(public_id), safe='')}",
        )

    def staff_change_role(self, slug: str, handle: str, body: RoleIn) -> None:
        """Give one of the staff another role; never your own."""
        self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/staff/{quote(str(handle), safe='')}/role",
            body=body,
        )

    def staff_remove_staff(self, slug: str, handle: str) -> None:
        """Let one of the staff go; their next request is refused."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/staff/{quote(str(handle), safe='')}",
        )

    def staff_leave_shop(self, slug: str) -> None:
        """Leave the shop's staff yourself; its owner hands it over first."""
        self.call("POST", f"/api/v1/shops/{quote(str(slug), safe='')}/departure")

    def staff_hand_over(self, slug: str, body: HandOverIn) -> None:
        """Make one of the staff the owner; you become manager."""
        self.call("POST", f"/api/v1/shops/{quote(str(slug), safe='')}/hand-over", body=body)

    def staff_my_invites(self) -> ListOut_dict_str__Any:
        """Shops that wait for your answer."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/me/invites")
        return answer

    def staff_redeem_invite(self, body: TokenIn) -> dict[str, Any]:
        """Join a shop with the token of its invitation; it works once."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/me/invites", body=body)
        return answer

    def staff_accept_invite(self, public_id: str) -> dict[str, Any]:
        """Join the shop that invited you."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/me/invites/{quote(str(public_id), safe='')}"
        )
        return answer

    def staff_decline_invite(self, public_id: str) -> None:
        """Decline an invitation."""
        self.call("DELETE", f"/api/v1/me/invites/{quote(str(public_id), safe='')}")

    def staff_shop_trail(
        self,
        slug: str,
        *,
        who: str | None = None,
        action: str | None = None,
        object: str | None = None,
        day: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """Who did what in the shop, newest first; `action` may end in a dot for all of a kind."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/audit",
            query={
                "who": who,
                "action": action,
                "object": object,
                "day": day,
                "cursor": cursor,
                "limit": limit,
            },
        )
        return answer

    def desk_list_desk(
        self,
        slug: str,
        *,
        q: str | None = None,
        state: str | None = None,
        category: str | None = None,
        kind: str | None = None,
        sort: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """The shop's goods, on the shelf or not; `state` on, off, scheduled, low or bare; `sort` new, old, price, dear, title."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/desk/goods",
            query={
                "q": q,
                "state": state,
                "category": category,
                "kind": kind,
                "sort": sort,
                "cursor": cursor,
                "limit": limit,
            },
        )
        return answer

    def desk_change_many(self, slug: str, body: ChangeIn) -> dict[str, Any]:
        """Change many goods at once; with `dry_run` it is only said what would become of them."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/desk/changes", body=body
        )
        return answer

    def desk_undo_changes(self, slug: str, batch: str) -> dict[str, Any]:
        """Put back what a batch changed; rows that somebody changed since stay and are named."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/desk/changes/{quote(str(batch), safe='')}/undoing",
        )
        return answer

    def desk_list_rows(
        self,
        slug: str,
        *,
        q: str | None = None,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """SKUs as rows of a table, with the version each was shown in."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/desk/rows",
            query={"q": q, "state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def desk_save_rows(self, slug: str, body: RowsIn) -> dict[str, Any]:
        """Save rows, each whole or not at all; `wrong` names the fields of those that were refused."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/desk/rows", body=body
        )
        return answer

    def desk_set_schedule(self, slug: str, public_id: str, body: ClockIn) -> None:
        """When goods come on the shelf and leave it; null for neither."""
        self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods/{quote(str(public_id), safe='')}/schedule",
            body=body,
        )

    def desk_add_slots(self, slug: str, public_id: str, body: SlotsIn) -> dict[str, Any]:
        """Times of a service that can be booked, one SKU each."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods/{quote(str(public_id), safe='')}/slots",
            body=body,
        )
        return answer

    def desk_begin_import(
        self, slug: str, file: bytes, filename: str = "picture.jpg"
    ) -> dict[str, Any]:
        """Bring a file (CSV, XLSX or a ZIP with pictures); it is checked, and nothing is written until it is started."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/imports", upload=(filename, file)
        )
        return answer

    def desk_list_imports(self, slug: str) -> ListOut_dict_str__Any:
        """The newest twenty."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/imports"
        )
        return answer

    def desk_read_import(self, slug: str, import_id: str) -> dict[str, Any]:
        """How far an import is, with the first hundred rows that do not go in, and that are not sold yet."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/imports/{quote(str(import_id), safe='')}",
        )
        return answer

    def desk_start_import(self, slug: str, import_id: str) -> dict[str, Any]:
        """Write what was checked, in the background."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/imports/{quote(str(import_id), safe='')}/start",
        )
        return answer

    def desk_cancel_import(self, slug: str, import_id: str) -> dict[str, Any]:
        """Stop an import; what is written stays and can be undone."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/imports/{quote(str(import_id), safe='')}/cancellation",
        )
        return answer

    def desk_undo_import(self, slug: str, import_id: str) -> dict[str, Any]:
        """Take back everything an import brought, while nothing of it was ordered."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/imports/{quote(str(import_id), safe='')}/undoing",
        )
        return answer

    def opening_agreements(self) -> ListOut_dict_str__Any:
        """What a seller agrees to now, with versions."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/agreements")
        return answer

    def opening_read_application(self, slug: str) -> dict[str, Any]:
        """The shop's application, its papers, and why it was sent back; for its owner."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/application"
        )
        return answer

    def opening_save_application(self, slug: str, body: ApplicationIn) -> dict[str, Any]:
        """Keep what is written so far; begins an application, or one for a larger kind of seller, if none is open."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/application", body=body
        )
        return answer

    def opening_submit_application(self, slug: str) -> dict[str, Any]:
        """Have it checked, and looked at; an individual within limits is approved at once."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/application/submission"
        )
        return answer

    def opening_accept_agreements(self, slug: str, body: AgreedIn) -> dict[str, Any]:
        """Accept the agreements in the versions that hold now."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/agreements", body=body
        )
        return answer

    def opening_add_document(
        self, slug: str, file: bytes, filename: str = "picture.jpg"
    ) -> dict[str, Any]:
        """Hand in a paper: `kind` licence, identity, permit or report; a PDF or a picture, kept private."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/documents", upload=(filename, file)
        )
        return answer

    def opening_read_document(self, slug: str, public_id: str) -> None:
        """The paper itself, for the shop's owner; every look is written down."""
        self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/documents/{quote(str(public_id), safe='')}/file",
        )

    def opening_read_standing(self, slug: str) -> dict[str, Any]:
        """What the shop may do now: limits, deposit, and what keeps it from selling."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/standing"
        )
        return answer

    def opening_close_shop(self, slug: str, body: WhyIn) -> dict[str, Any]:
        """Close the shop: nothing of it can be ordered from now on."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/closure", body=body
        )
        return answer

    def opening_reopen_shop(self, slug: str) -> dict[str, Any]:
        """Open a shop again that its owner closed."""
        answer: dict[str, Any] = self.call(
            "DELETE", f"/api/v1/shops/{quote(str(slug), safe='')}/closure"
        )
        return answer

    def opening_list_applications(
        self, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Applications in a state, the one that waits longest first; for operators."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            "/api/v1/operator/applications",
            query={"state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def opening_decide_application(self, public_id: str, body: DecisionIn) -> dict[str, Any]:
        """Approve, reject or ask for more, once."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/operator/applications/{quote(str(public_id), safe='')}/decision",
            body=body,
        )
        return answer

    def opening_operator_document(self, public_id: str) -> None:
        """The paper itself, for operators; every look is written down."""
        self.call("GET", f"/api/v1/operator/documents/{quote(str(public_id), safe='')}/file")

    def opening_decide_document(self, public_id: str, body: AcceptedIn) -> dict[str, Any]:
        """Accept or refuse a renewed or added paper; refused, it takes a reason, as an application does."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/operator/documents/{quote(str(public_id), safe='')}/decision",
            body=body,
        )
        return answer

    def opening_suspend_shop(self, slug: str, body: WhyIn) -> dict[str, Any]:
        """Stop a shop at once, with a reason that its owner reads."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/operator/shops/{quote(str(slug), safe='')}/suspension", body=body
        )
        return answer

    def opening_resume_shop(self, slug: str) -> dict[str, Any]:
        """Let a suspended shop sell again."""
        answer: dict[str, Any] = self.call(
            "DELETE", f"/api/v1/operator/shops/{quote(str(slug), safe='')}/suspension"
        )
        return answer

    def opening_move_deposit(self, slug: str, body: DepositIn) -> dict[str, Any]:
        """Record a bank transfer: a positive amount came in, a negative one went back to a closed shop."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/operator/shops/{quote(str(slug), safe='')}/deposits", body=body
        )
        return answer

    def opening_category_rules(self) -> ListOut_dict_str__Any:
        """What selling goods of a category takes, as it holds now."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/category-rules")
        return answer

    def opening_set_rule(self, category: str, body: RuleIn) -> dict[str, Any]:
        """A new version of a category's rule; every shop that offers it is judged at once."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/operator/category-rules/{quote(str(category), safe='')}", body=body
        )
        return answer

    def oversight_goods_review(self, slug: str, public_id: str) -> dict[str, Any]:
        """What the checks last said of goods, and what keeps them from being sold; for their shop."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods/{quote(str(public_id), safe='')}/review",
        )
        return answer

    def oversight_list_reviews(
        self, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Goods and changes of goods in a state, the riskiest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            "/api/v1/operator/reviews",
            query={"state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def oversight_decide_goods(self, public_id: str, body: VerdictIn) -> dict[str, Any]:
        """Let it pass, or reject it with a reason, once."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/operator/reviews/{quote(str(public_id), safe='')}/decision", body=body
        )
        return answer

    def oversight_list_plans(self) -> ListOut_dict_str__Any:
        """Sampling plans, newest first."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/operator/inspection-plans")
        return answer

    def oversight_draw_plan(self, body: InspectionPlanIn) -> dict[str, Any]:
        """Draw a sample of what is on sale; the same share, seed and weights draw the same."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/operator/inspection-plans", body=body)
        return answer

    def oversight_list_inspections(
        self,
        *,
        plan: str | None = None,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """Inspections in the order they were drawn."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            "/api/v1/operator/inspections",
            query={"plan": plan, "state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def oversight_assign_inspection(self, public_id: str, body: InspectorIn) -> dict[str, Any]:
        """Give an inspection to somebody."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/operator/inspections/{quote(str(public_id), safe='')}/inspector",
            body=body,
        )
        return answer

    def oversight_record_inspection(
        self, public_id: str, file: bytes, filename: str = "picture.jpg"
    ) -> dict[str, Any]:
        """Write down what was found, once; a failure says what and carries a report, and is off sale at once."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/operator/inspections/{quote(str(public_id), safe='')}/result",
            upload=(filename, file),
        )
        return answer

    def oversight_read_report(self, public_id: str) -> None:
        """The report of an inspection, as it was handed in."""
        self.call("GET", f"/api/v1/operator/inspections/{quote(str(public_id), safe='')}/report")

    def brand_read_brand(self, slug: str) -> dict[str, Any]:
        """The draft of the shop's face."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/brand"
        )
        return answer

    def brand_edit_brand(self, slug: str, body: BrandIn) -> dict[str, Any]:
        """Change name, colour and line of the draft."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/brand", body=body
        )
        return answer

    def brand_add_block(self, slug: str, body: BlockIn) -> dict[str, Any]:
        """A block at the end of the draft."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/brand/blocks", body=body
        )
        return answer

    def brand_move_block(self, slug: str, block_id: str, body: StepIn) -> dict[str, Any]:
        """One place up (-1) or down (1)."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/brand/blocks/{quote(str(block_id), safe='')}/place",
            body=body,
        )
        return answer

    def brand_remove_block(self, slug: str, block_id: str) -> dict[str, Any]:
        """Take a block out of the draft."""
        answer: dict[str, Any] = self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/brand/blocks/{quote(str(block_id), safe='')}",
        )
        return answer

    def brand_publish_brand(self, slug: str) -> dict[str, Any]:
        """Show the draft to everybody."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/brand/publication"
        )
        return answer

    def brand_undo_brand(self, slug: str) -> dict[str, Any]:
        """Show what was shown before."""
        answer: dict[str, Any] = self.call(
            "DELETE", f"/api/v1/shops/{quote(str(slug), safe='')}/brand/publication"
        )
        return answer

    def brand_list_domains(self, slug: str) -> ListOut_dict_str__Any:
        """The shop's host names, and what proves each."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/domains"
        )
        return answer

    def brand_add_domain(self, slug: str, body: HostIn) -> dict[str, Any]:
        """A host name with the token that proves it."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/domains", body=body
        )
        return answer

    def brand_prove_domain(self, slug: str, host: str) -> dict[str, Any]:
        """Look for the token now; repeats safely by itself."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/domains/{quote(str(host), safe='')}/proof",
        )
        return answer

    def brand_remove_domain(self, slug: str, host: str) -> dict[str, Any]:
        """Answer to it no more."""
        answer: dict[str, Any] = self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/domains/{quote(str(host), safe='')}",
        )
        return answer

    def pool_browse_pool(
        self,
        slug: str,
        *,
        q: str | None = None,
        category: str | None = None,
        earn_minor: int | None = None,
        price_minor: int | None = None,
        sort: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """What the shop may pick: earning `earn_minor` at least, `price_minor` at most; sort new, earn, rate or price."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/pool",
            query={
                "q": q,
                "category": category,
                "earn_minor": earn_minor,
                "price_minor": price_minor,
                "sort": sort,
                "cursor": cursor,
                "limit": limit,
            },
        )
        return answer

    def pool_list_picks(
        self,
        slug: str,
        *,
        over: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """What the shop picked and sells; with `over` what is over, and why."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/picks",
            query={"over": over, "cursor": cursor, "limit": limit},
        )
        return answer

    def pool_pick(self, slug: str, body: PickIn) -> dict[str, Any]:
        """Put an offer of the pool into the shop; its stock and shipping stay the supplier's."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/picks", body=body
        )
        return answer

    def pool_change_pick(self, slug: str, public_id: str, body: OffIn) -> None:
        """Sell a pick for less, out of the shop's own earning."""
        self.call(
            "PATCH",
            f"/api/v1/shops/{quote(str(slug), safe='')}/picks/{quote(str(public_id), safe='')}",
            body=body,
        )

    def pool_drop_pick(self, slug: str, public_id: str) -> None:
        """Take a pick out of the shop; what was sold is paid as agreed."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/picks/{quote(str(public_id), safe='')}",
        )

    def pool_list_pool_offers(self, slug: str) -> ListOut_dict_str__Any:
        """What the shop lets others sell, with its terms and how many shops picked it."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/pool-offers"
        )
        return answer

    def pool_offer_in_pool(self, slug: str, public_id: str, body: OfferIn) -> dict[str, Any]:
        """Let other shops sell these goods. Terms worse than before end their picks at once."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/pool-offers/{quote(str(public_id), safe='')}",
            body=body,
        )
        return answer

    def pool_withdraw_from_pool(self, slug: str, public_id: str) -> None:
        """Nobody else sells these goods from now on; their picks end at once."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/pool-offers/{quote(str(public_id), safe='')}",
        )

    def pool_read_seller(self, public_id: str, *, via: str | None = None) -> dict[str, Any]:
        """Who sells and sends these goods, and the shop whose pick `via` recommends them, as the buyer is told."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/goods/{quote(str(public_id), safe='')}/seller", query={"via": via}
        )
        return answer

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

    def shop_plans(
        self, slug: str, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """A shop's group offers for its staff, newest first; `active` is false of those that were stopped."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/group-plans",
            query={"cursor": cursor, "limit": limit},
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
        """A shop's fans for its staff, those who brought most buyers first; by the shop's own codes, never by name."""
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

    def partners_cooperations(self, slug: str) -> ListOut_dict_str__Any:
        """A shop's cooperations with what each side has of them, those that wait for its answer first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/cooperations"
        )
        return answer

    def partners_propose(self, slug: str, body: ProposalIn) -> dict[str, Any]:
        """Ask another shop to show each other's goods; it answers by itself."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/cooperations", body=body
        )
        return answer

    def partners_accept(self, slug: str, cooperation_id: str) -> None:
        """Agree; it works from its first day on."""
        self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/cooperations/{quote(str(cooperation_id), safe='')}/acceptance",
        )

    def partners_decline(self, slug: str, cooperation_id: str) -> None:
        """Say no to what was proposed."""
        self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/cooperations/{quote(str(cooperation_id), safe='')}/refusal",
        )

    def partners_end(self, slug: str, cooperation_id: str) -> None:
        """End it, or take a proposal back; either side, at once."""
        self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/cooperations/{quote(str(cooperation_id), safe='')}/end",
        )

    def partners_ideas(self, slug: str) -> ListOut_dict_str__Any:
        """Shops whose buyers are this shop's too and whose goods are not, without rivals (from 3,000 bps of the same categories); counts alone, of five people at least."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/partner-ideas"
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

    def goods_reviews(
        self,
        public_id: str,
        *,
        show: str | None = None,
        sku: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """Every review of goods; `show` pictures, low or follow_up, `sku` one choice by its code. Flagged ones are marked,
        hidden ones say why."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/goods/{quote(str(public_id), safe='')}/reviews",
            query={"show": show, "sku": sku, "cursor": cursor, "limit": limit},
        )
        return answer

    def goods_score(self, public_id: str) -> dict[str, Any]:
        """The score, what it is made of, and how many reviews are left out."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/goods/{quote(str(public_id), safe='')}/score"
        )
        return answer

    def write_review(self, number: str, position: int, body: OpinionIn) -> dict[str, Any]:
        """Review a line (from 1) of your received order, once."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/orders/{quote(str(number), safe='')}/lines/{quote(str(position), safe='')}/review",
            body=body,
        )
        return answer

    def show_order(self, number: str, position: int, body: ShowOrderIn) -> dict[str, Any]:
        """Publish a note about a line (from 1) of your received order, once; it carries the mark of a buyer."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/orders/{quote(str(number), safe='')}/lines/{quote(str(position), safe='')}/note",
            body=body,
        )
        return answer

    def read_review(self, public_id: str) -> dict[str, Any]:
        """A review with its former words, former replies, and what was done to it by law."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/reviews/{quote(str(public_id), safe='')}"
        )
        return answer

    def edit_review(self, public_id: str, body: OpinionIn) -> dict[str, Any]:
        """Say it differently within the days for that; the former words stay readable."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/reviews/{quote(str(public_id), safe='')}", body=body
        )
        return answer

    def follow_up(self, public_id: str, body: FollowUpIn) -> dict[str, Any]:
        """Add words and pictures later, once."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/reviews/{quote(str(public_id), safe='')}/follow-up", body=body
        )
        return answer

    def care_vote(self, public_id: str) -> dict[str, Any]:
        """It helped you."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/reviews/{quote(str(public_id), safe='')}/vote"
        )
        return answer

    def take_vote_back(self, public_id: str) -> dict[str, Any]:
        """It did not, after all."""
        answer: dict[str, Any] = self.call(
            "DELETE", f"/api/v1/reviews/{quote(str(public_id), safe='')}/vote"
        )
        return answer

    def appeal(self, public_id: str, body: ReviewReasonIn) -> dict[str, Any]:
        """Ask to look again at your review that was hidden for a legal reason."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/reviews/{quote(str(public_id), safe='')}/appeal", body=body
        )
        return answer

    def my_reviews(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """What you reviewed, the newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/me/reviews", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def my_waiting(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Received lines you may review; a page of orders may have none left and still go on."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/me/reviews/waiting", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def shop_reviews(
        self,
        slug: str,
        *,
        show: str | None = None,
        stars: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """Your shop's reviews; `show` low, unanswered, flagged, pictures or empty for the newest."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/reviews",
            query={"show": show, "stars": stars, "cursor": cursor, "limit": limit},
        )
        return answer

    def reply(self, slug: str, public_id: str, body: WordsIn) -> dict[str, Any]:
        """Your shop's one answer; again changes what is shown and keeps what was said."""
        answer: dict[str, Any] = self.call(
            "PUT",
            f"/api/v1/shops/{quote(str(slug), safe='')}/reviews/{quote(str(public_id), safe='')}/reply",
            body=body,
        )
        return answer

    def shop_rating(self, slug: str) -> dict[str, Any]:
        """A shop's rating with the factors it is made of, its changes, its score and its valid certificates."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/rating"
        )
        return answer

    def rating_method(self) -> dict[str, Any]:
        """How shops are rated: factors with the values that earn 100 and 0, and what levels mean."""
        answer: dict[str, Any] = self.call("GET", "/api/v1/rating-method")
        return answer

    def hand_in(self, slug: str, file: bytes, filename: str = "picture.jpg") -> dict[str, Any]:
        """Hand in a certificate with a picture of it; its badge shows once an operator has checked it."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/certificates",
            upload=(filename, file),
        )
        return answer

    def review_flags(
        self, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """For operators: bursts of reviews by state open, confirmed or dismissed."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/review-flags", query={"state": state, "cursor": cursor, "limit": limit}
        )
        return answer

    def decide_flag(self, public_id: str, body: ReviewDecisionIn) -> None:
        """For operators: whether a burst is fake."""
        self.call(
            "PUT", f"/api/v1/review-flags/{quote(str(public_id), safe='')}/decision", body=body
        )

    def hide_review(self, public_id: str, body: HidingIn) -> dict[str, Any]:
        """For operators: cover a review because a law says so; a tombstone stays."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/reviews/{quote(str(public_id), safe='')}/hiding", body=body
        )
        return answer

    def answer_appeal(self, public_id: str, body: ReviewDecisionIn) -> dict[str, Any]:
        """For operators: `agree` keeps it hidden, otherwise it is shown and counted again."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/reviews/{quote(str(public_id), safe='')}/appeal/answer", body=body
        )
        return answer

    def decide_certificate(self, public_id: str, body: ReviewDecisionIn) -> None:
        """For operators: whether a certificate is genuine."""
        self.call(
            "PUT", f"/api/v1/certificates/{quote(str(public_id), safe='')}/decision", body=body
        )

    def list_juries(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """How people decided, newest first, without words or anything that tells whose case it was."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", "/api/v1/juries", query={"cursor": cursor, "limit": limit}
        )
        return answer

    def my_seats(self) -> list[dict[str, Any]]:
        """Your seats, those that wait for your vote first."""
        answer: list[dict[str, Any]] = self.call("GET", "/api/v1/me/jury-seats")
        return answer

    def volunteer(self) -> None:
        """Let yourself be drawn for juries."""
        self.call("PUT", "/api/v1/me/jury-volunteer")

    def stand_down(self) -> None:
        """No longer be drawn; a seat you have stays."""
        self.call("DELETE", "/api/v1/me/jury-volunteer")

    def read_jury(self, jury_id: str) -> dict[str, Any]:
        """A jury you sit on; votes and reasons only once it has closed."""
        answer: dict[str, Any] = self.call("GET", f"/api/v1/juries/{quote(str(jury_id), safe='')}")
        return answer

    def cases_vote(self, jury_id: str, body: VoteIn) -> None:
        """Vote once, with your reason."""
        self.call("POST", f"/api/v1/juries/{quote(str(jury_id), safe='')}/vote", body=body)

    def read_own_jury(self, number: str) -> dict[str, Any]:
        """The jury of your case."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/after-sales/{quote(str(number), safe='')}/jury"
        )
        return answer

    def answer_as_buyer(self, number: str, body: ConsentIn) -> dict[str, Any]:
        """Ask for a jury, or agree to one, with what you tell strangers; or do not agree."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/after-sales/{quote(str(number), safe='')}/jury", body=body
        )
        return answer

    def read_shop_jury(self, slug: str, number: str) -> dict[str, Any]:
        """The jury of a case of the shop."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales/{quote(str(number), safe='')}/jury",
        )
        return answer

    def answer_as_shop(self, slug: str, number: str, body: ConsentIn) -> dict[str, Any]:
        """The shop's side of it."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/after-sales/{quote(str(number), safe='')}/jury",
            body=body,
        )
        return answer

    def offer_jury(self, number: str) -> None:
        """Offer both sides a jury. Operators only."""
        self.call("POST", f"/api/v1/disputes/{quote(str(number), safe='')}/jury")

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

    def tree(self, slug: str, *, days: int | None = None, vs: Any | None = None) -> dict[str, Any]:
        """Today's totals and the decision tree: value, change, 90 % interval, state and contribution of every node.

        `days`: 7, 14 or 28; without it the shortest that has enough orders. `vs`: `weeks` (the same weekdays of four weeks),
        `before` (as many days just before) or `year`. `ended_on`: the last day anybody came, where nobody comes any more: the span
        ends with it. Payments are gross; what was refunded in the spans stands beside them."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/tree", query={"days": days, "vs": vs}
        )
        return answer

    def network(self, slug: str) -> dict[str, Any]:
        """The fan network: counts by layer, and the people by the shop's own codes, never by name."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/network"
        )
        return answer

    def advices_list_advices(
        self,
        slug: str,
        *,
        state: str | None = None,
        kind: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """What the shop was advised, newest first, with what came of it. Asking is looking: today's is written down."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/advices",
            query={"state": state, "kind": kind, "cursor": cursor, "limit": limit},
        )
        return answer

    def advices_adopt(self, slug: str, advice_id: str) -> dict[str, Any]:
        """Make a draft of it; the same one however often it is asked. Nothing changes until a person confirms it."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/advices/{quote(str(advice_id), safe='')}/adoption",
        )
        return answer

    def advices_dismiss(self, slug: str, advice_id: str, body: DismissalIn) -> None:
        """Put it aside; its kind rests for four weeks."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/advices/{quote(str(advice_id), safe='')}/dismissal",
            body=body,
        )

    def cube_cube(
        self,
        slug: str,
        *,
        on: str | None = None,
        by: str | None = None,
        across: str | None = None,
        show: str | None = None,
        first: str | None = None,
        last: str | None = None,
        where: list[str] | None = None,
        vs: Any | None = None,
        sort: str | None = None,
        up: bool | None = None,
    ) -> dict[str, Any]:
        """Measures of one aspect (`on`) by a dimension (`by`), spread over another (`across`).

        `show` names measures, separated by commas; `where` is `dimension:value` and may be repeated; `vs` compares with
        `previous` or `year`; `sort` is a measure or `key`, `up=true` turns it round. Money is in minor units. People are
        told in fives; fewer than ten are `null` and named in `hidden`. So is everything of an answer that names cities,
        amounts as coarsely as what is counted behind them."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/cube",
            query={
                "on": on,
                "by": by,
                "across": across,
                "show": show,
                "first": first,
                "last": last,
                "where": where,
                "vs": vs,
                "sort": sort,
                "up": up,
            },
        )
        return answer

    def cube_measures(self, slug: str) -> dict[str, Any]:
        """What can be asked: every aspect with its dimensions, and its measures with their units."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/cube/measures"
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

    def journeys_funnel(
        self,
        slug: str,
        *,
        line: str | None = None,
        step: list[str] | None = None,
        channel: str | None = None,
        customer: str | None = None,
        goods: str | None = None,
        by: str | None = None,
        first: str | None = None,
        last: str | None = None,
    ) -> dict[str, Any]:
        """How far people came: `line` is `buy`, `note` or `share`, `step` may be repeated, `by` is channel, customer or goods.

        People are told in fives; fewer than ten are `null`. `state` compares with as many days before: up, down, flat, or
        unknown where there are too few. Times are seconds since the step before: the median and the quartiles."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/funnel",
            query={
                "line": line,
                "step": step,
                "channel": channel,
                "customer": customer,
                "goods": goods,
                "by": by,
                "first": first,
                "last": last,
            },
        )
        return answer

    def journeys_goods_report(
        self,
        slug: str,
        *,
        first: str | None = None,
        last: str | None = None,
        category: str | None = None,
        q: str | None = None,
        on_sale: bool | None = None,
        sort: str | None = None,
        up: bool | None = None,
    ) -> dict[str, Any]:
        """What each goods sold, its rating, repurchase and return rate, beside as many days before. At most 500 goods."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/goods-report",
            query={
                "first": first,
                "last": last,
                "category": category,
                "q": q,
                "on_sale": on_sale,
                "sort": sort,
                "up": up,
            },
        )
        return answer

    def journeys_hits(self, slug: str) -> ListOut_dict_str__Any:
        """Goods that rise, with the people of the last three days, as many as usual, and the lower bound of their growth."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/hits"
        )
        return answer

    def slow_slow(self, slug: str) -> ListOut_dict_str__Any:
        """SKUs whose pieces will lie, the worst first, with days of cover and a suggested action."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/slow"
        )
        return answer

    def slow_best(self, slug: str) -> ListOut_dict_str__Any:
        """SKUs by what they are expected to earn in a month: demand, trend and margin."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/best"
        )
        return answer

    def slow_list_drafts(self, slug: str) -> ListOut_dict_str__Any:
        """Drafts that wait, then those carried out."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/slow/drafts"
        )
        return answer

    def slow_make_draft(self, slug: str, body: DraftIn) -> dict[str, Any]:
        """The suggested action for a slow SKU as a draft; nothing changes until it is carried out."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/slow/drafts", body=body
        )
        return answer

    def slow_carry_out(self, slug: str, draft_id: str, body: CarryIn) -> dict[str, Any]:
        """Do what a draft says."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/slow/drafts/{quote(str(draft_id), safe='')}/carrying",
            body=body,
        )
        return answer

    def slow_drop_draft(self, slug: str, draft_id: str) -> None:
        """Drop a draft that waits."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/slow/drafts/{quote(str(draft_id), safe='')}",
        )

    def lifecycle_list_stages(
        self,
        *,
        stage: str | None = None,
        q: str | None = None,
        order: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """Shops with their stage, why, trend and next step. `order`: risk, trend, contact, since, opened."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            "/api/v1/operator/lifecycle",
            query={"stage": stage, "q": q, "order": order, "cursor": cursor, "limit": limit},
        )
        return answer

    def lifecycle_read_stage(self, slug: str) -> dict[str, Any]:
        """One shop: the figures it was judged by, the stages it went through, its follow-ups and contacts."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/operator/lifecycle/{quote(str(slug), safe='')}"
        )
        return answer

    def lifecycle_list_follow_ups(
        self, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Tasks: open (the most urgent first), overdue, or done (the latest first)."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            "/api/v1/operator/follow-ups",
            query={"state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def lifecycle_open_follow_up(self, body: TaskIn) -> dict[str, Any]:
        """Open a task about a shop; one that is open already is returned."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/operator/follow-ups", body=body)
        return answer

    def lifecycle_read_effect(self) -> dict[str, Any]:
        """Shares that stayed, followed up and held out, their difference and its 95 % interval; and each manager's load."""
        answer: dict[str, Any] = self.call("GET", "/api/v1/operator/follow-ups/effect")
        return answer

    def lifecycle_assign_follow_up(self, public_id: str, body: AssignmentIn) -> None:
        """Give a task to a manager with room, with a day and a note."""
        self.call(
            "PUT",
            f"/api/v1/operator/follow-ups/{quote(str(public_id), safe='')}/assignment",
            body=body,
        )

    def lifecycle_log_contact(self, public_id: str, body: ContactIn) -> None:
        """Write down that somebody talked to the shop; with an outcome the task ends."""
        self.call(
            "POST",
            f"/api/v1/operator/follow-ups/{quote(str(public_id), safe='')}/contacts",
            body=body,
        )

    def lifecycle_list_services(
        self, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """What shops are given by stage: open (the most urgent first), overdue, or done (the latest first)."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            "/api/v1/operator/services",
            query={"state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def lifecycle_complete_service(self, public_id: str) -> None:
        """Say that a service was given, where the house cannot see it by itself."""
        self.call("POST", f"/api/v1/operator/services/{quote(str(public_id), safe='')}/completion")

    def lifecycle_list_steps(self, slug: str) -> ListOut_dict_str__Any:
        """What the shop should do next, the order it helps in; `is_done` null where nobody can know. For its staff."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/next-steps"
        )
        return answer

    def people_list_segments(self, slug: str) -> ListOut_dict_str__Any:
        """Saved segments with today's count; fewer than ten people are not counted."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/segments"
        )
        return answer

    def people_save_segment(self, slug: str, body: SegmentIn) -> dict[str, Any]:
        """Keep conditions under a name."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/segments", body=body
        )
        return answer

    def people_people(self, slug: str, *, query: str | None = None) -> dict[str, Any]:
        """How many the conditions find, and the first 200 of them under this shop's own codes."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/people", query={"query": query}
        )
        return answer

    def people_drop_segment(self, slug: str, segment_id: str) -> None:
        """Forget saved conditions."""
        self.call(
            "DELETE",
            f"/api/v1/shops/{quote(str(slug), safe='')}/segments/{quote(str(segment_id), safe='')}",
        )

    def people_list_acts(self, slug: str) -> ListOut_dict_str__Any:
        """Drafts, and what was carried out with what came of it beside those left alone."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/segment-acts"
        )
        return answer

    def people_draft_act(self, slug: str, body: ActIn) -> dict[str, Any]:
        """Draft a coupon or a notice for whom the conditions find; nobody hears of it yet."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/segment-acts", body=body
        )
        return answer

    def people_carry_out(self, slug: str, act_id: str) -> dict[str, Any]:
        """Give or tell it now: once, with consent and the weekly cap."""
        answer: dict[str, Any] = self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/segment-acts/{quote(str(act_id), safe='')}/carrying",
        )
        return answer

    def people_supporting_fans(self, slug: str) -> ListOut_dict_str__Any:
        """Supporting fans: bought, and brought an order in the last 90 days. The strongest first; nobody below ten."""
        answer: ListOut_dict_str__Any = self.call(
            "GET", f"/api/v1/shops/{quote(str(slug), safe='')}/supporting-fans"
        )
        return answer

    def own_asset_traffic_asset(self) -> dict[str, Any]:
        """What the people whom I brought are worth, with the change against four weeks ago and the lines it adds up from.

        `asset` is null before the first count, for who brought nobody, and where personalisation is off. Income is my own
        money (commission of 90 days, as far as I am expected to stay), customers and network are the shops' sales of the next
        90 days. Of fewer than five people customers and network are null, in all and by shop."""
        answer: dict[str, Any] = self.call("GET", "/api/v1/me/traffic-asset")
        return answer

    def trials_list_experiments(
        self, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ListOut_dict_str__Any:
        """Everybody's, newest first; `reading` is what was last read from the log."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            "/api/v1/operator/experiments",
            query={"state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def trials_draft_experiment(self, body: ExperimentIn) -> dict[str, Any]:
        """Draft one of the platform's."""
        answer: dict[str, Any] = self.call("POST", "/api/v1/operator/experiments", body=body)
        return answer

    def trials_read_proof(self) -> dict[str, Any]:
        """The latest run of experiments in which nothing differs: how many would have been believed, and the p-values in tenths."""
        answer: dict[str, Any] = self.call("GET", "/api/v1/operator/experiments/proof")
        return answer

    def trials_read_experiment(self, public_id: str) -> dict[str, Any]:
        """One with its reading: arms, intervals that hold at every look, guardrails, every day since it began."""
        answer: dict[str, Any] = self.call(
            "GET", f"/api/v1/operator/experiments/{quote(str(public_id), safe='')}"
        )
        return answer

    def trials_move_experiment(self, public_id: str, body: MoveIn) -> None:
        """Take it on by one step."""
        self.call(
            "POST",
            f"/api/v1/operator/experiments/{quote(str(public_id), safe='')}/moves",
            body=body,
        )

    def trials_list_shop_experiments(
        self,
        slug: str,
        *,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """The shop's own, newest first."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/experiments",
            query={"state": state, "cursor": cursor, "limit": limit},
        )
        return answer

    def trials_draft_shop_experiment(self, slug: str, body: ExperimentIn) -> dict[str, Any]:
        """Draft one of the shop's own."""
        answer: dict[str, Any] = self.call(
            "POST", f"/api/v1/shops/{quote(str(slug), safe='')}/experiments", body=body
        )
        return answer

    def trials_read_shop_experiment(self, slug: str, public_id: str) -> dict[str, Any]:
        """One of the shop's own, with its reading."""
        answer: dict[str, Any] = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/experiments/{quote(str(public_id), safe='')}",
        )
        return answer

    def trials_move_shop_experiment(self, slug: str, public_id: str, body: MoveIn) -> None:
        """Take one of the shop's own on by one step."""
        self.call(
            "POST",
            f"/api/v1/shops/{quote(str(slug), safe='')}/experiments/{quote(str(public_id), safe='')}/moves",
            body=body,
        )

    def my_notices(
        self,
        *,
        topic: str | None = None,
        unread: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """Your notices, newest first, in your language; `unread` leaves out what you read."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            "/api/v1/me/notices",
            query={"topic": topic, "unread": unread, "cursor": cursor, "limit": limit},
        )
        return answer

    def count_notices(self) -> dict[str, Any]:
        """How many you did not read, counted to 100."""
        answer: dict[str, Any] = self.call("GET", "/api/v1/me/notices/count")
        return answer

    def read_notices(self) -> dict[str, Any]:
        """You read all of them; `read` is how many you had not."""
        answer: dict[str, Any] = self.call("PUT", "/api/v1/me/notices/reading")
        return answer

    def read_notice(self, public_id: str) -> None:
        """You read this one, of your own inbox or of a shop's you work in."""
        self.call("PUT", f"/api/v1/me/notices/{quote(str(public_id), safe='')}/reading")

    def notice_choices(self) -> ListOut_dict_str__Any:
        """Every kind you can meet, and how it reaches you: off, site, or site and mail."""
        answer: ListOut_dict_str__Any = self.call("GET", "/api/v1/me/notice-choices")
        return answer

    def choose_notices(self, body: ChoicesIn) -> ListOut_dict_str__Any:
        """Choose for some kinds how they reach you; kinds that nobody knows are left aside."""
        answer: ListOut_dict_str__Any = self.call("PATCH", "/api/v1/me/notice-choices", body=body)
        return answer

    def shop_notices(
        self,
        slug: str,
        *,
        topic: str | None = None,
        unread: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListOut_dict_str__Any:
        """What you were told as staff of a shop, as far as your role goes; everybody reads their own."""
        answer: ListOut_dict_str__Any = self.call(
            "GET",
            f"/api/v1/shops/{quote(str(slug), safe='')}/notices",
            query={"topic": topic, "unread": unread, "cursor": cursor, "limit": limit},
        )
        return answer

    def read_shop_notices(self, slug: str) -> dict[str, Any]:
        """You read all that you were told as staff of this shop."""
        answer: dict[str, Any] = self.call(
            "PUT", f"/api/v1/shops/{quote(str(slug), safe='')}/notices/reading"
        )
        return answer
