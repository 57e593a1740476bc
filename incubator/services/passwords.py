"""Passwords: the rules they must meet, and their argon2 hashes."""

from __future__ import annotations

import unicodedata
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from incubator.errors import Invalid
from incubator.text import Text

# MLPS level 2 asks for complex passwords; the domain's description gives 10 characters of 3 classes.
SHORTEST = 10
CLASSES = 3
# Argon2 works through the whole text: a limit keeps a request from making it work through megabytes.
LONGEST = 200

# OWASP's first choice for argon2id that fits many sign-ins at once: 19 MiB, two passes, one lane.
_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))


def check_password_rules(password: str, username: str) -> None:
    """Raise Invalid, naming every rule it breaks, unless the password may be used with this username."""
    problems = []
    if not SHORTEST <= len(password) <= LONGEST:
        problems.append(
            Text("密码长度须为{low}至{high}个字符", "A password has {low} to {high} characters").fill(
                low=SHORTEST, high=LONGEST
            )
        )
    if _classes(password) < CLASSES:
        problems.append(
            Text(
                "密码须包含大写字母、小写字母、数字、其他字符中的至少{count}类",
                "A password mixes at least {count} of: capital letters, small letters, digits, other characters",
            ).fill(count=CLASSES)
        )
    if username and username.casefold() in password.casefold():
        problems.append(Text("密码不得包含用户名", "A password does not contain the username"))
    if problems:
        raise Invalid(
            Text("密码不符合要求，请另设密码", "The password does not meet the rules; choose another"),
            fields={"password": problems},
        )


def hash_password(password: str) -> str:
    """The argon2 hash to keep. Takes some 20 ms on purpose: never call it inside a transaction."""
    return _HASHER.hash(_typed(password))


def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the hashed one; for None, an unknown account, works as long and says no."""
    known = _HASHER.verify(_typed(password[:LONGEST]), password_hash or _hash_of_nobody())
    return known and password_hash is not None and len(password) <= LONGEST


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash("nobody's password, which nobody types")


def _typed(password: str) -> str:
    # The same password from two keyboards must be the same bytes.
    return unicodedata.normalize("NFKC", password)


def _classes(password: str) -> int:
    kinds = {
        "upper" if each.isupper() else "lower" if each.islower() else "digit" if each.isdigit() else "other"
        for each in password
    }
    return len(kinds)
