"""The interchange format: every file, its columns and what they mean. docs/IMPORT.md is its prose."""

from dataclasses import dataclass
from enum import StrEnum

ID_MAX = 120


class Type(StrEnum):
    ID = "id"
    REF = "reference"
    REFS = "references"
    TEXT = "text"
    NUMBER = "number"
    MOMENT = "moment"
    CHOICE = "choice"
    PICTURE = "picture"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `refers_to` names the file a reference points into; `choices` are all words allowed.

    For numbers `least` and `most` bound the value; for text `most` bounds the length.
    """

    name: str
    type: Type
    required: bool = False
    refers_to: str = ""
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 10**12


@dataclass(frozen=True, slots=True)
class Table:
    """One file. `key` lists the columns that name a row; the same key twice is a duplicate.

    `kind` is what its rows are remembered as: a row of `goods` is a SKU.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def kind(self) -> str:
        return "skus" if self.name == "goods" else self.name

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.required)


def _id() -> Column:
    return Column("id", Type.ID, required=True, most=ID_MAX)


def _text(name: str, most: int, *, required: bool = False) -> Column:
    return Column(name, Type.TEXT, required=required, most=most)


def _ref(name: str, refers_to: str, *, required: bool = False) -> Column:
    return Column(name, Type.REF, required=required, refers_to=refers_to, most=ID_MAX)


def _number(name: str, least: int, most: int, *, required: bool = False) -> Column:
    return Column(name, Type.NUMBER, required=required, least=least, most=most)


def _moment(name: str, *, required: bool = False) -> Column:
    return Column(name, Type.MOMENT, required=required)


def _choice(name: str, *choices: str, required: bool = False) -> Column:
    return Column(name, Type.CHOICE, required=required, choices=choices)


CHANNELS = ("share", "note", "group", "search", "feed", "shop", "direct")
PRICE_MAX = 10**10
OBJECTS = ("goods", "note", "shop", "group")
ORDER_STATES = ("paid", "waiting", "shipped", "received", "refunded")
GROUP_STATES = ("open", "filled", "expired")

TABLES = {
    table.name: table
    for table in (
        Table(
            "people",
            ("id",),
            (
                _id(),
                _text("name", 40),
                _text("handle", 32),
                _text("phone", 20),
                _text("email", 120),
                _text("password", 128),
                _text("region", 40),
                _text("bio", 200),
                Column("avatar", Type.PICTURE, most=300),
                _moment("joined_at"),
                _ref("inviter_id", "people"),
                _choice("role", "operator"),
            ),
        ),
        Table(
            "follows",
            ("follower_id", "followee_id"),
            (
                _ref("follower_id", "people", required=True),
                _ref("followee_id", "people", required=True),
                _moment("at"),
            ),
        ),
        Table(
            "shops",
            ("id",),
            (
                _id(),
                _ref("owner_id", "people", required=True),
                _text("slug", 32),
                _text("name", 40, required=True),
                _text("colour", 7),
                _text("bio", 200),
                Column("logo", Type.PICTURE, most=300),
                _moment("opened_at"),
            ),
        ),
        Table(
            "goods",
            ("id", "sku"),
            (
                _id(),
                _ref("shop_id", "shops", required=True),
                _text("title", 80, required=True),
                _text("category", 20),
                _text("body", 5000),
                _text("sku", 60),
                _text("option", 60),
                _number("price_minor", 0, PRICE_MAX, required=True),
                _text("currency", 3),
                _number("stock", 0, 10**9),
                Column("pictures", Type.PICTURES, most=3000),
                _number("group_size", 2, 100),
                _number("group_price_minor", 1, PRICE_MAX),
                _moment("listed_at"),
            ),
        ),
        Table(
            "notes",
            ("id",),
            (
                _id(),
                _ref("author_id", "people", required=True),
                _text("title", 60, required=True),
                _text("body", 5000),
                _text("topics", 200),
                Column("pictures", Type.PICTURES, most=3000),
                Column("goods_ids", Type.REFS, refers_to="goods", most=2000),
                _moment("published_at"),
            ),
        ),
        Table(
            "groups",
            ("id",),
            (
                _id(),
                _ref("goods_id", "goods", required=True),
                _ref("leader_id", "people", required=True),
                _number("size", 2, 100, required=True),
                _number("price_minor", 0, PRICE_MAX),
                _moment("opened_at"),
                _moment("deadline_at"),
                _choice("state", *GROUP_STATES),
                _text("region", 40),
            ),
        ),
        Table(
            "shares",
            ("id",),
            (
                _id(),
                _ref("sharer_id", "people", required=True),
                _ref("receiver_id", "people"),
                _choice("object_type", *OBJECTS, required=True),
                _text("object_id", ID_MAX, required=True),
                _ref("parent_id", "shares"),
                _text("channel", 20),
                _moment("shared_at"),
            ),
        ),
        Table(
            "orders",
            ("id",),
            (
                _id(),
                _ref("buyer_id", "people", required=True),
                _ref("goods_id", "goods", required=True),
                _text("sku", 60),
                _number("quantity", 1, 10_000),
                _number("unit_price_minor", 0, PRICE_MAX),
                _number("coupon_minor", 0, PRICE_MAX),
                _choice("state", *ORDER_STATES),
                _moment("paid_at"),
                _ref("share_id", "shares"),
                _ref("group_id", "groups"),
                _ref("note_id", "notes"),
                _choice("channel", *CHANNELS),
                _text("region", 40),
            ),
        ),
        Table(
            "events",
            ("id",),
            (
                _id(),
                _moment("at", required=True),
                _ref("person_id", "people"),
                _text("visitor_id", 40),
                _text("verb", 40, required=True),
                _choice("object_type", *OBJECTS, "reviews", "order", "person", "page"),
                _text("object_id", ID_MAX),
                _ref("shop_id", "shops"),
                _ref("share_id", "shares"),
                _text("channel", 20),
                _text("region", 40),
                _text("session", 40),
                _text("text", 500),
            ),
        ),
    )
}
"""In the order of import: a file only refers to earlier ones or to itself."""

KIND_OF_OBJECT = {
    "goods": "goods", "reviews": "goods", "note": "notes", "shop": "shops", "group": "groups",
}  # fmt: skip
"""The file an `object_id` points into, by `object_type`; reviews are those of a goods."""
