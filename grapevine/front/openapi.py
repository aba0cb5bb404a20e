"""The API's document: what ninja knows from the code, with who may call, how refusals look, and examples.

Served at /api/v1/openapi.json. `tests/test_openapi.py` holds it: every operation complete, every example valid, no route missing.
"""

import re
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from grapevine.gateway import facade as gateway
from grapevine.kit.api import maybe_signed_in, signed_in

PREFIX = "/api/v1"
Node = dict[str, Any]
TAGS = {
    "trade": "Cart, quotes, orders, payments, addresses",
    "stock": "Warehouses, counts, transfers, shipping templates",
    "discovery": "Feed, search, recommendations",
    "signals": "Behaviour events from pages and apps",
    "ledger": "The books",
    "guard": "Limits",
    "media": "Pictures",
    "people": "Accounts, profiles, follows",
    "goods": "Shops and goods",
    "scene": "Notes, comments, topics",
    "campaigns": "Groups, coupons, reductions, flash sales",
    "spread": "Shares, visits, commissions",
    "loyalty": "Points and membership",
    "webhooks": "Telling a shop's own system what happens",
    "insight": "The numbers of a shop",
    "pricing": "Prices, costs and suggestions",
    "segments": "The people of a shop by rule, and what is done for them",
    "advice": "What to do next, and what came of it",
    "slow": "Slow sellers and what to do about them",
    "experiments": "Experiments: who gets which arm, and what came of it",
    "lifecycle": "Stages of shops, follow-ups for operators, next steps for shops",
    "after-sales": "Refunds, returns, exchanges, disputes",
    "juries": "Public juries of disputes",
    "care": "Reviews, ratings, certificates, show-orders",
    "finance": "Settlement, withdrawals, fees, invoices",
    "goods desk": "Many goods at once: changes, rows, imports",
    "judging goods": "Reviews and inspections of goods, for operators",
    "opening a shop": "Applications, papers, deposits, closing",
    "own brand": "Storefront, blocks, own domains",
    "pool": "Goods that other shops may sell, and who picked them",
    "notices": "What you are told, and how",
    "staff": "Who works in a shop, and what they did",
}
PARAMETERS = {
    "slug": "The shop's address: the part after /shop/",
    "public_id": "The public id, twelve letters and digits",
    "number": "The number of the order or the payment",
    "handle": "The person's handle",
    "code": "The SKU's code",
    "cursor": "`next_cursor` of the page before; leave out for the first",
    "limit": "How many at most, 1 to 100; 20 if left out",
    "token": "The share's token",
    "plan_id": "The plan's id",
    "name": "The topic's name, without #",
    "method": "The way to pay, as `GET /payment-methods` names it",
    "provider": "The payment provider",
    "day": "A day, YYYY-MM-DD",
    "owner": "The account's owner, as the trial balance names it",
    "state": "Only rows in this state; all if left out",
    "batch": "The batch of the price change",
    "segment_id": "The saved segment's id",
    "act_id": "The id of what is done for a segment",
}
EXAMPLES: dict[str, Any] = {
    "name": "小满", "identifier": "xiaoman@example.com", "password": "vine-and-grape-7", "phone": "13800138000",
    "email": "xiaoman@example.com", "slug": "banri", "colour": "#1d5a41", "bio": "慢慢做的粗陶", "title": "粗陶手冲杯",
    "category": "家居", "body": "手工拉坯，每只略有不同。", "text": "杯子很好拿，釉色也耐看。", "province": "广东省", "city": "深圳市",
    "district": "南山区", "detail": "科技路 1 号", "currency": "CNY", "reason": "买错了", "carrier": "顺丰", "tracking": "SF1234567890",
    "region": "深圳", "url": "https://erp.example/hooks/grapevine", "events": ["order.paid", "order.refunded"], "sku": "k7m2qz",
    "option": "青釉 250ml", "origin": "景德镇", "supplier": "半日窑", "kind": "goods", "method": "sandbox", "outcome": "pay",
    "tax_id": "91440300MA5EXAMPLE", "starts_at": "2026-12-01T10:00:00+08:00", "ends_at": "2026-12-01T12:00:00+08:00",
    "failed_since": "2026-12-01T00:00:00+08:00", "price_minor": 6900, "cost_minor": 3100, "stock": 20, "count": 1, "size": 3,
    "object_type": "goods", "hours": 24, "days": 30, "quota": 10, "limit": 100, "per_person": 1, "grams": 450,
}  # fmt: skip
PROBLEM: Node = {
    "type": "object",
    "title": "Problem",
    "description": "Why a request was refused (RFC 9457). Decide by `code`, show `title` and `remedy`.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "description": "urn:grapevine:<code>"},
        "title": {"type": "string", "description": "What happened, in the caller's language"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable, for programs: goods.out_of_stock"},
        "remedy": {"type": "string", "description": "What helps"},
        "params": {"type": "object", "additionalProperties": {"type": "string"}},
        "fields": {
            "type": "object",
            "description": "The wrong inputs, each with its reason",
            "additionalProperties": {"type": "string"},
        },
    },
}
ERRORS = {
    "401": "No token, or one that is unknown, expired or revoked",
    "403": "Not allowed: a right, a scope or a block is in the way",
    "404": "Not there, or not yours to know of",
    "409": "Refused by the state of things: sold out, ended, changed",
    "422": "The request is not understood; `fields` says what to change",
    "429": "Too many requests; `Retry-After` says when to come again",
    "4XX": "Any other refusal",
}


