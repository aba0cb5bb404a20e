"""Closing an account takes a person out of every shop's people."""

from grapevine.insight.models import Customer, Touch


def forget_customer(person_id: int) -> None:
    Customer.objects.filter(person_id=person_id).delete()
    Touch.objects.filter(person_id=person_id).delete()
