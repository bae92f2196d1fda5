"""Small pieces of SQL text that the admission query is put together from."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.contract.words import MISSING_TOKENS, NO, YES

_SEPARATOR = "\x1f"
"""Between the parts of a text that is hashed; no cell of a text file holds the unit separator."""

_ABSENT = "chr(30)"

BLANKS = " \t\u00a0\ufeff"

AMBIGUOUS_FREQUENCY = r"\bbi[- ]?(weekly|monthly)\b"
"""Words for a frequency that mean two things (contract, section 2)."""


NUMBER = "DECIMAL(18,6)"
"""What a number is read as."""


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A quoted string literal."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """A parenthesised list of string literals."""
    return "(" + ", ".join(text(v) for v in values) + ")"


def parquet(paths: Iterable[Path]) -> str:
    """A table function over Parquet files."""
    return "read_parquet([" + ", ".join(text(str(p)) for p in paths) + "])"


def enumeration(vocabulary: str) -> str:
    """The type whose values are the codes of a vocabulary: a byte a record in place of a word."""
    return f"code_{vocabulary}"


def trimmed(expression: str) -> str:
    """A cell without the blanks around it."""
    # a look for them takes a third of the time that DuckDB takes to trim by letters
    holds = f"regexp_matches({expression}, {text(f'[{BLANKS}]')})"
    return f"CASE WHEN {holds} THEN trim({expression}, {text(BLANKS)}) ELSE {expression} END"


def token(expression: str, values: Mapping[str, str] | None = None) -> str:
    """A cell without the blanks around it, put through the sender's code values; NULL where it says nothing."""
    cell = trimmed(expression)
    missing = f"lower({cell}) IN {texts(MISSING_TOKENS)}"
    plain = f"CASE WHEN {missing} THEN NULL ELSE {cell} END"
    if not values:
        return plain
    cases = " ".join(f"WHEN {text(k.strip().lower())} THEN {text(v)}" for k, v in values.items())
    return f"CASE lower(coalesce({cell}, '')) {cases} ELSE {plain} END"


def joined(expressions: Iterable[str]) -> str:
    """One text out of many, in which no two different lists look the same."""
    parts = [f"coalesce(CAST({e} AS VARCHAR), {_ABSENT})" for e in expressions]
    return parts[0] if len(parts) == 1 else f"concat_ws({text(_SEPARATOR)}, {', '.join(parts)})"


def keyed(scope: Iterable[str], expressions: Iterable[str]) -> str:
    """The keyed hash of many expressions. `scope` says what it is the id of, in words without the separator: ids of
    another table, source or kind have another key."""
    return f"keyed({text(_SEPARATOR.join(scope))}, {joined(expressions)})"


def boolean(expression: str) -> str:
    """true/false, yes/no, 1/0; NULL where it is none of them."""
    # by place in a list: DuckDB joins with the words of a longer IN
    words = ", ".join(map(text, (*YES, *NO)))
    return f"list_position([{words}], lower({expression})) <= {len(YES)}"


def content(stored: Iterable[str]) -> str:
    """A hash of what a record says, the same from run to run; `is_withdrawn` and `relative_days` stand beside it."""
    said = joined(["relative_days", *map(name, stored)])
    return f"CAST(CASE WHEN is_withdrawn THEN md5('withdrawn') ELSE md5({said}) END AS UUID)"


def said(columns: Iterable[tuple[str, str]]) -> str:
    """A quick hash of what a record says, to tell changed from unchanged. DuckDB's own, which another version may
    compute otherwise: it is compared within one query and never stored. `columns` are (name, type) as stored."""
    cells = ", ".join(f"CAST({name(n)} AS {kind})" for n, kind in columns)
    return f"CASE WHEN is_withdrawn THEN 0 ELSE hash(relative_days, {cells}) END"


def number(expression: str, decimal: str, suffixes: Iterable[str] = ()) -> str:
    """A DECIMAL(18,6) of a token, which may carry one of `suffixes`; NULL where it is no number."""
    plain = _plain_number(expression, decimal)
    alternatives = "|".join(_escaped(s.lower()) for s in suffixes if s)
    if not alternatives:
        return plain
    pattern = text(f"^([-+0-9.,]+)[ \u00a0]*({alternatives})$")
    stripped = f"nullif(regexp_extract(lower({expression}), {pattern}, 1), '')"
    return f"coalesce({plain}, {_plain_number(stripped, decimal)})"


def _plain_number(expression: str, decimal: str) -> str:
    if decimal == ",":
        return (
            f"CASE WHEN NOT contains({expression}, '.') AND NOT contains({expression}, '_') "
            f"THEN TRY_CAST(replace({expression}, ',', '.') AS {NUMBER}) END"
        )
    return f"CASE WHEN NOT contains({expression}, '_') THEN TRY_CAST({expression} AS {NUMBER}) END"


def _escaped(literal: str) -> str:
    return "".join(c if c.isalnum() or c == " " else "\\" + c for c in literal)


def plain_day(expression: str) -> str:
    """A DATE of a token that is written as ISO 8601 to the letter; NULL of any other."""
    written = f"TRY_CAST({expression} AS DATE)"
    return f"CASE WHEN strlen({expression}) = 10 AND CAST({written} AS VARCHAR) = {expression} THEN {written} END"


def day(expression: str, pattern: str | None, timezone: str | None) -> str:
    """A DATE of a token: ISO 8601, or the sender's pattern. A clock time counts as the local day written;
    one with an offset is first moved to the source's time zone, if it names one."""
    if pattern is not None:
        return f"CAST(try_strptime({expression}, {text(pattern)}) AS DATE)"
    written = f"TRY_CAST(left({expression}, 10) AS DATE)"
    shaped = f"(length({expression}) = 10 OR regexp_matches({expression}, '^.{{10}}[T ][0-9]{{2}}(:?[0-9]{{2}})'))"
    local = f"CASE WHEN contains(left({expression}, 10), '-') AND {shaped} THEN {written} END"
    if timezone is None:
        return local
    offset = f"regexp_matches({expression}, '^.{{10}}[T ].*(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$')"
    moved = f"CAST(timezone({text(timezone)}, TRY_CAST({expression} AS TIMESTAMPTZ)) AS DATE)"
    return f"CASE WHEN {offset} THEN {moved} ELSE {local} END"
