"""The register of personal data: each column, what it is for, how it is kept, and until when.

Personal Information Protection Law of the PRC, articles 6, 19 and 51. A column that is sealed or named like personal
data and is not here fails `front/tests/test_personal.py`; the privacy page shows what is here.
"""

from dataclasses import dataclass

from grapevine.kit.text import marked

WITH_ACCOUNT = marked("到注销账号为止")
WITH_ORDER = marked("到订单结束并注销账号为止，最多到交易完成后三年")
BY_LAW = marked("交易完成后三年（电子商务法第三十一条），到期清掉")
AS_NUMBER = marked("到注销账号为止，之后只剩一个不带名字的编号")
BY_TRAIL = marked("操作记录留三年，期间不能删改")
SHORT = marked("最多一个月")
SIGN_IN = marked("登录和找回账号")
DELIVERY = marked("把东西送到你手上")
SHOWN = marked("给别人看的名片，由你填写")
KEEPING = marked("店铺和平台追查谁做了什么")
TRADING = marked("知道这笔交易是谁的")
OPENING = marked("核实开店的人（电子商务法第二十七条）")
UPLOADS = marked("让你把传好的图片用在草稿里")
SHOWN_REVIEW = marked("给别的买家参考")
BY_REVIEW = marked("评价不能删（电子商务法第三十九条）")
JUDGING = marked("不让当事人和同一个人投票")
FAKES = marked("发现刷出来的评价")
SIGNING = marked("让收推送的程序认出我们")
PAYING_OUT = marked("把钱打给你")
WITH_SHOP = marked("店铺关闭后三年（电子商务法第三十一条）")
WITH_FACTOR = marked("到关闭两步验证或注销账号为止")
TELLING = marked("告诉你和店铺发生了什么")
NOTICED = marked("九十天，或到注销账号为止")
REPLACED = marked("换下一天后清掉")
FORGETTING = marked("从记录里删掉你，以后也不再写进去")
TALKED = marked("记下后三年，到期清掉")
CARING = marked("照看商家")
UNSENT = marked("没有发出去的，一个月后清掉")
CHOOSING = marked("替你挑要看的内容，看过的不再重复")
FAIR_HEAT = marked("一个人用几个账号捧的不算热门")
UNTIL_READ = marked("实验停下三个月，或到注销账号为止")
UNTIL_CHANGED = marked("到店铺改掉或删掉为止")


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """`how`: sealed, index (a keyed digest), digest, or clear."""

    column: str
    what: str
    purpose: str
    until: str
    how: str = "clear"


