"""Closing an account takes a person out of every shop's people; closing a shop takes all of its people out."""

from django.db import transaction

from grapevine.insight.models import AssetDay, Customer, PersonAssetDay, Touch


def forget_customer(person_id: int) -> None:
    Customer.objects.filter(person_id=person_id).delete()
    Touch.objects.filter(person_id=person_id).delete()


def forget_own_asset(person_id: int) -> None:
    """What the people were worth whom this person brought; those themselves count on for others as before."""
    PersonAssetDay.objects.filter(person_id=person_id).delete()


@transaction.atomic
def forget_shops_people(shop_id: int) -> None:
    """Whom it counted, what they are worth to it and whom it reached; a shop that opens again is counted again."""
    Touch.objects.filter(act__shop_id=shop_id).delete()
    Customer.objects.filter(shop_id=shop_id).delete()
    AssetDay.objects.filter(shop_id=shop_id).delete()
