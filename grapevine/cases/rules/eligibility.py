"""Who may sit on a jury. Pure: facts in, the first reason against it out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from grapevine.kit.text import marked

WHY = {
    "party": marked("你是当事的一方，或在这家店工作"),
    "operator": marked("平台的人不参加评审"),
    "young": marked("账号注册的时间还不够长"),
    "orders": marked("收到的订单还不够多"),
    "follow": marked("你和其中一方有关注或拉黑关系"),
    "tie": marked("你和其中一方有邀请或分享的关系"),
    "sharer": marked("你分享过这家店的东西"),
    "group": marked("你和其中一方拼过团"),
    "dispute": marked("你和这家店有过售后纠纷"),
    "contact": marked("你和其中一方用过同一个电话或地址"),
    "device": marked("你和其中一方或另一位评审用过同一台设备"),
}
"""Reasons in the order in which they are looked for."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a person and a jury. `relations` are keys of WHY from `party` and `follow` on."""

    joined_at: datetime
    is_operator: bool
    received: int
    relations: frozenset[str]


def against(
    facts: Facts, *, now: datetime, account_days: int, orders: int
) -> str:  # fmt: skip
    """The first reason why this person may not sit, a key of WHY; "" if they may."""
    found = set(facts.relations)
    if facts.is_operator:
        found.add("operator")
    if now - facts.joined_at < timedelta(days=account_days):
        found.add("young")
    if facts.received < orders:
        found.add("orders")
    return next((why for why in WHY if why in found), "")


def place(seed: str, person_id: int) -> str:
    """Where a person stands in a draw: the smallest are drawn first. Nobody can choose it, anybody can compute it."""
    return sha256(f"{seed}:{person_id}".encode()).hexdigest()


def verdict(buyer: int, shop: int, *, quorum: int) -> str:
    """The side with more votes, if enough people voted; "" without quorum or majority."""
    if buyer + shop < quorum or buyer == shop:
        return ""
    return "buyer" if buyer > shop else "shop"
