"""What each model is for, in words: for operators, and for the filing of recommending algorithms.

The filing asks for purpose, inputs, mechanism and the reader's switch (Provisions on the Administration of Algorithmic
Recommendation in Internet Information Services, articles 16, 17 and 24; Personal Information Protection Law, article 24).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from grapevine.kit.text import marked


@dataclass(frozen=True, slots=True)
class ModelWords:
    """`is_personal`: the reader's switch turns it off for them."""

    title: str
    purpose: str
    inputs: str
    mechanism: str
    is_personal: bool = True


KNOWN: Mapping[str, ModelWords] = {
    "note_heads": ModelWords(
        marked("笔记排序"),
        marked("在召回的笔记里，把这位读者更可能想看、收藏、下单和分享的排在前面。"),
        marked("读者自己看过、赞过、收藏、评论过和买过的笔记、商品、类目和话题，关注的人；笔记的发布时间、热度、类目、话题和带的商品；展示时的位置。不用年龄、性别、收入、通讯录和定位。"),
        marked("四个逻辑回归分别估计点开、收藏、下单和分享的可能，校准后按价值相加，再乘新鲜度。位置只在学习时用，排序时一律当作第一位。只决定先后，不改价格和条件。"),
    ),
    "goods_heads": ModelWords(
        marked("商品排序"),
        marked("在各渠道挑出的商品里，把这位读者更可能点开、加购、下单和分享的排在前面。"),
        marked("读者自己看过、赞过和买过的商品和类目，常看的价位，关注的人选过的商品（对方关了个性化就不用）；商品的价格、类目、上架时间和销量；展示时的位置。不用年龄、性别、收入、通讯录和定位。"),
        marked("和笔记排序一样：四个逻辑回归各估计一种可能，校准后按价值相加，再乘新鲜度；没有过关的不用。只决定先后，不改价格和条件。"),
    ),
    "channel_weights": ModelWords(
        marked("召回渠道的配比"),
        marked("决定一屏笔记里关注、相近商品、话题、新笔记、热门等来源各占多少。"),
        marked("新来的、常来的、买过的三类人各自对每个来源的点开、收藏、购买和“不想看”。"),
        marked("每天按反馈小步调整：一次最多动五分之一，最少留四分之一，最多四倍，哪个来源都不会消失。一类人的反馈只动这一类人的配比。"),
    ),
    "goods_channel_weights": ModelWords(
        marked("商品渠道的配比"),
        marked("决定推荐的商品里相近的、有来往的人选的、这次在看的、常看的类目、卖得好的等来源各占多少。"),
        marked("新来的、常来的、买过的三类人各自对每个来源的点开、加购、购买和“不想看”。关了个性化的人不用，也不学。"),
        marked("较早的三分之二反馈小步调整，较新的三分之一检验：换了配比一次展示要值得更多，超出误差才启用。一次最多动五分之一，最少留四分之一，最多四倍。运营在信息流页写定的渠道，以写定的为准。"),
    ),
    "person_items": ModelWords(
        marked("猜你喜欢"),
        marked("给每位顾客挑出接下来可能想要的商品。"),
        marked("谁买过什么、关注了谁、谁带来了谁。"),
        marked("岭回归、隐式因子和好友的选择加权求和，权重在较新的购买上选定；比热门榜差就不启用。"),
    ),
    "item_item": ModelWords(
        marked("相近的商品"),
        marked("从一件商品找到常被同一批人买的商品。"),
        marked("谁买过什么；不看是谁在看。"),
        marked("按共同买家算商品之间的相近，每件留最近的五十件。"),
    ),
    "social": ModelWords(
        marked("人与人的联系"),
        marked("让读者看到和自己有联系的人选了什么。"),
        marked("关注、分享带来的注册和订单。"),
        marked("每人留联系最多的五十个人；看到的只是笔记，不会说出谁买了什么。"),
    ),
    "tie_kinds": ModelWords(
        marked("哪种联系更近"),
        marked("决定带来的人、拼过团的人、点过谁的分享、关注的人各算多近。"),
        marked("哪种联系推荐的，后来真的买了。"),
        marked("每种联系一个数，没有学过就用写定的：带来的人 1，拼过团 0.8，点过分享 0.6，关注 0.5，我带来的 0.4。"),
    ),
    "popular": ModelWords(
        marked("热卖"),
        marked("没有个人信息可用时，也有好商品可看。"),
        marked("每件商品有多少人买过。"),
        marked("按人数排序，人人看到的都一样。"),
        is_personal=False,
    ),
    "history": ModelWords(
        marked("每人最近的选择"),
        marked("人很多时，不必给每人存一份清单，有人来看时当场挑选。"),
        marked("每人最近买过的五十件商品。"),
        marked("只记商品和先后；已经买过的不再推荐。"),
    ),
    "person_factors": ModelWords(
        marked("人的口味向量"),
        marked("人很多时，当场比出哪些商品合这个人的口味。"),
        marked("谁买过什么。"),
        marked("隐式因子，每人六十四个小整数。"),
    ),
    "item_factors": ModelWords(
        marked("商品的口味向量"),
        marked("和人的口味向量相乘，就是合不合口味。"),
        marked("谁买过什么；不看是谁在看。"),
        marked("隐式因子，每件商品六十四个小整数。"),
    ),
    "cells": ModelWords(
        marked("商品的分格"),
        marked("先找到合口味的几格商品，再逐件比较，不必看完所有商品。"),
        marked("商品的口味向量。"),
        marked("按方向聚类；每格记下里面的商品。"),
    ),
    "shop_leaving": ModelWords(
        marked("店铺流失"),
        marked("估计哪些店可能不再经营，好让商家经理早点联系。只给平台运营看。"),
        marked("店铺每周的登录、上新、活动、订单、发货和售后。不用顾客的个人信息。"),
        marked("按周的离散风险模型；在较新的月份上证明了自己才启用。"),
        is_personal=False,
    ),
}  # fmt: skip


