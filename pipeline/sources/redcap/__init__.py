"""Flat exports of REDCap: rows of one record brought together, codes explained by the data dictionary."""