class DocumentedAPI(NinjaAPI):
    """NinjaAPI with a whole document."""

    def get_openapi_schema(self, **given: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**given)
        _complete(document, {self.get_openapi_operation_id(one): one for one in self._operations()})
        return document

    def _operations(self) -> list[Operation]:
        return [
            operation
            for _prefix, router in self._routers
            for view in router.path_operations.values()
            for operation in view.operations
        ]


def _complete(document: Node, operations: dict[str, Operation]) -> None:
    parts = document.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = PROBLEM
    parts["securitySchemes"] = _schemes()
    used: set[str] = set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = f"{method.upper()} {path.removeprefix(PREFIX)}"
            _complete_one(operation, name, operations[operation["operationId"]], parts["schemas"])
            used |= set(operation["tags"])
    document["tags"] = [
        {"name": name, "description": words} for name, words in TAGS.items() if name in used
    ]
    document["info"]["description"] = (
        "Amounts are whole numbers of the currency's smallest unit (`_minor`), shares are basis points (`_bps`). "
        "Lists are pages: pass `next_cursor` on as `cursor`. A write may carry an `Idempotency-Key`: sent again with "
        "the same key it has its effect once and gets the same answer. Refusals are problem JSON."
    )


def _schemes() -> Node:
    scopes = {str(scope): words for scope, words in gateway.WORDS.items()}
    return {
        "token": {
            "type": "http", "scheme": "bearer",
            "description": "A person's own token (`POST /tokens`) or a shop's key (`gvk_…`)",
        },
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        "oauth2": {
            "type": "oauth2",
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": "/oauth/authorize", "tokenUrl": "/oauth/token",
                    "refreshUrl": "/oauth/token", "scopes": scopes,
                },
                "clientCredentials": {"tokenUrl": "/oauth/token", "scopes": scopes},
            },
        },
    }  # fmt: skip


def _complete_one(operation: Node, name: str, known: Operation, schemas: Node) -> None:
    text = operation.get("description", "").strip()
    operation["summary"] = re.split(r"[.:;](?:\s|$)", " ".join(text.split()), maxsplit=1)[0]
    operation["tags"] = list(dict.fromkeys(operation.get("tags", [])))[-1:]
    callbacks = known.auth_callbacks
    scope = gateway.OPERATIONS.get(name, "")
    ways: list[Node] = [{"token": []}, {"session": []}]
    if scope:
        ways.append({"oauth2": [] if scope == gateway.PUBLIC else [str(scope)]})
        operation["x-scope"] = str(scope)
    operation["security"] = ways if signed_in in callbacks else []
    if maybe_signed_in in callbacks:
        operation["security"] = [{}, *ways]
    for parameter in operation.get("parameters", []):
        if not parameter.get("description") and parameter["name"] in PARAMETERS:
            parameter["description"] = PARAMETERS[parameter["name"]]
    _add_errors(operation, has_body="requestBody" in operation)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if "example" not in content:
            content["example"] = example_of(content["schema"], schemas)


def _add_errors(operation: Node, *, has_body: bool) -> None:
    where = {parameter["in"] for parameter in operation.get("parameters", [])}
    codes = {"429", "4XX"}
    codes |= {"401", "403"} if any(operation["security"]) else set()
    codes |= {"404"} if "path" in where else set()
    codes |= {"422"} if has_body or where else set()
    codes |= {"409"} if has_body else set()
    if "4XX" in operation["responses"]:  # whose refusals are not ours to word
        codes = {"404", "429"}
    schema = {"$ref": "#/components/schemas/Problem"}
    for code in sorted(codes):
        answer: Node = {
            "description": ERRORS[code], "content": {"application/problem+json": {"schema": schema}},
        }  # fmt: skip
        if code == "429":
            answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
        operation["responses"].setdefault(code, answer)


def example_of(schema: Node, schemas: Node, name: str = "") -> Any:
    """A body that the schema accepts, in words of the house where a field's name says enough."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, name)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return example_of(schema[choice][0], schemas, name)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    kind = schema.get("type")
    known = EXAMPLES.get(name)
    if known is not None and _fits(known, kind, schema):
        return known
    if kind == "object":
        return {
            field: example_of(inner, schemas, field)
            for field, inner in schema.get("properties", {}).items()
            if field in schema.get("required", ()) or field in EXAMPLES
        }
    if kind == "array":
        return [example_of(schema.get("items", {}), schemas, name)] * max(
            1, schema.get("minItems", 1)
        )
    return _plain(kind, schema, name)


def _fits(value: Any, kind: str | None, schema: Node) -> bool:
    if kind == "string":
        pattern = schema.get("pattern")
        return (
            isinstance(value, str)
            and schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6)
            and (not pattern or re.search(pattern, value) is not None)
        )
    if kind in ("integer", "number"):
        return isinstance(value, int) and schema.get("minimum", value) <= value <= schema.get(
            "maximum", value
        )
    return kind == "array" and isinstance(value, list)


def _plain(kind: str | None, schema: Node, name: str) -> Any:
    if kind == "boolean":
        return True
    if kind in ("integer", "number"):
        return (
            schema.get("default") or schema.get("minimum") or schema.get("exclusiveMinimum", 0) + 1
        )
    formats = {"date-time": "2026-12-01T10:00:00+08:00", "date": "2026-12-01", "binary": ""}
    if schema.get("format") in formats:
        return formats[schema["format"]]
    if kind == "string":
        text = (schema.get("default") or name or "x").ljust(schema.get("minLength", 0), "x")
        return text[: schema.get("maxLength", len(text))]
    return None
