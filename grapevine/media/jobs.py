"""Periodic work of this module."""

from grapevine.media import actions, videos


def forget_unused() -> int:
    """Pictures and videos of drafts that were never sent go; how many."""
    return actions.forget_unused() + videos.forget_unused()
