"""Text files: CSV and NDJSON, their encodings, and the lines of long ones told apart by their bytes."""
