"""What the channels of the feed are called, and what a card says of why it is there."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from grapevine.discovery.contracts import Channel
from grapevine.kit.text import marked


def label(channel: str) -> str:
    return {
        Channel.FOLLOWS: _("关注的人"), Channel.SOCIAL: _("有来往的人"), Channel.ITEMS: _("相近的商品"),
        Channel.MODEL: _("训练的模型"), Channel.INTERESTS: _("话题和类目"), Channel.WORDS: _("写、看、搜过的词"),
        Channel.NEARBY: _("同城"), Channel.FRESH: _("最新"), Channel.TRENDING: _("正在热"),
        Channel.POPULAR: _("大家喜欢"), Channel.EXPLORE: _("试看新笔记"), Channel.AGAIN: _("看过的再来"),
    }.get(Channel(channel), channel)  # fmt: skip


def meaning(channel: str) -> str:
    return {
        Channel.FOLLOWS: _("读者关注的人的新笔记"),
        Channel.SOCIAL: _("带他来的人、拼过团的人、点过谁的分享、关注的人选过的"),
        Channel.ITEMS: _("和他买过、看过、赞过的商品相近的"),
        Channel.MODEL: _("每晚训练的模型替他选的商品"),
        Channel.INTERESTS: _("他常看的话题，没有话题就看类目"),
        Channel.WORDS: _("从他写的、看的笔记和搜过的词里找到的"),
        Channel.NEARBY: _("资料里写同一个城市的人写的，最细到市"),
        Channel.FRESH: _("按时间，不看是谁写的"),
        Channel.TRENDING: _("互不相干的人这两天都在看的；店里的人不算，一圈人只算一个"),
        Channel.POPULAR: _("赞、收藏和评论多的，越旧越低"),
        Channel.EXPLORE: _("新笔记保证给没关注作者的人看够次数，十个位置留一个"),
        Channel.AGAIN: _("别的都看完了才出现，最早看过的在前"),
    }.get(Channel(channel), "")  # fmt: skip


def goods_label(channel: str) -> str:
    """Of a channel by which goods are recommended."""
    return {
        Channel.ITEMS: _("相近的商品"), Channel.SOCIAL: _("有来往的人选的"), Channel.VISIT: _("这次在看的"),
        Channel.MODEL: _("训练的模型"), Channel.WORDS: _("写、看、搜过的词"), Channel.INTERESTS: _("常看的类目"),
        Channel.NEIGHBOURS: _("身边人的口味"), Channel.LOCAL: _("当地在买"), Channel.POPULAR: _("卖得好的"),
        Channel.FRESH: _("新上架的"),
    }.get(Channel(channel), channel)  # fmt: skip


def goods_meaning(channel: str) -> str:
    return {
        Channel.ITEMS: _("和他买过、看过、赞过的商品相近的"),
        Channel.SOCIAL: _("带他来的人、拼过团的人、点过谁的分享、关注的人选过的商品"),
        Channel.VISIT: _("这两小时看过的商品和类目"),
        Channel.MODEL: _("每晚训练的模型替他选的商品"),
        Channel.WORDS: _("从他写的、看的笔记和关注的话题里读出的需要，不必搜过买过"),
        Channel.INTERESTS: _("他常看、常买的类目"),
        Channel.NEIGHBOURS: _("有来往的人常看、他自己还没碰过的类目；不说是谁"),
        Channel.LOCAL: _("同一个省最近很多人买的"),
        Channel.POPULAR: _("卖得最多的"),
    }.get(Channel(channel), "")  # fmt: skip


REASONS: Mapping[str, str] = {
    Channel.FOLLOWS: marked("你关注的人"), Channel.WORDS: marked("和你写过、搜过的有关"),
    Channel.NEARBY: marked("同城"), Channel.TRENDING: marked("最近很多人在看"),
    Channel.EXPLORE: marked("新笔记"),
}  # fmt: skip


def reason(channel: str, why: str) -> str:
    """What a card may say to its reader; "" where there is nothing to say. Never who bought or chose what."""
    if channel == Channel.INTERESTS and why:
        return _("你常看 %(name)s") % {"name": why}
    known = REASONS.get(channel)
    return _(known) if known else ""
