"""What a plan may be, by a table."""

import pytest

from grapevine.campaigns.rules.plans import check_plan
from grapevine.kit.errors import BadInput

GOOD = {"size": 3, "price_minor": 5990, "hours": 24, "limit": 2, "lowest_minor": 7900}


@pytest.mark.parametrize(
    "edge",
    [
        {"size": 2}, {"size": 1000}, {"price_minor": 1}, {"price_minor": 7899}, {"hours": 1},
        {"hours": 168}, {"limit": 1}, {"limit": 99},
    ],
)  # fmt: skip
def test_the_edges_are_allowed(edge: dict[str, int]) -> None:
    check_plan(**{**GOOD, **edge})


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"size": 1}, "size"), ({"size": 1001}, "size"), ({"price_minor": 0}, "price"),
        ({"price_minor": 7900}, "price"), ({"hours": 0}, "hours"), ({"hours": 169}, "hours"),
        ({"limit": 0}, "limit"), ({"limit": 100}, "limit"),
    ],
)  # fmt: skip
def test_beyond_an_edge_its_field_alone_is_named(wrong: dict[str, int], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_plan(**{**GOOD, **wrong})
    assert list(refused.value.fields) == [field]


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(BadInput) as refused:
        check_plan(size=0, price_minor=0, hours=0, limit=0, lowest_minor=100)
    assert sorted(refused.value.fields) == ["hours", "limit", "price", "size"]
