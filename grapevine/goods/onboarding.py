"""Opening a shop and keeping the right to sell, as others see it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.signals.contracts import Event


class Kind(StrEnum):
    """Who sells: a company, an individual business with a licence, or a person within limits."""

    ENTERPRISE = "enterprise"
    BUSINESS = "business"
    INDIVIDUAL = "individual"


class Cause(StrEnum):
    """Why goods, or all goods of a shop, cannot be ordered."""

    REVIEW = "review"
    """The shop's application, or the goods themselves, were not approved yet."""
    REJECTED = "rejected"
    PERMIT = "permit"
    """The category asks for a permit that is missing or has run out."""
    LICENCE = "licence"
    """The shop's own licence or identity has run out."""
    INSPECTION = "inspection"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    LIMIT = "limit"
    DEPOSIT = "deposit"
    SAMPLE = "sample"


class ApplicationNotFound(NotFound):
    code = "goods.application_not_found"
    message = marked("没有找到这份申请")


class DocumentNotFound(NotFound):
    code = "goods.document_not_found"
    message = marked("没有找到这份证件")


class AlreadyDecided(DomainError):
    code = "goods.already_decided"
    status = 409
    message = marked("这一件已经有人处理过了")
    remedy = marked("刷新看看现在的状态")


class CannotChange(DomainError):
    code = "goods.application_closed"
    status = 409
    message = marked("这份申请正在审核或已经通过，不能再改")
    remedy = marked("审核结果出来后可以修改再交")


class Withheld(DomainError):
    code = "goods.withheld"
    status = 409
    message = marked("现在还不能上架：%(why)s")
    remedy = marked("处理好这件事，就会自动上架")


class UpgradeNeeded(DomainError):
    code = "goods.upgrade_needed"
    status = 409
    message = marked("个人小店最多上架 %(most)s 件商品")
    remedy = marked("升级成个体工商户或企业，就没有这个上限")


class NotClosed(DomainError):
    code = "goods.shop_not_closed"
    status = 409
    message = marked("店铺关闭以后才能退保证金")


class DepositWrong(DomainError):
    code = "goods.deposit_wrong"
    status = 422
    message = marked("金额不对：要大于 0，退还不能超过已收的")


class AgreementChanged(DomainError):
    code = "goods.agreement_changed"
    status = 409
    message = marked("协议有了新版本，请再看一遍")


@dataclass(frozen=True, slots=True)
class ApplicationForm:
    """What an applicant writes. Dates as YYYY-MM-DD or ""; "" for a licence without an end."""

    kind: str = "individual"
    company: str = ""
    code: str = ""
    licence_until: str = ""
    person: str = ""
    identity: str = ""
    identity_until: str = ""
    phone: str = ""
    address: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """What automatic checks know of a document."""

    kind: str
    permit: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was sent back: which field, a code of `rules.onboarding.REASONS`, and words."""

    field: str
    code: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class DocumentView:
    public_id: str
    kind: str
    permit: str
    number: str
    until: date | None
    state: str
    """given, accepted, refused, or replaced by the paper `replaced_by`."""
    is_over: bool
    replaced_by: str = ""
    reason: str = ""
    """Why it was refused: a code, and what the operator wrote beside it."""
    note: str = ""

    @property
    def counts(self) -> bool:
        return self.state in ("given", "accepted")


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application; `identity` is masked unless asked for whole by an operator."""

    public_id: str
    shop_id: int
    shop_slug: str
    shop_name: str
    state: str
    form: ApplicationForm
    reasons: tuple[Reason, ...]
    documents: tuple[DocumentView, ...]
    created_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None

    @property
    def can_change(self) -> bool:
        return self.state in ("draft", "more", "rejected")


@dataclass(frozen=True, slots=True)
class RuleView:
    """What selling goods of a category takes. `permits` and `required` are names."""

    category: str
    version: int = 0
    permits: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    risk: int = 0
    is_forbidden: bool = False
    deposit_minor: int = 0


@dataclass(frozen=True, slots=True)
class WithheldView:
    """`goods_id` None is the whole shop."""

    goods_id: int | None
    cause: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a shop may do now, and what is missing."""

    kind: str
    withheld: tuple[WithheldView, ...]
    deposit_due_minor: int
    deposit_paid_minor: int
    goods_count: int
    goods_most: int | None
    sales_minor: int
    sales_most_minor: int | None

    @property
    def is_open(self) -> bool:
        return not self.withheld


@dataclass(frozen=True, slots=True)
class Conduct:
    """What a shop's rating may take from here: samples and suspensions since a moment."""

    inspections_passed: int
    inspections_failed: int
    suspensions: int


@dataclass(frozen=True, slots=True)
class ShopApplied(Event):
    name: ClassVar[str] = "goods.shop_applied"
    shop_id: int
    person_id: int
    at: str


@dataclass(frozen=True, slots=True)
class ShopApproved(Event):
    name: ClassVar[str] = "goods.shop_approved"
    shop_id: int
    person_id: int
    kind: str
    at: str


@dataclass(frozen=True, slots=True)
class ShopSentBack(Event):
    """An application was rejected, or more is asked for (`state` rejected or more)."""

    name: ClassVar[str] = "goods.shop_sent_back"
    shop_id: int
    person_id: int
    state: str
    at: str


@dataclass(frozen=True, slots=True)
class DocumentRunsOut(Event):
    """`days` until it does: 30, 7 or 1; 0 when it has."""

    name: ClassVar[str] = "goods.document_runs_out"
    shop_id: int
    person_id: int
    document: str
    kind: str
    permit: str
    days: int
    at: str


@dataclass(frozen=True, slots=True)
class DocumentRefused(Event):
    """A paper handed in later was not accepted. `title` and `why` in the house's words, `note` in the operator's."""

    name: ClassVar[str] = "goods.document_refused"
    shop_id: int
    person_id: int
    document: str
    title: str
    why: str
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class SalesWithheld(Event):
    """Goods, or all goods of a shop (`goods_id` 0), were taken out of sale."""

    name: ClassVar[str] = "goods.sales_withheld"
    shop_id: int
    person_id: int
    goods_id: int
    cause: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class SalesResumed(Event):
    name: ClassVar[str] = "goods.sales_resumed"
    shop_id: int
    person_id: int
    goods_id: int
    cause: str
    at: str
