"""What the channels of a visit are called."""

from django.utils.translation import gettext as _


def channel_label(channel: str) -> str:
    """The name of a channel of `contracts.Source`; one nobody knows is its own name."""
    known = {
        "feed": _("推荐流"), "share": _("好友分享"), "search": _("搜索"), "note": _("笔记"),
        "group": _("拼团"), "shop": _("店铺首页"), "direct": _("直接访问"), "live": _("直播"),
    }  # fmt: skip
    return known.get(channel, channel)
