"""Numbers that identify a seller, with their check digits."""

from datetime import date

# GB 32100-2015: 17 characters and a check character; no I, O, S, V, Z.
CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_WEIGHTS = tuple(pow(3, n, 31) for n in range(17))
# GB 11643-1999: 17 digits and a check character by ISO 7064 MOD 11-2.
IDENTITY_WEIGHTS = tuple(pow(2, 17 - n, 11) for n in range(17))
IDENTITY_CHECKS = "10X98765432"
ADULT_YEARS = 18


def is_credit_code(text: str) -> bool:
    """Whether this is a unified social credit code (GB 32100-2015), check character included."""
    if len(text) != 18 or any(one not in CODE_LETTERS for one in text):
        return False
    total = sum(
        CODE_LETTERS.index(one) * by for one, by in zip(text[:17], CODE_WEIGHTS, strict=True)
    )
    return CODE_LETTERS[(31 - total % 31) % 31] == text[17]


def birthday_of(identity: str) -> date | None:
    """The day of birth in a citizen identity number (GB 11643-1999), or None if the number is wrong."""
    body = identity[:17]
    if len(identity) != 18 or not (body.isascii() and body.isdigit()) or body[0] == "0":
        return None
    total = sum(int(one) * by for one, by in zip(body, IDENTITY_WEIGHTS, strict=True))
    if IDENTITY_CHECKS[total % 11] != identity[17]:
        return None
    try:
        return date(int(identity[6:10]), int(identity[10:12]), int(identity[12:14]))
    except ValueError:
        return None


def is_adult(born: date, today: date) -> bool:
    """Whether 18 years are over (Civil Code of the PRC, article 17)."""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years >= ADULT_YEARS


def masked(identity: str) -> str:
    """The first and the last four characters."""
    return f"{identity[:4]}{'*' * (len(identity) - 8)}{identity[-4:]}" if len(identity) > 8 else ""
