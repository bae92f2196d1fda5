"""Values as TOML spells them, for the files that the product writes itself."""

from collections.abc import Sequence

Value = str | bool | int | float | Sequence["Value"]


def quoted(text: str) -> str:
    r"""A basic string; what cannot be printed is escaped.

    >>> print(quoted('called "deep"'), quoted("\t"))
    "called \"deep\"" "\t"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return '"' + "".join(c if c.isprintable() or c == " " else f"\\U{ord(c):08x}" for c in escaped) + '"'


def spelled(value: Value) -> str:
    """A value as it stands behind the equals sign. A float keeps every digit, so that it is read back the same.

    >>> spelled([0.45, 0.61]), spelled(True), spelled(["a", "b"])
    ('[0.45, 0.61]', 'true', '["a", "b"]')
    """
    match value:
        case str():
            return quoted(value)
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case _:
            return f"[{', '.join(map(spelled, value))}]"
