"""How rates are said: 9.5 折 in Chinese, 5% off in English."""

from django.utils.translation import gettext as _


def rate_words(rate_bps: int) -> str:
    if rate_bps == 10_000:
        return _("原价")
    return _("%(tenths)s 折") % {
        "tenths": _decimal(rate_bps, 1000), "percent": _decimal(10_000 - rate_bps, 100),
    }  # fmt: skip


def hundredths(number: int) -> str:
    """Fen as yuan, basis points as percent: 5990 is 59.9."""
    return _decimal(number, 100)


def _decimal(number: int, unit: int) -> str:
    """`number` / `unit` without a float: 9500 / 1000 is 9.5."""
    whole, rest = divmod(number, unit)
    digits = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)
