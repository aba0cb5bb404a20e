"""What a shop names as the scope of an offer, as ids. Two queries at most."""

from grapevine.campaigns.contracts import NewScope, Scope
from grapevine.goods import facade as goods
from grapevine.kit.errors import BadInput
from grapevine.kit.text import marked


def scope_of(shop_id: int, named: NewScope) -> Scope:
    """Goods and SKUs must be this shop's own (`shop_id` 0: anybody's), else BadInput names the field."""
    wanted = list(dict.fromkeys(named.goods))
    cards = goods.goods_by_public_ids(wanted) if wanted else {}
    codes = list(dict.fromkeys(named.skus))
    lines = goods.sku_lines_by_code(codes, covers=False) if codes else {}
    known = {name for name, card in cards.items() if shop_id in (0, card.shop_id)}
    known |= {code for code, line in lines.items() if shop_id in (0, line.shop_id)}
    if any(name not in known for name in (*wanted, *codes)):
        raise BadInput(fields={"scope": marked("范围里有不是本店的商品")})
    return Scope(
        tuple(dict.fromkeys(name.strip()[:40] for name in named.categories if name.strip())),
        tuple(cards[name].id for name in wanted), tuple(lines[code].sku_id for code in codes),
    )  # fmt: skip
