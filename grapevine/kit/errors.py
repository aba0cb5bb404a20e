"""Refusals the product expects to make, with a stable code for machines and plain words for people."""

from typing import Any, ClassVar

from grapevine.kit.text import marked


class DomainError(Exception):
    """An expected refusal. Subclasses set `code`, `status`, `message` and, where it helps, `remedy`.

    Keyword arguments fill the `%(name)s` places of message and remedy and are shown to API clients
    as `params`. `fields` names the wrong inputs of a form: {"price": "…"}.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    message: ClassVar[str] = marked("这一步没有成功")
    remedy: ClassVar[str] = ""

    def __init__(self, *args: object, fields: dict[str, str] | None = None, **params: Any) -> None:
        super().__init__(*args)
        self.fields = fields or {}
        self.params = params

    def __str__(self) -> str:
        return f"{self.code} {' '.join(map(str, self.args))} {self.params or ''}".strip()


class NotFound(DomainError):
    code = "not_found"
    status = 404
    message = marked("没有找到这个页面")
    remedy = marked("它可能已被删除，或链接不完整")


class NotSignedIn(DomainError):
    code = "not_signed_in"
    status = 401
    message = marked("请先登录")


class NotAllowed(DomainError):
    code = "not_allowed"
    status = 403
    message = marked("你没有权限做这件事")


class BadInput(DomainError):
    code = "bad_input"
    status = 422
    message = marked("有几处需要改一下")
