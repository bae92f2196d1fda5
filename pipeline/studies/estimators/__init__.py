"""Estimators: pure functions of small arrays and sums. None of them reads a database."""
