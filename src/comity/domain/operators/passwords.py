"""What a password may be made of. Which ones are common is told from outside: the list is no rule."""

from comity.domain.operators.access import PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN

DIFFERENT_MIN = 5
REPEATED_MAX = 8  # a piece up to so long, said over and over, is as easily guessed as the piece
_KNOWN_WORDS = ("comity", "password")


def fault_of_password(password: str, person: str) -> str | None:
    """Why a password is not taken, in words that hold nothing of it; None where its form is good.

    Source: OWASP ASVS 5.0.0, 6.2.1, 6.2.5, 6.2.9, 6.2.11.
    """
    length = len(password)
    if not PASSWORD_LENGTH_MIN <= length <= PASSWORD_LENGTH_MAX:
        return f"{length} characters; {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} are taken"
    plain = folded(password)
    if any(plain == (plain[:size] * length)[:length] for size in range(1, REPEATED_MAX + 1)):
        return f"a piece of at most {REPEATED_MAX} characters, repeated"
    for word in (person, *_KNOWN_WORDS):
        plain = plain.replace(folded(word), "")
    if len(set(plain)) < DIFFERENT_MIN:
        return "made of too few different characters beside known words"
    return None


def folded(password: str) -> str:
    """As passwords are compared with known ones: whoever guesses tries capitals too."""
    return password.casefold()
