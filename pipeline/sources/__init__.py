"""Sources: how the files of a drop become text columns, whatever their format.

drop          finds the files; manifest, table_mapping, wide, terms and sections read `source.toml`
csv_file      CSV, with csv_sieve and text_rows for long files, csv_lines, csv_spans and csv_rules for what is not clean
ndjson, parquet
registry      which reader serves which format
redcap        flat exports: dictionary, labels, and what is carried between rows of a record (carried, fill)
fhir          QuestionnaireResponses: resources, items, values, and the rows that they make
xlsx          workbooks: container, package, xml, texts, rows, cells, records, sheets, headers are its parts
sniffing      how a file without a mapping is probably written; xlsx_, redcap_ and fhir_sniffing know their own
"""

from pipeline.sources.csv_file import lay_out
from pipeline.sources.drop import DataFile, Drop, open_drop
from pipeline.sources.fhir_settings import TABLE
from pipeline.sources.manifest import read_manifest
from pipeline.sources.redcap_settings import RECORD
from pipeline.sources.registry import stage
from pipeline.sources.sniffing import Sniffed, readable, sniff
from pipeline.sources.staged import Staged, used_headers
from pipeline.sources.xlsx_layout import lay_out_sheet
from pipeline.sources.xlsx_sniffing import SheetLook

ADDED = frozenset({TABLE, RECORD})
"""Headers of columns that a reader adds to what is in the file: nobody is told of them."""

__all__ = [
    "ADDED",
    "DataFile",
    "Drop",
    "SheetLook",
    "Sniffed",
    "Staged",
    "lay_out",
    "lay_out_sheet",
    "open_drop",
    "read_manifest",
    "readable",
    "sniff",
    "stage",
    "used_headers",
]
