"""Stages, reasons, steps and chances in plain words."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from grapevine.insight.rules.stages import Reason, Stage
from grapevine.insight.rules.support import Step

RISING = 0.05
"""A chance that moved by less in a week is told as unchanged."""
HIGH, SOME = 0.3, 0.1


def stage_label(stage: str) -> str:
    return {
        Stage.ACQUIRE: _("获客"), Stage.START: _("起步"), Stage.OPERATE: _("运营"),
        Stage.AT_RISK: _("潜在流失"), Stage.CLOSED: _("已关店"),
    }.get(Stage(stage), stage) if stage else ""  # fmt: skip


def stage_meaning(stage: str) -> str:
    return {
        "acquire": _("开了店，还没有上架商品"), "start": _("有商品了，订单还不稳定"),
        "operate": _("四周至少 12 单，店里常有人"), "at_risk": _("好久没人来，或者订单和人都少了一大半"),
        "closed": _("店主自己关了店"),
    }[stage]  # fmt: skip


def playbook_label(code: str) -> str:
    """What a service is called, for operators and for the shop alike."""
    return {
        "onboarding_call": _("开店电话"), "course": _("起步课程"), "tool_trial": _("工具试用"),
        "managed": _("经营陪跑"),
    }.get(code, code)  # fmt: skip


def stage_css(stage: str) -> str:
    return {"at_risk": "warn", "operate": "ok"}.get(stage, "")


def reason_text(reason: Reason) -> str:
    n = reason.value
    texts = {
        "closed": lambda: _("店主关了店"),
        "quiet": lambda: (
            ngettext("店里 %(n)d 天没人登录或操作", "店里 %(n)d 天没人登录或操作", n)
            if n
            else _("店家今天来过")
        ),
        "orderless": lambda: ngettext("%(n)d 天没有订单", "%(n)d 天没有订单", n),
        "no_listings": lambda: _("四周没上新"),
        "orders_fell": lambda: _("订单比前四周少了 %(n)d%%"),
        "seen_fell": lambda: ngettext("四周里店家只来过 %(n)d 天", "四周里店家只来过 %(n)d 天", n),
        "no_goods": lambda: _("还没有上架商品"),
        "age": lambda: ngettext("开店 %(n)d 天", "开店 %(n)d 天", n),
        "goods": lambda: ngettext("上架过 %(n)d 件商品", "上架过 %(n)d 件商品", n),
        "no_orders": lambda: _("还没有第一单"),
        "orders": lambda: ngettext("四周 %(n)d 单", "四周 %(n)d 单", n),
        "few_orders": lambda: ngettext("四周只有 %(n)d 单", "四周只有 %(n)d 单", n),
        "seen": lambda: ngettext("四周里店家来过 %(n)d 天", "四周里店家来过 %(n)d 天", n),
    }  # fmt: skip
    found = texts[reason.code]() if reason.code in texts else reason.code
    return found % {"n": n} if "%" in found else found


def reasons_text(reasons: Sequence[Reason]) -> str:
    return _("，").join(reason_text(reason) for reason in reasons)


def why_text(name: str) -> str:
    return {
        "seen": _("店里来人少"), "seen_change": _("来人比以前少了"), "quiet_weeks": _("整周没人来"),
        "pages": _("后台用得少"), "listings": _("很少上新"), "campaigns": _("不做活动"),
        "replies": _("很少回评价"), "orders": _("订单少"), "orders_change": _("订单比以前少了"),
        "orderless_weeks": _("整周没有订单"), "ship_hours": _("发货慢"), "tickets_rate": _("售后多"),
        "age": _("开店时间"),
    }.get(name, name)  # fmt: skip


def chance_words(chance: float | None, before: float | None) -> dict[str, Any] | None:
    """level (high, some, low), percent, and whether it rose or fell since last week; None where nothing is known."""
    if chance is None:
        return None
    moved = 0.0 if before is None else chance - before
    level = "high" if chance >= HIGH else "some" if chance >= SOME else "low"
    return {
        "level": level, "percent": round(chance * 100),
        "label": {"high": _("高"), "some": _("中"), "low": _("低")}[level],
        "css": {"high": "danger", "some": "warn", "low": ""}[level],
        "moved": _("比上周高") if moved >= RISING else _("比上周低") if moved <= -RISING else "",
    }  # fmt: skip


def step_title(code: str) -> str:
    return {
        "list_first": _("上架第一件商品"), "brand": _("布置店铺首页"), "share_shop": _("把店分享给第一批朋友"),
        "list_more": _("上满 5 件商品"), "open_group": _("开一个拼团"), "answer_reviews": _("回一条评价"),
        "write_note": _("写一篇带商品的笔记"), "ship_fast": _("一天之内发货"), "campaign": _("做一场活动"),
        "list_new": _("上一件新品"), "read_tree": _("看看决策树说什么"), "clear_slow": _("清一清滞销"),
        "look_in": _("看看等着处理的订单"), "answer_cases": _("答复售后"),
        "coupon_fans": _("给老粉丝发一张券"), "reopen": _("想回来就重新开张"),
    }.get(code, code)  # fmt: skip


def step_text(code: str) -> str:
    return {
        "list_first": _("一张好照片、一句话说明、一个价格就能上架，其余以后再补。"),
        "brand": _("店标、店招和一段介绍，让人一眼知道你卖什么。"),
        "share_shop": _("打开店铺首页，点分享，发给十位会说真话的朋友。第一单多半从这里来。"),
        "list_more": _("只有一两件时，人进来就走。上满五件，逛的人会多停一会儿。"),
        "open_group": _("选卖得最好的一件，三人团，比单买便宜一两成，让买的人替你喊人。"),
        "answer_reviews": _("每条评价都有人看你怎么答。谢一声、说明一句就好。"),
        "write_note": _("写你怎么选、怎么做、怎么用，挂上商品。看笔记来的人更愿意买。"),
        "ship_fast": _("付款后一天内发出，售后和催单都会少。先发等得最久的。"),
        "campaign": _("一张满减或一场秒杀，每月一次就够，别天天打折。"),
        "list_new": _("四周没有新东西，老顾客就少来。哪怕一件也好。"),
        "read_tree": _("支付额为什么变、变在哪一步，决策树会指给你看。"),
        "clear_slow": _("压着钱的货，降一点价或者拼一团，把钱换回来。"),
        "look_in": _("先把等发货的发掉，买家在等。打开订单看看。"),
        "answer_cases": _("有买家在等你的答复。早一天答，多半就留住了。"),
        "coupon_fans": _("买过的人最容易再买。发一张七天有效的小额券。"),
        "reopen": _("店还在，商品也在。想回来时在开店资料里重新开张。"),
    }.get(code, "")  # fmt: skip


def step_rows(steps: Sequence[Step], slug: str) -> list[dict[str, Any]]:
    return [
        {
            "code": step.code, "title": step_title(step.code), "text": step_text(step.code),
            "is_done": step.is_done is True,
            "url": reverse(step.page) if step.page == "scene:compose" else reverse(step.page, args=[slug]),
        }
        for step in steps
    ]  # fmt: skip


def outcome_label(outcome: str) -> str:
    return {
        "stays": _("会继续做"), "unsure": _("还没想好"), "leaves": _("不做了"),
        "unreachable": _("联系不上"), "lapsed": _("过期没跟"),
    }.get(outcome, outcome)  # fmt: skip


def way_label(way: str) -> str:
    return {"phone": _("电话"), "chat": _("聊天"), "visit": _("上门"), "mail": _("邮件")}.get(
        way, way
    )


def script(stage: str) -> list[str]:
    """What to say and ask, by stage: a start, not a text to read out."""
    return {
        "acquire": [
            _("先问卡在哪里：照片、价格、资质还是不会操作？"),
            _("当场陪着上架一件，别讲功能。"),
            _("约好三天后看第一批分享的结果。"),
        ],
        "start": [
            _("夸一件做得好的，再问第一批买家从哪里来。"),
            _("一起选一件开三人团，把链接发到他的群里。"),
            _("提醒当天发货、当天回评价。"),
        ],
        "operate": [
            _("问他最近最费时间的一件事，能用工具省掉的演示给他看。"),
            _("对着决策树说一个可以马上改的地方。"),
        ],
        "at_risk": [
            _("先听，不推销：最近怎么样，为什么来得少了？"),
            _("有没处理的订单和售后，先帮他理清。"),
            _("只约一件小事：上一件新品，或者发一张券。"),
            _("真不做了，问清原因，祝好，记下来。"),
        ],
        "closed": [_("不打扰。他来找时告诉他怎样重新开张。")],
    }[stage]  # fmt: skip
