"""Money, counts and moments, exactly as people read them, in both languages."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.translation import override

from grapevine.kit import formats

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.mark.parametrize(
    ("minor", "plain", "exact"),
    [
        (0, "¥0", "¥0.00"),
        (5, "¥0.05", "¥0.05"),
        (6900, "¥69", "¥69.00"),
        (6990, "¥69.90", "¥69.90"),
        (120_600, "¥1,206", "¥1,206.00"),
        (-1500, "−¥15", "−¥15.00"),
        (-1, "−¥0.01", "−¥0.01"),
    ],
)
def test_money_drops_empty_decimals_unless_exact(minor: int, plain: str, exact: str) -> None:
    assert formats.money_text(minor) == plain
    assert formats.money_text(minor, exact=True) == exact


def test_money_follows_its_currency() -> None:
    assert formats.money_text(6990, "USD") == "$69.90"
    assert formats.money_text(6990, "JPY") == "¥6,990"
    assert formats.money_text(6990, "SEK") == "SEK 69.90"


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        (0, "0", "0"),
        (2316, "2,316", "2,316"),
        (9999, "9,999", "9,999"),
        (10_000, "1万", "10K"),
        (12_000, "1.2万", "12K"),
        (12_999, "1.2万", "12.9K"),
        (999_999, "99.9万", "999.9K"),
        (1_234_567, "123.4万", "1.2M"),
        (345_678_901, "3.4亿", "345.6M"),
    ],
)
def test_counts_shorten_downwards(number: int, zh: str, en: str) -> None:
    with override("zh-hans"):
        assert formats.count_text(number) == zh
    with override("en"):
        assert formats.count_text(number) == en


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (12_316, "12,316"), (-1_234_567, "−1,234,567")]
)
def test_whole_numbers_are_said_to_the_last_digit(number: int, text: str) -> None:
    for language in ("zh-hans", "en"):
        with override(language):
            assert formats.whole_text(number) == str(formats.Whole(number)) == text


@pytest.mark.parametrize(
    ("before", "zh", "en"),
    [
        (timedelta(seconds=59), "刚刚", "just now"),
        (timedelta(minutes=5), "5 分钟前", "5 min ago"),
        (timedelta(hours=3), "今天 07:00", "today 07:00"),
        (timedelta(hours=13), "昨天 21:00", "yesterday 21:00"),
        (timedelta(days=4), "11-20 10:00", "11-20 10:00"),
        (timedelta(days=365), "2025-11-24", "2025-11-24"),
        (timedelta(hours=-1), "今天 11:00", "today 11:00"),
    ],
)
def test_ago_is_relative_then_absolute(before: timedelta, zh: str, en: str) -> None:
    with time_machine.travel(NOW, tick=False):
        with override("zh-hans"):
            assert formats.ago_text(NOW - before) == zh
        with override("en"):
            assert formats.ago_text(NOW - before) == en


@time_machine.travel(NOW, tick=False)
def test_deadlines_name_the_exact_second_in_shanghai() -> None:
    with override("zh-hans"):
        assert formats.deadline_text(NOW + timedelta(hours=11, minutes=15)) == "今天 21:15:00"
        assert formats.deadline_text(NOW + timedelta(days=1)) == "明天 10:00:00"
        assert formats.deadline_text(NOW + timedelta(days=60)) == "2027-01-23 10:00:00"


@time_machine.travel(NOW, tick=False)
def test_time_left_counts_whole_days() -> None:
    with override("zh-hans"):
        assert formats.left_text(NOW + timedelta(seconds=3661)) == "01:01:01"
        assert formats.left_text(NOW + timedelta(days=2, seconds=5)) == "2 天 00:00:05"
        assert formats.left_text(NOW) == "已截止"
    with override("en"):
        assert formats.left_text(NOW + timedelta(days=2, seconds=5)) == "2 d 00:00:05"
        assert formats.left_text(NOW - timedelta(days=2)) == "Ended"
