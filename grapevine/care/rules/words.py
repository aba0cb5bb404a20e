"""What a review may be: pure decisions."""

import unicodedata
from collections.abc import Sequence

from grapevine.kit.text import marked

WORDS_MAX = 500
REPLY_MAX = 500
REASON_MAX = 300
PICTURES_MAX = 9
TAGS_MAX = 6
TAGS = (
    marked("和描述一致"), marked("质量好"), marked("好看"), marked("性价比高"), marked("包装仔细"),
    marked("物流快"), marked("服务好"), marked("和描述有差距"), marked("质量一般"), marked("物流慢"),
)  # fmt: skip
"""The only tags there are: nobody can write an advertisement into one."""


def cleaned(text: str) -> str:
    """Without control characters, line ends of one kind."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in plain if c == "\n" or unicodedata.category(c) != "Cc")
    return "".join(kept).strip()


def wrong_parts(
    *, stars: Sequence[int], words: str, tags: Sequence[str], pictures: int
) -> dict[str, str]:
    """Which inputs stop a review, with what to do about each."""
    wrong: dict[str, str] = {}
    if any(not 1 <= one <= 5 for one in stars):
        wrong["stars"] = marked("三项都打一下分，1 到 5 星")
    if len(words) > WORDS_MAX:
        wrong["words"] = marked("最多 500 个字")
    if len(tags) > TAGS_MAX or any(one not in TAGS for one in tags):
        wrong["tags"] = marked("标签最多选 6 个")
    if pictures > PICTURES_MAX:
        wrong["pictures"] = marked("最多放 9 张图")
    return wrong


def masked(name: str) -> str:
    """An anonymous name: the first letter, stars, the last. Of a short name only the first stays."""
    if len(name) <= 2:
        return f"{name[:1]}***"
    return f"{name[0]}***{name[-1]}"