def words_of(name: str) -> dict[str, Any]:
    """Title, purpose, inputs, mechanism and switch in the reader's language; a model without words is its own title."""
    known = KNOWN.get(name)
    if known is None:
        return {"title": name, "purpose": "", "inputs": "", "mechanism": "", "switch": ""}
    return {
        "title": _(known.title), "purpose": _(known.purpose), "inputs": _(known.inputs),
        "mechanism": _(known.mechanism), "switch": switch_words(is_personal=known.is_personal),
    }  # fmt: skip


def switch_words(*, is_personal: bool) -> str:
    if is_personal:
        return _("受“个性化推荐”开关管：在隐私设置里一键关掉，下一次打开就不再对这个人使用。")
    return _("不用读者的个人信息，开关与它无关。")


def reason_words(reason: str) -> str:
    """Why nothing came into force, in words."""
    return {
        "gate": _("没有过关：在最新的数据上，没有哪一项比现在用的、也比只报平均值更准，超出误差。"),
        "pinned": _("运营选定了一版，新版先放着，等放行。"),
        "no showings": _("日志里还没有可学的展示。"),
        "no feedback": _("这段时间没有能学的反馈，配比不变。"),
        "no better weights": _("没有过关：在较新的反馈上，换了配比没有好到超出误差。"),
        "the lake is empty": _("日志还是空的。"),
        "no purchases yet": _("还没有成交，没什么可学。"),
        "the model did not prove itself": _("没有过关：在最新的数据上没有证明自己。"),
        "too few shops have left to learn from": _("离开的店太少，学不出来。"),
    }.get(reason, reason)


def gate_words(figures: Mapping[str, Any]) -> str:
    """How one head fared at the gate."""
    reason = str(figures.get("reason", ""))
    return {
        "": _("过关"),
        "no_better": _("没有好到超出误差"),
        "few": _("样本太少，没有判"),
        "base": _("不比平均值更准"),
        "in_force": _("不比现在用的更准"),
    }.get(reason, reason)


def metric_label(path: str) -> str:
    """The name of a figure; one nobody knows is its own name."""
    return {
        "auc": "AUC", "ap": _("平均精确率"), "brier": "Brier", "calibration_slope": _("校准斜率"),
        "lift_10": _("前一成的提升"), "snapshots": _("样本"), "left": _("其中离开的"),
        "model.recall@10": _("模型 R@10"), "model.ndcg@10": _("模型 N@10"),
        "model.recall@20": _("模型 R@20"), "model.ndcg@20": _("模型 N@20"),
        "popularity.recall@10": _("热门榜 R@10"), "popularity.ndcg@10": _("热门榜 N@10"),
        "popularity.recall@20": _("热门榜 R@20"), "popularity.ndcg@20": _("热门榜 N@20"),
    }.get(path, path)  # fmt: skip


def heads_told(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The heads' figures as rows of a table."""
    return [
        {"label": head_label(name), "gate": gate_words(one), "is_passed": one.get("reason") == "", **one}
        for name, one in metrics.items()
    ]  # fmt: skip


def head_label(name: str) -> str:
    return {"click": _("点开"), "save": _("赞或收藏"), "order": _("下单"), "share": _("分享")}.get(
        name, name
    )


def segment_label(name: str) -> str:
    return {"new": _("新来的"), "returning": _("常来的"), "buyer": _("买过的")}.get(name, name)


def proofs_told(gate: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How the weights of each segment fared, as rows of a table."""
    return [
        {"label": segment_label(name), "gate": gate_words(one), "is_passed": one["reason"] == "", **one}
        for name, one in gate.items()
    ]  # fmt: skip


def head_line(head: Mapping[str, Any]) -> str:
    """The figures of one head, in one line."""
    if not head.get("proved_on"):
        return str(head["gate"])
    told = [
        (_("对数损失"), head.get("log_loss")), (_("只报平均值"), head.get("base_log_loss")),
        ("AUC", head.get("auc")), ("ECE", head.get("ece")),
        (_("好多少 ± 误差"), f"{head.get('gain')} ± {head.get('gain_error')}"),
    ]  # fmt: skip
    figures = " · ".join(f"{name} {value}" for name, value in told if value is not None)
    return f"{head['gate']} · {figures}"


def proof_line(proof: Mapping[str, Any]) -> str:
    """How the weights of one segment fared, in one line."""
    if proof["reason"] == "few":
        return str(proof["gate"])
    worth = f"{proof['gain']} ± {proof['error']}"
    return f"{proof['gate']} · {_('一次展示多值几次点开 ± 误差')} {worth}"
