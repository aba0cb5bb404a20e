"""Alipay writes money as decimal yuan and moments as Shanghai wall time; we keep fen and aware moments."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENT = "%Y-%m-%d %H:%M:%S"
YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")


def minor_of(text: str) -> int:
    """Fen of "12", "12.3" or "12.34"; ValueError for anything else."""
    found = YUAN.fullmatch(text)
    if found is None:
        raise ValueError("not an amount")
    yuan, fen = found.groups("")
    return int(yuan) * 100 + int(fen.ljust(2, "0"))


def yuan_of(amount_minor: int) -> str:
    """ "12.34" of 1234; never given a negative amount."""
    return f"{amount_minor // 100}.{amount_minor % 100:02d}"


def moment_of(text: str) -> datetime:
    """The aware moment of "2026-05-01 09:30:00"; ValueError for anything else."""
    return datetime.strptime(text, MOMENT).replace(tzinfo=SHANGHAI)


def wall_time(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime(MOMENT)
