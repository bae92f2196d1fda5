"""Parquet: as text, or read where it lies."""
