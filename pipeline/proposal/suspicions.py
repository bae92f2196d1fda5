"""What looks wrong in a file that has a mapping: guesses offered as text, with the line that would mend it.

A guess names patterns, counts and units, never somebody's date, id or free text; a word only if `words` lets it.
"""

from collections.abc import Iterator, Mapping

import duckdb

from pipeline.contract.mapping import Manifest
from pipeline.contract.staged import StagedFile
from pipeline.contract.words import headers_told
from pipeline.engine.duckdb import quote_name
from pipeline.proposal import columns, date_guesses, number_guesses, second_table, words
from pipeline.proposal.headers import instrument_of, wide_name
from pipeline.proposal.look import Guess, Look, look
from pipeline.proposal.synonyms import ASKED
from pipeline.toml_values import quoted

_WORDS_NAMED = 8
_CODES_NAMED = 12
_LINES_IN_A_ROW = 5
"""So many lines one after another that are no records hang together (judgement): a mistyped one stands alone."""


def suspicions(con: duckdb.DuckDBPyConnection, file: StagedFile, manifest: Manifest) -> list[Guess]:
    """Everything that looks wrong in one staged file, table by table."""
    if file.headers and not set(headers_told(file.headers)) & set(file.headers):
        sentence = "the first line looks like a record, not like headers; add a line that names the columns"
        return [Guess("header_is_data", file.name, None, None, None, 0, sentence, None)]
    whole = [*second_table.find(con, file)] if manifest.format in ("csv", "xlsx") else []
    whole = [*(whole or _swallowed(con, file, manifest)), *_empty(con, file, manifest)]
    found: dict[tuple[object, ...], Guess] = {(guess.kind,): guess for guess in whole}
    for mapping in file.tables:
        seen = look(con, file, mapping, manifest)
        for about in (_required, _headers, number_guesses.of, date_guesses.of, _words, _damage):
            for guess in about(seen):
                found.setdefault((guess.kind, guess.header, guess.column or guess.table, guess.setting), guess)
    return list(found.values())


def _swallowed(con: duckdb.DuckDBPyConnection, file: StagedFile, manifest: Manifest) -> Iterator[Guess]:
    """Lines in a row that are no records, as behind a quote that nobody closed."""
    if file.malformed is None or manifest.format not in ("csv", "redcap"):
        return
    runs = con.execute(
        "SELECT min(__line), max(__line), count(*) FROM (SELECT __line, __line - row_number() OVER (ORDER BY __line) "
        "AS run FROM read_parquet(?) WHERE reason = 'malformed_line') GROUP BY run HAVING count(*) >= ? ORDER BY 1",
        [str(file.malformed), _LINES_IN_A_ROW],
    ).fetchall()
    if runs:
        first, last, n = runs[0]
        sentence = (
            f"lines {first} to {last}, one after another, are no records of {len(file.headers)} cells; if a quote is "
            f"opened in line {first} and never closed, close it or take it out, and the lines below it are read again"
        )
        yield Guess("lines_in_a_row", file.name, None, None, None, n, sentence, None)


def _empty(con: duckdb.DuckDBPyConnection, file: StagedFile, manifest: Manifest) -> Iterator[Guess]:
    """Rows of nothing but delimiters, as a spreadsheet saves those below its table that were once touched."""
    if manifest.format != "csv" or not file.headers:
        return
    cells = ", ".join(map(quote_name, file.headers))
    ((n, first),) = con.execute(
        f"SELECT count(*), min(__line) FROM read_parquet(?) WHERE trim(concat({cells})) = ''", [str(file.data)]
    ).fetchall()
    if n:
        sentence = (
            f"{n} rows, the first in line {first}, hold nothing but delimiters, and are refused for what they lack; "
            "delete them, or leave them out by skip_footer where they are the last"
        )
        yield Guess("empty_rows", file.name, None, None, None, n, sentence, None)


