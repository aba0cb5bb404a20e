"""What the feed keeps of a person goes when they say so."""

from grapevine.discovery.models import Bond, Browser, Phrase, Reaction, Shown


def forget_choices(person_id: int) -> None:
    """Personalisation is off: neither what they saw nor their words are kept."""
    for model in (Shown, Phrase):
        model.objects.filter(person_id=person_id).delete()


def forget_person(person_id: int) -> None:
    """The account closes."""
    forget_choices(person_id)
    for model in (Reaction, Browser):
        model.objects.filter(person_id=person_id).delete()
    Bond.objects.filter(person_id=person_id).delete()
    Bond.objects.filter(other_id=person_id).delete()
