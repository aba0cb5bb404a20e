"""What a shop's address, colour and goods may be."""

import re

from grapevine.goods.contracts import Facts
from grapevine.kit.errors import BadInput
from grapevine.kit.money import MINOR_MAX
from grapevine.kit.text import marked

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38})[a-z0-9]")
COLOUR = re.compile(r"#[0-9a-f]{6}")
RESERVED = frozenset(
    ["new", "api", "static", "admin", "operator", "console", "grapevine", "search"]
)
TITLE_MAX = 80
SKUS_MAX = 100
ATTRIBUTES_MAX = 30
STOCK_MAX = 10_000_000
PRICE_MAX = MINOR_MAX // 100_000


def check_shop(*, slug: str, name: str, colour: str, bio: str) -> None:
    wrong: dict[str, str] = {}
    if not SLUG.fullmatch(slug) or slug in RESERVED:
        wrong["slug"] = marked("3 到 40 个小写字母、数字或连字符")
    if not 1 <= len(name.strip()) <= 40:
        wrong["name"] = marked("店名 1 到 40 个字")
    if not COLOUR.fullmatch(colour.lower()):
        wrong["colour"] = marked("颜色写成 #1d5a41 这样")
    if len(bio) > 200:
        wrong["bio"] = marked("太长了，精简一点")
    if wrong:
        raise BadInput(fields=wrong)


def check_facts(facts: Facts) -> Facts:
    """The facts trimmed, or BadInput."""
    pairs = tuple((name.strip(), value.strip()) for name, value in facts.attributes)
    wrong: dict[str, str] = {}
    if facts.kind not in ("goods", "service"):
        wrong["kind"] = marked("选商品或服务")
    if len(facts.origin.strip()) > 40:
        wrong["origin"] = marked("太长了，精简一点")
    if len(facts.supplier.strip()) > 60:
        wrong["supplier"] = marked("太长了，精简一点")
    names = [name for name, _ in pairs]
    if len(pairs) > ATTRIBUTES_MAX or len(set(names)) != len(names):
        wrong["attributes"] = marked("最多 30 个参数，名字不能重复")
    elif any(not 1 <= len(name) <= 20 or not 1 <= len(value) <= 100 for name, value in pairs):
        wrong["attributes"] = marked("参数名 1 到 20 个字，内容 1 到 100 个字")
    if wrong:
        raise BadInput(fields=wrong)
    return Facts(facts.kind, facts.origin.strip(), facts.supplier.strip(), pairs)


def check_goods(
    *, title: str, body: str, category: str, skus: list[tuple[str, int, int]], axes: str = ""
) -> None:
    """`skus` are (option, price in minor units, stock)."""
    wrong: dict[str, str] = {}
    if not 1 <= len(title.strip()) <= TITLE_MAX:
        wrong["title"] = marked("标题 1 到 80 个字")
    if len(body) > 20_000:
        wrong["body"] = marked("太长了，精简一点")
    for name, text, most in (("category", category, 20), ("axes", axes, 60)):
        if len(text) > most:
            wrong[name] = marked("太长了，精简一点")
    if not 1 <= len(skus) <= SKUS_MAX:
        wrong["skus"] = marked("至少一个规格，最多 100 个")
    options = [option for option, _, _ in skus]
    if len(set(options)) != len(options):
        wrong["skus"] = marked("规格名重复了")
    if any(not 0 < price <= PRICE_MAX for _, price, _ in skus):
        wrong["price"] = marked("价格要大于 0")
    if any(not 0 <= stock <= STOCK_MAX for _, _, stock in skus):
        wrong["stock"] = marked("库存不能是负数")
    if wrong:
        raise BadInput(fields=wrong)
