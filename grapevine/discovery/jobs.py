"""Periodic work of this module."""

from grapevine.discovery.actions.feeding import tidy_sessions
from grapevine.discovery.actions.learning import count_popular, trim_tastes


def popular() -> None:
    """Every minute: what is popular, and the chips above the feed."""
    count_popular()


def tidy() -> None:
    """Every hour: old feed sessions and old tastes go."""
    tidy_sessions()
    trim_tastes()
