import pytest
from django.utils import timezone

from grapevine.kit.localday import fixed_shift


@pytest.mark.parametrize(
    ("zone", "shift"),
    [
        ("Asia/Shanghai", 28_800), ("UTC", 0), ("Asia/Kolkata", 19_800), ("America/Bogota", -18_000),
        ("Europe/Berlin", None), ("Asia/Pyongyang", None),
    ],
)  # fmt: skip
def test_a_day_is_a_shift_where_the_clock_is_never_moved(zone: str, shift: int | None) -> None:
    with timezone.override(zone):
        assert fixed_shift() == shift
