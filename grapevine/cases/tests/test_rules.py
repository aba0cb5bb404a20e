"""Who may sit, the order of a draw, verdicts, and words without people in them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from grapevine.cases.rules.anonymity import about, anonymised
from grapevine.cases.rules.eligibility import WHY, Facts, against, place, verdict

NOW = datetime(2026, 3, 1, tzinfo=UTC)
RELATIONS = sorted(set(WHY) - {"operator", "young", "orders"})


def why(*, days: int = 90, received: int = 3, operates: bool = False, **more: str) -> str:
    relations = frozenset(more.values())
    facts = Facts(NOW - timedelta(days=days), operates, received, relations)
    return against(facts, now=NOW, account_days=90, orders=3)


def test_an_old_account_with_orders_and_no_relation_may_sit() -> None:
    assert why() == ""
    assert (why(days=89), why(received=2), why(operates=True)) == ("young", "orders", "operator")


@given(st.sets(st.sampled_from(RELATIONS), min_size=1))
def test_any_relation_is_enough_against(relations: set[str]) -> None:
    facts = Facts(
        NOW - timedelta(days=900), is_operator=False, received=99, relations=frozenset(relations)
    )
    assert against(facts, now=NOW, account_days=90, orders=3) in relations


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 60))
def test_a_verdict_needs_a_quorum_and_a_majority(buyer: int, shop: int, quorum: int) -> None:
    found = verdict(buyer, shop, quorum=quorum)
    assert (found != "") == (buyer + shop >= quorum and buyer != shop)
    if found:
        assert {"buyer": buyer, "shop": shop}[found] == max(buyer, shop)
    assert verdict(shop, buyer, quorum=quorum) == {"": "", "buyer": "shop", "shop": "buyer"}[found]


def test_a_draw_is_the_same_again_and_another_with_another_seed() -> None:
    first, backwards = (
        sorted(people, key=lambda one: place("a", one)) for people in (range(50), range(49, -1, -1))
    )
    assert first == backwards
    assert first != sorted(range(50), key=lambda one: place("b", one))


NAMES = ("张三", "Alice", "半日", "bobs", "南山区", "科技路 1 号", "粗陶杯")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("半日的老板说粗陶杯没问题", "＊＊的老板说＊＊没问题"),
        ("我叫张三，alice 是我", "我叫＊＊，＊＊ 是我"),
        ("打我 138-0013 8000", "打我 ＊＊"),
        ("电话１３８００１３８０００", "电话＊＊"),
        ("一三八零零一三八零零零", "＊＊"),
        ("写信 a.b@example.com 或 www.example.com/x", "写信 ＊＊ 或 ＊＊"),
        ("微信号：vine_88 找我", "＊＊ 找我"),
        ("快递 SF1001234567 签收", "快递 ＊＊ 签收"),
        ("我住龙井路 12 号 3 栋", "＊＊"),
        ("送到 5 号楼 602 室", "送到 ＊＊"),
        ("少了 1 只，付了 69 元，等了 3 天", "少了 1 只，付了 69 元，等了 3 天"),
    ],
)
def test_what_could_find_somebody_is_taken_out(text: str, said: str) -> None:
    assert anonymised(text, NAMES) == said


@given(st.text(max_size=200), st.lists(st.text("甲乙丙丁abc", min_size=2, max_size=6), max_size=5))
def test_no_name_is_left_whatever_was_written(text: str, names: list[str]) -> None:
    said = anonymised(text + "".join(names), names).casefold()
    assert not any(name.casefold() in said for name in names)


@pytest.mark.parametrize(
    ("amount", "round_"), [(1, 10_000), (10_000, 10_000), (10_001, 20_000), (0, 0)]
)
def test_the_amount_is_told_in_hundreds(amount: int, round_: int) -> None:
    assert about(amount) == round_
