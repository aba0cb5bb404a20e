"""Which words of a text say what it is about, and what a person's words are worth."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime

from grapevine.discovery.rules.words import cut_words

WORDS_PER_NOTE = 16
WORDS_KEPT = 60
"""Of a person."""
WORD_LENGTH_LEAST, WORD_LENGTH_MOST = 2, 12
TITLE_COUNTS = 3
WRITTEN, SEARCHED = 3.0, 2.0
"""What a word is worth that somebody wrote, and one they searched for; one they read counts as the act itself."""
DECAY_DAYS = 60.0
DAY_SECONDS = 86_400
COMMON_SHARE = 0.1
"""A word of more than a tenth of all notes says nothing."""
COMMON_LEAST = 30
_STOP_TEXT = """
一个 一下 一些 一样 一直 一起 一点 这个 那个 这样 那样 这里 那里 什么 怎么 为什么 我们 你们 他们 她们 自己 大家 别人 没有 不是 就是 还是
可以 可能 已经 因为 所以 但是 不过 如果 而且 或者 然后 现在 今天 昨天 明天 最近 以后 之后 之前 时候 时间 真的 非常 特别 比较 有点 觉得 知道
喜欢 推荐 分享 记录 感觉 东西 事情 问题 第一 第二 第三 其实 终于 只有 只要 还有 所有 每天 每次 一次 两个 三个 不用 不能 不要 不会 需要
the and for with that this you are was have not but from they
"""
STOP = frozenset(_STOP_TEXT.split())


def keywords(title: str, body: str, names: Iterable[str] = ()) -> dict[str, float]:
    """The words a text is about, heaviest first, by how often they stand in it; those of the title and of `names` (topics,
    goods) count three times. Whether a word is common is judged when it is used."""
    found: dict[str, float] = {}
    for text, worth in ((title, TITLE_COUNTS), (" ".join(names), TITLE_COUNTS), (body, 1)):
        for word in cut_words(text):
            if _says_something(word):
                found[word] = found.get(word, 0.0) + worth
    best = sorted(found, key=lambda word: (-found[word], word))[:WORDS_PER_NOTE]
    return {word: found[word] for word in best}


def _says_something(word: str) -> bool:
    return (
        WORD_LENGTH_LEAST <= len(word) <= WORD_LENGTH_MOST
        and word not in STOP
        and not any(char.isdigit() for char in word)
    )


def faded(weight: float, at: datetime, now: datetime) -> float:
    days = max((now - at).total_seconds(), 0.0) / DAY_SECONDS
    return weight * math.exp(-days / DECAY_DAYS)


def rarity(notes: int, total: int) -> float:
    """What a word is worth that stands in so many of so many notes; nothing if it is everywhere."""
    if notes > max(COMMON_LEAST, COMMON_SHARE * total):
        return 0.0
    return math.log((total + 1) / (notes + 1)) + 1.0


def weighed(words: Mapping[str, float], notes: Mapping[str, int], total: int) -> dict[str, float]:
    """A person's words by what they are worth for finding notes, at most sixty."""
    found = {
        word: weight * rarity(notes.get(word, 0), total)
        for word, weight in words.items()
    }  # fmt: skip
    best = sorted(
        (word for word in found if found[word] > 0), key=lambda word: (-found[word], word)
    )
    return {word: found[word] for word in best[:WORDS_KEPT]}
