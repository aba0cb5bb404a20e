"""What the rest of the house may call."""

from grapevine.people.actions import (
    authenticate,
    block,
    follow,
    issue_token,
    note_sign_in,
    require_password,
    save_follows_bulk,
    save_people_bulk,
    set_personalised,
    sign_up,
    unblock,
    unfollow,
)
from grapevine.people.actions import use_token as person_for_token
from grapevine.people.ports import register_keeper
from grapevine.people.queries import (
    blocked_ids,
    card_by_handle,
    cards,
    followee_ids,
    follower_ids,
    is_following,
    is_operator,
    own_data,
    people_page,
    personalised,
    saved_views,
)
from grapevine.people.second_factor import (
    begin_second_factor,
    check_second_factor,
    confirm_second_factor,
    has_second_factor,
)

__all__ = [
    "authenticate",
    "begin_second_factor",
    "block",
    "blocked_ids",
    "card_by_handle",
    "cards",
    "check_second_factor",
    "confirm_second_factor",
    "follow",
    "followee_ids",
    "follower_ids",
    "has_second_factor",
    "is_following",
    "is_operator",
    "issue_token",
    "note_sign_in",
    "own_data",
    "people_page",
    "person_for_token",
    "personalised",
    "register_keeper",
    "require_password",
    "save_follows_bulk",
    "save_people_bulk",
    "saved_views",
    "set_personalised",
    "sign_up",
    "unblock",
    "unfollow",
]
