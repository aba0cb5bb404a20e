"""Periodic work of this module."""

from grapevine.discovery.actions.counting import count_habits
from grapevine.discovery.actions.feeding import tidy_sessions
from grapevine.discovery.actions.indexing import measure_bare, word_goods
from grapevine.discovery.actions.learning import count_popular, trim_tastes
from grapevine.discovery.actions.phrasing import learn_words
from grapevine.discovery.actions.showing import count_shown, tidy_shown
from grapevine.discovery.actions.tagging import hold_to_words
from grapevine.discovery.actions.trending import count_trending, tidy_reactions
from grapevine.discovery.actions.trying import fade_trials


def popular() -> None:
    """Every minute: what is popular and what trends, and the chips above the feed."""
    count_popular()
    count_trending()
    measure_bare()
    word_goods()


def seen() -> None:
    """Every twenty seconds: what people saw is counted, and what they read and searched for becomes words."""
    count_shown()
    learn_words()


def tidy() -> None:
    """Every hour: old feed sessions and old tastes go, and what people said of their tags is held to."""
    tidy_sessions()
    trim_tastes()
    hold_to_words()
    fade_trials()
    tidy_shown()
    tidy_reactions()


def habits() -> None:
    """Every six hours: what is bought again and again, and what each province buys."""
    count_habits()
