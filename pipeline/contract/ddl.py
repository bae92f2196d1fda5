"""The landing tables as SQL: what the contract's tables look like once names, dates and identifiers are gone."""

from pipeline.contract import reference
from pipeline.contract.columns import BOOKKEEPING, Table
from pipeline.contract.tables import TABLES


def landing_table(table: Table) -> str:
    """CREATE TABLE of a landing table in DuckDB's dialect: the bookkeeping columns, then the table's own."""
    columns = ",\n".join(f'  "{name}" {kind}' for name, kind in (*BOOKKEEPING, *table.stored))
    return f'CREATE TABLE "landing_{table.name}" (\n{columns}\n);'


def landing_schema() -> str:
    """All landing tables, in the order in which they are landed."""
    return "\n\n".join(landing_table(table) for table in TABLES.values()) + "\n"


def coded_types(table: Table) -> dict[str, str]:
    """The ENUM type of each column that holds a vocabulary's words, by column: a byte a cell, and no other word fits.

    The words stand in the order of the alphabet, so that they sort as their text does.
    """
    coded = {}
    for column in table.columns:
        if column.vocabulary:
            words = sorted(term.code for term in reference.vocabulary(column.vocabulary))
            coded[column.name] = "ENUM(" + ", ".join("'" + word.replace("'", "''") + "'" for word in words) + ")"
    return coded
