"""The home that takes drops written as text is landing's own."""

from tests.landing.conftest import filled, home

__all__ = ["filled", "home"]