REGISTER: tuple[PersonalColumn, ...] = (
    PersonalColumn("people.person.phone", marked("手机号"), SIGN_IN, WITH_ACCOUNT, "sealed"),
    PersonalColumn("people.person.phone_index", marked("手机号的查找码"), SIGN_IN, WITH_ACCOUNT, "index"),
    PersonalColumn("people.person.email", marked("邮箱"), SIGN_IN, WITH_ACCOUNT, "sealed"),
    PersonalColumn("people.person.email_index", marked("邮箱的查找码"), SIGN_IN, WITH_ACCOUNT, "index"),
    PersonalColumn("people.person.name", marked("名字"), SHOWN, WITH_ACCOUNT),
    PersonalColumn("people.person.bio", marked("介绍"), SHOWN, WITH_ACCOUNT),
    PersonalColumn("people.person.region", marked("所在地"), SHOWN, WITH_ACCOUNT),
    PersonalColumn("people.person.avatar_id", marked("头像"), SHOWN, WITH_ACCOUNT),
    PersonalColumn("people.person.password", marked("密码（只存摘要）"), SIGN_IN, WITH_ACCOUNT, "digest"),
    PersonalColumn("people.session.person_id", marked("谁在哪个浏览器登录"), SIGN_IN, SHORT),
    PersonalColumn("people.session.device", marked("浏览器和系统的名字"), SIGN_IN, SHORT),
    PersonalColumn("people.token.digest", marked("接口令牌（只存摘要）"), SIGN_IN, WITH_ACCOUNT, "digest"),
    PersonalColumn("media.picture.owner_id", marked("草稿里传好、还没有发出去的图片"), UPLOADS, UNSENT),
    PersonalColumn("media.video.owner_id", marked("草稿里传好、还没有发出去的视频"), UPLOADS, UNSENT),
    PersonalColumn("signals.erased.person_id", marked("谁注销了账号（只是一个编号）"), FORGETTING, BY_LAW),
    PersonalColumn("trade.address.body", marked("收货地址"), DELIVERY, WITH_ACCOUNT, "sealed"),
    PersonalColumn("trade.order.address", marked("订单的收货地址"), DELIVERY, WITH_ORDER, "sealed"),
    PersonalColumn("trade.order.region", marked("订单的省市区"), marked("算运费和看销往哪里"), BY_LAW),
    PersonalColumn("trade.order.city", marked("订单寄到哪个城市"), marked("看销往哪里，只到市"), WITH_ORDER),
    PersonalColumn("trade.order.message", marked("订单留言"), DELIVERY, WITH_ORDER),
    PersonalColumn("trade.order.buyer_id", marked("谁买的"), TRADING, AS_NUMBER),
    PersonalColumn("trade.invoicerequest.body", marked("发票抬头和税号"), marked("开发票"), WITH_ORDER, "sealed"),
    PersonalColumn("guard.auditentry.actor_id", marked("谁操作的"), KEEPING, BY_TRAIL),
    PersonalColumn("guard.auditentry.subject_id", marked("谁的联系方式被看过"), KEEPING, BY_TRAIL),
    PersonalColumn("guard.storedanswer.body", marked("接口写操作的回答"), marked("同一个请求只生效一次"), SHORT, "sealed"),
    PersonalColumn("goods.staffinvite.digest", marked("员工邀请链接（只存摘要）"), marked("邀请员工"), SHORT, "digest"),
    PersonalColumn("people.secondfactor.secret", marked("两步验证的密钥"), SIGN_IN, WITH_FACTOR, "sealed"),
    PersonalColumn("people.recoverycode.digest", marked("恢复码（只存摘要）"), SIGN_IN, WITH_FACTOR, "digest"),
    PersonalColumn("goods.application.person", marked("开店人的姓名"), OPENING, WITH_SHOP),
    PersonalColumn("goods.application.identity", marked("开店人的证件号码"), OPENING, WITH_SHOP, "sealed"),
    PersonalColumn("goods.application.identity_until", marked("证件的有效期"), OPENING, WITH_SHOP),
    PersonalColumn("goods.application.licence_until", marked("执照的有效期"), OPENING, WITH_SHOP),
    PersonalColumn("goods.application.phone", marked("开店人的电话"), OPENING, WITH_SHOP, "sealed"),
    PersonalColumn("goods.application.address", marked("经营地址"), OPENING, WITH_SHOP, "sealed"),
    PersonalColumn("goods.document.file_id", marked("执照和证件的文件"), OPENING, WITH_SHOP),
    PersonalColumn("trade.bankaccount.holder", marked("银行账户的户名"), PAYING_OUT, WITH_ACCOUNT, "sealed"),
    PersonalColumn("trade.bankaccount.number", marked("银行账号"), PAYING_OUT, WITH_ACCOUNT, "sealed"),
    PersonalColumn("trade.bankaccount.tail", marked("银行账号的末四位"), PAYING_OUT, WITH_ACCOUNT),
    PersonalColumn("trade.bankaccount.bank", marked("开户银行"), PAYING_OUT, WITH_ACCOUNT),
    PersonalColumn("trade.payer.openid", marked("你在微信里的编号（openid）"), marked("在微信里付款"), WITH_ACCOUNT, "sealed"),
    PersonalColumn("trade.pickup.code", marked("取货码"), DELIVERY, BY_LAW, "sealed"),
    PersonalColumn("trade.pickuppoint.address", marked("自提点的地址"), DELIVERY, UNTIL_CHANGED),
    PersonalColumn("trade.pickuppoint.phone", marked("自提点的电话"), DELIVERY, UNTIL_CHANGED),
    PersonalColumn("trade.casemessage.words", marked("售后里说的话"), marked("处理售后和纠纷"), BY_LAW),
    PersonalColumn("trade.casepicture.picture_id", marked("售后里的图片"), marked("处理售后和纠纷"), BY_LAW),
    PersonalColumn("trade.casesatisfaction.stars", marked("你给售后处理打的星"), marked("考核售后"), BY_LAW),
    PersonalColumn("cases.consent.statement", marked("给公众评审的说明（已遮住名字）"), marked("处理售后和纠纷"), BY_LAW),
    PersonalColumn("cases.juror.reason", marked("评审时的一票和理由"), marked("处理售后和纠纷"), BY_LAW),
    PersonalColumn("cases.juror.device", marked("投票的设备（只存摘要）"), JUDGING, WITH_ACCOUNT, "digest"),
    PersonalColumn("cases.consent.device", marked("同意评审的设备（只存摘要）"), JUDGING, WITH_ACCOUNT, "digest"),
    PersonalColumn("cases.volunteer.device", marked("报名评审的设备（只存摘要）"), JUDGING, WITH_ACCOUNT, "digest"),
    PersonalColumn("care.revision.words", marked("评价里写的话"), SHOWN_REVIEW, BY_REVIEW),
    PersonalColumn("care.review.buyer_id", marked("谁写的评价"), SHOWN_REVIEW, BY_REVIEW),
    PersonalColumn("care.reviewtrace.device", marked("写评价的设备（只存摘要）"), FAKES, SHORT, "digest"),
    PersonalColumn("care.reviewtrace.network", marked("写评价的网络（只存摘要）"), FAKES, SHORT, "digest"),
    PersonalColumn("discovery.shown.note_id", marked("你在信息流里看到的笔记"), CHOOSING, SHORT),
    PersonalColumn("discovery.reaction.act", marked("你最近赞过、收藏过、评论过哪篇"), FAIR_HEAT, SHORT),
    PersonalColumn("discovery.phrase.word", marked("你写过、看过、搜过的词"), CHOOSING, WITH_ACCOUNT),
    PersonalColumn("discovery.tagword.key", marked("你说想看什么、不想看什么"), CHOOSING, WITH_ACCOUNT),
    PersonalColumn("discovery.bond.other", marked("谁带你来、和谁拼过团、点过谁的分享"), CHOOSING, WITH_ACCOUNT),
    PersonalColumn("discovery.browser.mark", marked("你登录用的浏览器（只存摘要）"), FAIR_HEAT, NOTICED, "digest"),
    PersonalColumn("reach.notice.person_id", marked("告诉过谁什么事"), TELLING, NOTICED),
    PersonalColumn("reach.notice.actor_id", marked("谁引起的通知"), TELLING, NOTICED),
    PersonalColumn("reach.choice.person_id", marked("想怎么收到通知"), TELLING, WITH_ACCOUNT),
    PersonalColumn("insight.shopcontact.note", marked("平台和你店联系时说了什么"), CARING, TALKED),
    PersonalColumn("insight.shopcontact.by_id", marked("谁和商家联系的"), CARING, AS_NUMBER),
    PersonalColumn("insight.followup.manager_id", marked("谁照看这家店"), CARING, AS_NUMBER),
    PersonalColumn("insight.shopmanager.person_id", marked("谁是商家经理"), CARING, AS_NUMBER),
    PersonalColumn("signals.assignment.person_id", marked("实验里看到的是哪一组"), marked("让你总是看到同一组"), UNTIL_READ),
    PersonalColumn("signals.clustermember.person_id", marked("常和哪些人互相分享"), marked("让一圈人看到同一组"), UNTIL_READ),
    PersonalColumn("signals.experiment.made_by", marked("谁起草的实验"), KEEPING, AS_NUMBER),
    PersonalColumn("gateway.webhook.secret", marked("推送的密钥"), SIGNING, UNTIL_CHANGED, "sealed"),
    PersonalColumn("gateway.webhook.old_secret", marked("推送换下的密钥"), SIGNING, REPLACED, "sealed"),
)  # fmt: skip
