"""Cells that do not say what their user sees: errors, formulas that were never computed, rows that are hidden."""

from collections.abc import Mapping
from dataclasses import dataclass

NOT_AVAILABLE = "#N/A"
"""The error that a spreadsheet's NA() gives: the usual way to say that there is no value."""

NOT_COMPUTED = "#formula without a value"
"""Stands for a formula whose value is not in the file, as where a program wrote it that does not compute."""

ERRORS = frozenset(
    {NOT_COMPUTED, "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#SPILL!", "#CALC!", "#BLOCKED!",
     "#CONNECT!", "#FIELD!", "#UNKNOWN!", "#GETTING_DATA", "#BUSY!", "#PYTHON!"}
)  # fmt: skip
"""What a cell says in place of a value that could not be computed."""


@dataclass
class Oddities:
    """What the user of a sheet may see otherwise than it is read; `first` is the row of the first of each.

    Of rows that hold nothing but errors, such as formulas copied below the last record, nothing is said.
    """

    errors: int = 0
    uncomputed: int = 0
    hidden: int = 0
    first_error: int = 0
    first_uncomputed: int = 0
    first_hidden: int = 0

    def note(self, row: int, faults: Mapping[int, str], *, is_hidden: bool) -> None:
        """Count what is odd about one row."""
        n_uncomputed = sum(fault == NOT_COMPUTED for fault in faults.values())
        if n_uncomputed:
            self.uncomputed += n_uncomputed
            self.first_uncomputed = self.first_uncomputed or row
        if len(faults) > n_uncomputed:
            self.errors += len(faults) - n_uncomputed
            self.first_error = self.first_error or row
        if is_hidden:
            self.hidden += 1
            self.first_hidden = self.first_hidden or row
