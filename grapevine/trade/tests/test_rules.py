"""Prices, states and addresses, without a database."""

import pytest
from hypothesis import given, strategies as st

from grapevine.trade.contracts import AddressView, BadAddress, OrderState
from grapevine.trade.rules.address import check, parse
from grapevine.trade.rules.states import MOVES, may, sources_of

ALLOWED = {
    ("pending", "paid", "provider"), ("pending", "waiting", "provider"),
    ("pending", "cancelled", "buyer"), ("pending", "cancelled", "system"),
    ("waiting", "paid", "system"), ("waiting", "refunded", "buyer"),
    ("waiting", "refunded", "shop"), ("waiting", "refunded", "system"),
    ("paid", "shipped", "shop"), ("paid", "refunded", "buyer"), ("paid", "refunded", "shop"),
    ("paid", "refunded", "system"), ("shipped", "received", "buyer"),
    ("shipped", "received", "system"), ("shipped", "refunded", "shop"),
    ("received", "refunded", "shop"), ("received", "completed", "system"),
}  # fmt: skip


@pytest.mark.parametrize("actor", ["buyer", "shop", "system", "provider", "stranger"])
def test_every_move_is_allowed_by_the_table_or_refused(actor: str) -> None:
    for before in OrderState:
        for after in OrderState:
            listed = (before.value, after.value, actor) in ALLOWED
            assert may(before, after, actor) is listed
            assert (before in sources_of(after, actor)) is listed


@given(st.lists(st.sampled_from(sorted(MOVES))))
def test_a_final_state_is_never_left(moves: list[tuple[OrderState, OrderState]]) -> None:
    state = OrderState.PENDING
    for before, after in moves:
        if before == state:
            assert state not in {OrderState.CANCELLED, OrderState.REFUNDED}
            state = after


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("张三 13800138000 广东省深圳市南山区科技路 1 号", ("张三", "13800138000", "广东省", "深圳市", "南山区", "科技路1号")),
        ("浙江杭州市西湖区龙井路1号，李四，+86 138-0013-8000", ("李四", "13800138000", "浙江省", "杭州市", "西湖区", "龙井路1号")),
        ("收货人：王五 手机：13900139000 地址：北京市朝阳区望京街 2 号", ("王五", "13900139000", "北京市", "北京市", "朝阳区", "望京街2号")),
        ("上海浦东新区世纪大道8号", ("", "", "上海市", "上海市", "浦东新区", "世纪大道8号")),
        ("内蒙古自治区锡林郭勒盟多伦县南街", ("", "", "内蒙古自治区", "锡林郭勒盟", "多伦县", "南街")),
        ("随便写写没有地址的一句话", ("", "", "", "", "", "随便写写没有地址的一句话")),
        ("", ("", "", "", "", "", "")),
    ],
)  # fmt: skip
def test_a_pasted_address_is_read(text: str, parts: tuple[str, ...]) -> None:
    read = parse(text)
    assert (read.name, read.phone, read.province, read.city, read.district, read.detail) == parts


@given(st.text(max_size=400))
def test_any_text_is_read_without_failing(text: str) -> None:
    assert isinstance(parse(text), AddressView)


def test_a_good_address_is_trimmed() -> None:
    given_ = AddressView(" 张三 ", "138-0013 8000", "广东省", " 深圳市", "南山区 ", " 科技路 1 号 ")
    assert check(given_) == AddressView(
        "张三", "13800138000", "广东省", "深圳市", "南山区", "科技路 1 号"
    )


@pytest.mark.parametrize("phone", ["", "abc", "12", "9" * 30, "1370000abcd"])
def test_every_wrong_part_of_an_address_is_named(phone: str) -> None:
    with pytest.raises(BadAddress) as refused:
        check(AddressView("", phone, "火星省", "", "区" * 21, "x"))
    assert sorted(refused.value.fields) == ["city", "detail", "district", "name", "phone", "province"]  # fmt: skip
