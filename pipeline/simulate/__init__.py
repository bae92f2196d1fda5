"""Invented people with a known truth, written as native drops. Every magnitude is an assumption."""

from pipeline.simulate.generate import simulate

__all__ = ["simulate"]
