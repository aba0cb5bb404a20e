"""People as others see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from grapevine.kit.errors import DomainError, NotFound
from grapevine.kit.text import marked
from grapevine.signals.contracts import BOTH, Event


class PersonNotFound(NotFound):
    code = "people.not_found"
    message = marked("没有找到这个人")


class IdentifierTaken(DomainError):
    code = "people.identifier_taken"
    status = 409
    message = marked("这个手机号或邮箱已经注册过")
    remedy = marked("直接登录就好")


class BadIdentifier(DomainError):
    code = "people.bad_identifier"
    status = 422
    message = marked("请填手机号或邮箱")


class WeakPassword(DomainError):
    code = "people.weak_password"
    status = 422
    message = marked("密码至少 8 位，别用太常见的")


class WrongPassword(DomainError):
    code = "people.wrong_password"
    status = 401
    message = marked("账号或密码不对")


class NotWithYourself(DomainError):
    code = "people.not_with_yourself"
    status = 409
    message = marked("不能对自己这样做")


class Blocked(DomainError):
    code = "people.blocked"
    status = 403
    message = marked("你们之间有一方拉黑了另一方")


class TooManyViews(DomainError):
    code = "people.too_many_views"
    status = 409
    message = marked("这一页最多存 %(most)s 个视图")
    remedy = marked("先删掉一个不用的")


@dataclass(frozen=True, slots=True)
class SavedViewCard:
    """A list as a person keeps it: `query` is what follows the question mark."""

    id: int
    name: str
    query: str


class SecondFactorMissing(DomainError):
    code = "people.second_factor_missing"
    status = 403
    message = marked("要先打开两步验证")
    remedy = marked("到「设置」里打开，再回来做这一步")


class SecondFactorPresent(DomainError):
    code = "people.second_factor_present"
    status = 409
    message = marked("两步验证已经打开了")


class WrongCode(DomainError):
    code = "people.wrong_code"
    status = 403
    message = marked("验证码不对，或已经用过")
    remedy = marked("等验证器换下一个码再试")


@dataclass(frozen=True, slots=True)
class SecondFactorSetUp:
    """A secret to type, and the same as an address to scan."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person on a card. `avatar` is a URL path, "" where there is no picture."""

    id: int
    handle: str
    name: str
    avatar: str
    bio: str
    region: str
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A row to import. Empty text means not given; without a password the account cannot sign in."""

    handle: str
    name: str
    phone: str = ""
    email: str = ""
    password: str = ""
    region: str = ""
    bio: str = ""
    avatar_id: int | None = None
    joined_at: datetime | None = None
    is_operator: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    person: PersonCard
    followers: int
    followees: int
    following: bool
    blocking: bool


@dataclass(frozen=True, slots=True)
class TokenView:
    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


class SessionNotFound(NotFound):
    code = "people.session_not_found"
    message = marked("这个登录已经结束了")


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser that is signed in. `id` names it and opens nothing."""

    id: str
    device: str
    started_at: datetime | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class PersonSignedUp(Event):
    """`consent`: as a column of the log; without `personalise` the log does not learn which browser it was."""

    name: ClassVar[str] = "people.person_signed_up"
    person_id: int
    visitor_id: str
    at: str
    consent: str = BOTH


@dataclass(frozen=True, slots=True)
class PersonSignedIn(Event):
    name: ClassVar[str] = "people.person_signed_in"
    person_id: int
    visitor_id: str
    at: str
    consent: str = BOTH


@dataclass(frozen=True, slots=True)
class PersonSignedOut(Event):
    name: ClassVar[str] = "people.person_signed_out"
    person_id: int
    visitor_id: str
    at: str


@dataclass(frozen=True, slots=True)
class PersonalisationSwitched(Event):
    """Off: what browsers did before this person signed in there is theirs no longer."""

    name: ClassVar[str] = "people.personalisation_switched"
    person_id: int
    is_on: bool
    at: str


@dataclass(frozen=True, slots=True)
class PersonFollowed(Event):
    name: ClassVar[str] = "people.person_followed"
    person_id: int
    followee_id: int
    at: str


@dataclass(frozen=True, slots=True)
class PersonUnfollowed(Event):
    name: ClassVar[str] = "people.person_unfollowed"
    person_id: int
    followee_id: int
    at: str


@dataclass(frozen=True, slots=True)
class PersonBlocked(Event):
    name: ClassVar[str] = "people.person_blocked"
    person_id: int
    other_id: int
    at: str


People = Sequence[PersonCard]
