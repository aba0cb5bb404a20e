"""Why a folder as a whole cannot be imported. Nothing has been changed when one of these is raised."""

from grapevine.kit.errors import DomainError
from grapevine.kit.text import marked


class ImportRefused(DomainError):
    """`reason` says what is wrong in Chinese and English, with the file and the line."""

    code = "import.refused"
    status = 422
    message = marked("没有导入任何内容：%(reason)s")


class ConvertRefused(DomainError):
    code = "convert.refused"
    status = 422
    message = marked("没有转换：%(reason)s")
