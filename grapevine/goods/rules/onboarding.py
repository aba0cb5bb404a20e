"""What an application must hold: format, expiry and consistency, with the field that is wrong."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from grapevine.goods.onboarding import ApplicationForm, Kind, Paper, RuleView
from grapevine.goods.rules.credentials import birthday_of, is_adult, is_credit_code
from grapevine.kit.text import marked

PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")
# What a code may begin with: GB 32100-2015, table of registration authorities and kinds.
BEGINNINGS = {Kind.ENTERPRISE: ("91", "93"), Kind.BUSINESS: ("92",)}
Named = tuple[str, str, str]
"""The kind of a paper, its permit and its number."""
REMINDERS = (30, 7, 1)
"""Days before a document runs out on which its owner is told."""
PERMITS = {
    "food": marked("食品经营许可证"),
    "health_food": marked("保健食品注册或备案凭证"),
    "infant_formula": marked("婴幼儿配方乳粉产品配方注册证"),
    "medical_device": marked("医疗器械经营许可证或备案凭证"),
    "cosmetics": marked("化妆品生产许可证或备案凭证"),
    "publication": marked("出版物经营许可证"),
    "alcohol": marked("酒类经营许可或备案"),
    "test_report": marked("产品质检报告"),
}
DOCUMENTS = {
    "licence": marked("营业执照"),
    "identity": marked("身份证"),
    "permit": marked("许可证"),
    "report": marked("质检报告"),
}
BY_PRODUCT = frozenset({"health_food", "infant_formula", "cosmetics", "test_report"})
"""Registered or tested product by product: a shop holds as many as it has products."""
REASONS = {
    "unreadable": marked("看不清"),
    "mismatch": marked("和填写的不一致"),
    "expired": marked("已过期"),
    "missing": marked("缺少材料"),
    "not_genuine": marked("无法核实真实性"),
    "not_allowed": marked("不在允许经营的范围"),
    "other": marked("其他"),
}
FIELDS = (
    "company", "code", "licence", "licence_until", "person", "identity", "identity_until", "phone",
    "address", "categories", "permits",
)  # fmt: skip


def name_of(kind: str, permit: str) -> str:
    """What a paper is called: a permit by what it permits."""
    return PERMITS.get(permit, "") or DOCUMENTS[kind]


def day_of(text: str) -> date | None:
    """A day written YYYY-MM-DD, or None."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def check_application(
    form: ApplicationForm, *, papers: Sequence[Paper], rules: Mapping[str, RuleView], today: date
) -> dict[str, str]:
    """What is wrong, by field; {} if a person may look at it now."""
    wrong = _person(form, today)
    if form.kind not in set(Kind):
        wrong["kind"] = marked("选一种卖家身份")
    elif form.kind != Kind.INDIVIDUAL:
        wrong |= _company(form, today)
        for kind in ("licence", "identity"):
            if not any(paper.kind == kind for paper in papers):
                wrong.setdefault(kind, marked("请上传清楚的照片或 PDF"))
    return wrong | _categories(form, papers, rules, today)


def _person(form: ApplicationForm, today: date) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not 2 <= len(form.person) <= 40:
        wrong["person"] = marked("写身份证上的姓名")
    born = birthday_of(form.identity)
    if born is None:
        wrong["identity"] = marked("身份证号不对，再核对一遍")
    elif not is_adult(born, today):
        wrong["identity"] = marked("满 18 周岁才能开店")
    if form.identity_until and (day_of(form.identity_until) or today) <= today:
        wrong["identity_until"] = marked("证件已经过期，或日期写错了")
    if not PHONE.fullmatch(form.phone):
        wrong["phone"] = marked("写一个能联系到你的电话")
    if not 5 <= len(form.address) <= 120:
        wrong["address"] = marked("写详细的经营地址")
    return wrong


def _company(form: ApplicationForm, today: date) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not 2 <= len(form.company) <= 80:
        wrong["company"] = marked("写营业执照上的名称")
    if not is_credit_code(form.code):
        wrong["code"] = marked("统一社会信用代码不对，再核对一遍")
    elif not form.code.startswith(BEGINNINGS[Kind(form.kind)]):
        wrong["code"] = marked("这个代码和所选的卖家身份对不上")
    if form.licence_until and (day_of(form.licence_until) or today) <= today:
        wrong["licence_until"] = marked("营业执照已经过期，或日期写错了")
    return wrong


def _categories(
    form: ApplicationForm, papers: Sequence[Paper], rules: Mapping[str, RuleView], today: date
) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for category in form.categories:
        rule = rules.get(category)
        if rule and rule.is_forbidden:
            wrong["categories"] = marked("有不能在这里卖的类目")
        elif rule and missing_permits(rule, papers, today):
            wrong["permits"] = marked("所选类目要的许可证没有上传，或已经过期")
    return wrong


def missing_permits(rule: RuleView, papers: Iterable[Paper], today: date) -> tuple[str, ...]:
    """The permits this category asks for that no valid paper gives."""
    held = {paper.permit for paper in papers if paper.until is None or paper.until >= today}
    return tuple(permit for permit in rule.permits if permit not in held)


def replaces(later: Named, earlier: Named) -> bool:
    """Whether an accepted paper takes the place of an earlier one.

    One of the same kind does; what goes by product only where it has the same number.
    """
    if later[:2] != earlier[:2]:
        return False
    return later[1] not in BY_PRODUCT or (bool(later[2]) and later[2] == earlier[2])


def reminder(until: date, today: date, told_days: int | None) -> int | None:
    """The reminder due: 30, 7 or 1 days before, 0 once it has run out; None if it was told."""
    left = (until - today).days
    due = 0 if left < 0 else min((days for days in REMINDERS if left <= days), default=None)
    return due if due is not None and (told_days is None or due < told_days) else None
