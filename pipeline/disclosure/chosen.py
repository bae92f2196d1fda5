"""The profile that a home chose for the tables of clinics: `disclosure.toml`, the strict one where there is none."""

import tomllib
from pathlib import Path

from pipeline.disclosure.policy import CHOICES, PROFILES, STRICT, Policy
from pipeline.errors import UsageError

FILE = "disclosure.toml"
_KEY = "profile"


def chosen(home: Path) -> Policy:
    """The home's profile. Raises UsageError where the file is not what it should be, for a misspelt word must not
    quietly become another rule."""
    file = home / FILE
    if not file.exists():
        return STRICT
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file} cannot be read as TOML ({error}); mend it and publish again") from None
    name = content.get(_KEY)
    if content.keys() != {_KEY} or name not in CHOICES:
        raise UsageError(
            f'{file} holds {content!r}, expected one line such as profile = "{STRICT.name}"; '
            f"there are {', '.join(CHOICES)}"
        )
    return PROFILES[name]
