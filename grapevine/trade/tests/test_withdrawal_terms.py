"""Where one withdraws stands on what conditions, as they are set, and when the money can go at the earliest."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from grapevine.kit import clock
from grapevine.trade import jobs
from grapevine.trade.actions import banking
from grapevine.trade.queries.withdrawable import terms
from grapevine.trade.tests import settling_cast as money
from grapevine.trade.tests.cast import Cast, gather, paid
from grapevine.trade.tests.test_finance_doors import at_home

pytestmark = pytest.mark.django_db
PAGE = "/console/bobs/finance/withdrawals/"


@pytest.fixture
def cast() -> Cast:
    return gather()


def told(who: int, path: str = PAGE) -> str:
    page = at_home(who).get(path).content.decode()
    found = re.search(r'<section class="termsec".*?</section>', page, re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0]))


def test_the_conditions_are_those_that_are_set(cast: Cast, settings: Any) -> None:
    settings.WITHDRAWAL_LEAST_MINOR, settings.WITHDRAWAL_REVIEW_MINOR = 5_000, 123_400
    settings.BANK_ACCOUNT_HOURS, settings.RETURN_WINDOW_DAYS = 36, 9
    words = told(cast.bob)
    for wanted in (
        "收货满 9 天、没有售后在处理", "添加后等 36 小时才能用", "每次最少 ¥50.00", "不收，提多少到多少",
        "一次超过 ¥1,234 的，平台看过再交", "每次都要两步验证码",
    ):  # fmt: skip
        assert wanted in words, wanted
    money.hire(cast, cast.carol, "finance")
    assert "要另一位能管钱的同事同意，同意后再等 36 小时才能用" in told(cast.bob)
    assert "添加后等 36 小时才能用" in told(cast.alice, "/income/money/withdrawals/")
    settings.SANDBOX = False
    assert "平台还没有接好打款的银行" in told(cast.bob)


def test_the_earliest_moment_is_told_as_far_as_it_is_known(cast: Cast) -> None:
    shop = f"shop:{cast.bobs.id}"
    money.with_codes(cast.bob)
    assert (terms(shop).balance_at, terms(shop).next_final_at) == (None, None)
    paid(cast)
    assert "收了货才知道几时能提" in told(cast.bob)
    start = clock.now()
    with time_machine.travel(start, tick=False):
        money.received(cast)
        assert terms(shop).next_final_at == start + timedelta(days=7)
    day = timezone.localtime(start + timedelta(days=7))
    assert f"第一笔最早 {day:%Y-%m-%d %H:%M} 完成，再随结算变成可提现" in told(cast.bob)
    with time_machine.travel(start + money.over(), tick=False):
        jobs.settle_final()
        assert "已经完成，随下一批结算变成可提现" in told(cast.bob)
        jobs.make_batches()
        assert "先添加收款账户" in told(cast.bob)
        banking.add_bank_account(
            owner=shop, holder="半日手作", bank="招商银行", number="6222000011112222", actor_id=cast.bob,
            code=money.recovery(cast.bob),
        )  # fmt: skip
        usable = clock.now() + timedelta(hours=24)
        assert (terms(shop).balance_at, terms(shop).is_ready) == (usable, False)
        at = timezone.localtime(usable)
        assert f"最早 {at:%Y-%m-%d %H:%M}，收款账户那时才能用" in told(cast.bob)
    with time_machine.travel(usable, tick=False):
        assert terms(shop).is_ready
        assert "现在就能提" in told(cast.bob)
