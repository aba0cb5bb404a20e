"""Sharers are told by the shop's own code, as all of its people are; the blocks know them by id, which is the same in every shop."""

from collections.abc import Mapping, Sequence

from grapevine.insight.queries.blocks import Key, Span, Sums, summed
from grapevine.spread.facade import code_of

SHARER = "sharer"
Condition = tuple[str, str]


def by_id(
    shop_id: int, aspect: str, where: Sequence[Condition], span: Span, part: str
) -> list[Condition]:
    """The conditions as the blocks have them; a code that nobody of the span has finds nothing. One query if there is one."""
    if SHARER not in dict(where):
        return list(where)
    found = summed(shop_id, aspect, by=SHARER, across="", parts=[part], where=(), span=span)
    ids = {_code(shop_id, one): one for one, _ in found}
    return [(name, ids.get(value, "-") if name == SHARER else value) for name, value in where]


def by_code(
    shop_id: int, groups: Mapping[Key, Sums], *, by: str, across: str
) -> Mapping[Key, Sums]:
    """The same groups with codes in place of ids."""
    if SHARER not in (by, across):
        return groups
    return {
        (
            _code(shop_id, row) if by == SHARER else row,
            _code(shop_id, column) if across == SHARER else column,
        ): sums
        for (row, column), sums in groups.items()
    }


def _code(shop_id: int, key: str) -> str:
    return code_of(shop_id, int(key)) if key.isdigit() else key
