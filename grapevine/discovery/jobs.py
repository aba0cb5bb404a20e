"""Periodic work of this module."""

from grapevine.discovery.actions.counting import count_habits
from grapevine.discovery.actions.feeding import tidy_sessions
from grapevine.discovery.actions.learning import count_popular, trim_tastes
from grapevine.discovery.actions.tagging import hold_to_words


def popular() -> None:
    """Every minute: what is popular, and the chips above the feed."""
    count_popular()


def tidy() -> None:
    """Every hour: old feed sessions and old tastes go, and what people said of their tags is held to."""
    tidy_sessions()
    trim_tastes()
    hold_to_words()


def habits() -> None:
    """Every six hours: what is bought again and again, and what each province buys."""
    count_habits()
