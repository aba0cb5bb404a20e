"""Kuaidi100's answers as scans. Half an answer is none; a scan that cannot be read is passed over."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from grapevine.trade.carriers.port import Heard
from grapevine.trade.parcels import ScanStatus, ScanView

CHINA = ZoneInfo("Asia/Shanghai")
SCANS_MAX = 300
STATES = {
    "0": ScanStatus.MOVING, "1": ScanStatus.COLLECTED, "2": ScanStatus.PROBLEM,
    "3": ScanStatus.DELIVERED, "4": ScanStatus.RETURNED, "5": ScanStatus.DELIVERING,
    "6": ScanStatus.RETURNING, "7": ScanStatus.MOVING, "8": ScanStatus.MOVING,
    "14": ScanStatus.RETURNING,
}  # fmt: skip
"""在途 揽收 疑难 签收 退签 派件 退回 转投 清关 拒签; finer codes ("101") begin with these."""
WORDS = {
    "揽收": "1", "在途": "0", "疑难": "2", "签收": "3", "退签": "4", "派件": "5", "退回": "6", "转投": "7",
    "清关": "8", "拒签": "14",
}  # fmt: skip


class Unreadable(Exception):
    """Not in the shape their documents describe."""


def heard(text: str) -> Heard:
    """The parcel an answer or the `lastResult` of a push is about."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable from None
    if not isinstance(told, dict):
        raise Unreadable
    last = told.get("lastResult", told)
    if not isinstance(last, dict):
        raise Unreadable
    code, number, rows = last.get("com"), last.get("nu"), last.get("data")
    if not isinstance(code, str) or not isinstance(number, str) or not isinstance(rows, list):
        raise Unreadable
    whole = STATES.get(str(last.get("state", "0")), ScanStatus.MOVING)
    found = [_scan(row) for row in rows[:SCANS_MAX]]
    scans = [one for one in found if one is not None]
    if scans and whole in (ScanStatus.DELIVERED, ScanStatus.RETURNED) and _untold(scans, whole):
        newest = max(scans, key=lambda one: one.at)
        scans.append(ScanView(newest.at, str(whole), newest.text, newest.place))
    return Heard(code, number.upper(), scans)


def _untold(scans: list[ScanView], whole: ScanStatus) -> bool:
    """Whether the parcel's state stands only above the rows: older accounts have no status in each."""
    return not any(one.status == whole for one in scans)


def _scan(row: Any) -> ScanView | None:
    if not isinstance(row, dict):
        return None
    text, said = row.get("context"), row.get("ftime") or row.get("time")
    if not isinstance(text, str) or not isinstance(said, str) or not text.strip():
        return None
    try:
        at = datetime.strptime(said[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None
    place = row.get("areaName")
    return ScanView(
        at, str(_status(row)), text.strip()[:200], place[:60] if isinstance(place, str) else ""
    )


def _status(row: dict[str, Any]) -> ScanStatus:
    code = str(row.get("statusCode") or WORDS.get(str(row.get("status", "")), "0"))
    if code in STATES:
        return STATES[code]
    # Finer codes have one sign for the group and two for the detail.
    return STATES.get(code[:-2], ScanStatus.MOVING) if len(code) > 2 else ScanStatus.MOVING