def _required(seen: Look) -> Iterator[Guess]:
    """Required columns that no header holds: without them no record can be taken.

    Responses have no header but what they answer: where none is of this table, none is missing.
    """
    mapping = seen.mapping
    if seen.manifest.format == "fhir" and not any(profile.n for profile in seen.profiles.values()):
        return
    there = {*seen.natives.values(), *mapping.constants, *(["effect"] if mapping.effects else [])}
    if mapping.instruments:
        there |= {"instrument", "value"}
        there |= {"assessed_on"} if all(w.visit or w.day is not None for w in mapping.instruments) else set()
        there |= {"rater"} if all(w.rater for w in mapping.instruments) else set()
    for native in columns.missing(seen.table, there):
        column = seen.table.column(native)
        codes = words.codes(column) if column.kind == "code" else ()
        same = f'; if it is the same for all rows, constants = {{ {native} = "{codes[0]}" }}' if codes else ""
        whose = "" if column.required else " that has a stage"
        yield seen.guess(
            "no_consent" if native == "consent" else "required_unmapped",
            f"no header holds {native} ({column.doc.rstrip('.')}), so no record{whose} can be taken: map one{same}",
            native=native,
        )


def _headers(seen: Look) -> Iterator[Guess]:
    """Headers that are not stored, and are called like a column that nothing holds yet."""
    taken = {*seen.natives.values(), *seen.mapping.constants, ASKED}
    wide = {w.header for w in seen.mapping.instruments}
    for header, profile in seen.profiles.items():
        if header in seen.natives or header in wide:
            continue
        close = [reading.native for reading in columns.offered(seen.table, profile) if reading.native not in taken]
        code = instrument_of(wide_name(header).words) if seen.table.name == "outcomes" and profile.is_numeric else None
        if close:
            sentence, setting = f"is it {close[0]}?", f"columns = {{ {quoted(header)} = {quoted(close[0])} }}"
        elif code is not None:
            sentence = f"does it hold values of {code}?"
            setting = f"instruments = {{ {quoted(header)} = {{ instrument = {quoted(code)} }} }}"
        else:
            continue
        native = close[0] if close else "instrument"
        sentence = f'"{header}" is not stored; {sentence}'
        yield seen.guess("header_close", sentence, native=native, header=header, n=profile.n, setting=setting)


def _words(seen: Look) -> Iterator[Guess]:
    """Words that no vocabulary knows, as far as they may be shown."""
    for header, native in seen.natives.items():
        column = seen.column(native)
        if column is None or column.kind not in ("code", "boolean", "flag"):
            continue
        mapped = {word.strip().lower() for word in seen.mapping.values.get(native, {})}
        left = [w for w in seen.profiles[header].words if w.text.lower() not in mapped]
        found = words.meanings(column, left)
        counts = {w.text: w.n for w in left}
        if found.proposed:
            said = ", ".join(f'"{w}" ({counts[w]} cells) like {code}' for w, code in _first(found.proposed))
            setting = _values(native, dict(_first(found.proposed)))
            sentence = f"{native} does not know these words, but knows alike ones: {said}"
            n = sum(counts[w] for w in found.proposed)
            yield seen.guess("word_close", sentence, native=native, header=header, n=n, setting=setting)
        if found.unknown:
            shown = found.unknown[:_WORDS_NAMED]
            said = ", ".join(f'"{w.text}" ({w.n} cells)' for w in shown)
            sentence = f"{native} does not know {said}; which of {', '.join(words.codes(column)[:_CODES_NAMED])} is it?"
            setting = _values(native, {w.text: "..." for w in shown})
            n = sum(w.n for w in found.unknown)
            yield seen.guess("word_unknown", sentence, native=native, header=header, n=n, setting=setting)


def _values(native: str, pairs: Mapping[str, str]) -> str:
    said = ", ".join(f"{quoted(word)} = {quoted(code)}" for word, code in pairs.items())
    return f"values = {{ {native} = {{ {said} }} }}"


def _first(pairs: Mapping[str, str]) -> list[tuple[str, str]]:
    return list(pairs.items())[:_WORDS_NAMED]


def _damage(seen: Look) -> Iterator[Guess]:
    """Signs that stand where letters should: the file was read, or written, in another encoding."""
    n = sum(profile.n_damaged for profile in seen.profiles.values())
    if not n:
        return
    encoding = seen.manifest.encoding
    if encoding == "utf-8":
        sentence = f"{n} cells hold letters that were damaged before the file was written; ask for it as it was typed"
        yield seen.guess("encoding", sentence, n=n)
    else:
        better = "cp1252" if encoding == "latin-1" else "utf-8"
        sentence = f"{n} cells hold signs that no word has, as if the file were not {encoding}"
        yield seen.guess("encoding", sentence, n=n, setting=f"encoding = {quoted(better)}")
