"""Reads of juries. What was voted is in no view before the jury has closed."""

from collections import Counter
from collections.abc import Sequence

from grapevine.cases import access
from grapevine.cases.actions_free import CLOSED
from grapevine.cases.contracts import JuryState, JuryView, SeatView, Tally, VoteView
from grapevine.cases.models import Consent, Juror, Jury, Volunteer
from grapevine.kit.paging import Page, clamp, decode_cursor, encode_cursor
