"""The tables of cases."""

from grapevine.cases.models.juries import Consent, Juror, Jury, Volunteer

__all__ = ["Consent", "Juror", "Jury", "Volunteer"]
