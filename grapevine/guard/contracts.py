"""Limits, verdicts and refusals."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked


class TooManyRequests(DomainError):
    code = "guard.too_many_requests"
    status = 429
    message = marked("操作太快了，请 %(retry_after)s 秒后再试")


class KeyMismatch(DomainError):
    code = "idempotency.mismatch"
    status = 422
    message = marked("同一个 Idempotency-Key 用在了不同的请求上")
    remedy = marked("换一个新的 key 再发")


class BadKey(DomainError):
    code = "idempotency.bad_key"
    status = 422
    message = marked("Idempotency-Key 要在 1 到 80 个可见字符之间")


class Refused(DomainError):
    """A text that may not be published; `hits` quotes what was found."""

    code: ClassVar[str] = "guard.refused"
    status = 422
    message = marked("这段文字里有不能发布的内容：%(hits)s")
    remedy = marked("改掉这几处再发")


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105  not a password
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Hit:
    """A quoted span and the rule it met."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Outcome
    hits: tuple[Hit, ...] = ()

    @property
    def blocked(self) -> bool:
        return self.outcome is Outcome.BLOCK


@dataclass(frozen=True, slots=True)
class AuditView:
    """One entry of the trail. `before` and `after` are plain values, None where there is none."""

    id: int
    at: datetime
    actor_id: int | None
    action: str
    object: str
    before: Any
    after: Any
    shop_id: int | None
    subject_id: int | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What of the trail is asked for; None and "" leave a part open. `action` may end in a dot: all of a kind."""

    shop_id: int | None = None
    subject_id: int | None = None
    actor_id: int | None = None
    action: str = ""
    object: str = ""
    day: date | None = None
