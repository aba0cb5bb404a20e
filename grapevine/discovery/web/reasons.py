"""Why goods are shown, in words."""

from django.utils.translation import gettext as _

from grapevine.discovery.contracts import Reason, Suggested
from grapevine.kit.text import marked

WORDS: dict[Reason, str] = {
    Reason.FOLLOWED: marked("你关注的 %(about)s 买过"),
    Reason.FRIEND: marked("朋友 %(about)s 买过"),
    Reason.NEAR: marked("和你看过、买过的相近"),
    Reason.BESIDE: marked("看了它的人也看"),
    Reason.VISIT: marked("刚看过%(about)s"),
    Reason.OFTEN: marked("常看%(about)s"),
    Reason.PICKED: marked("为你挑的"),
    Reason.LOCAL: marked("你那里的人在买"),
    Reason.POPULAR: marked("大家在买"),
    Reason.NEW: marked("刚上架"),
    Reason.PARTNER: marked("合作店铺"),
    Reason.WRITTEN: marked("和你写过、看过的有关"),
    Reason.AROUND: marked("也许你会喜欢"),
}
BARE: dict[Reason, str] = {
    Reason.VISIT: marked("和刚看的相近"),
    Reason.OFTEN: marked("为你挑的"),
}
"""Where there is no category to name."""


def said(entry: Suggested) -> str:
    text = WORDS[entry.reason] if entry.about else BARE.get(entry.reason, WORDS[entry.reason])
    return _(text) % {"about": entry.about}
