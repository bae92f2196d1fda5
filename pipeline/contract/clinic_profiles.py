"""How the profiles are called that a clinic can have."""

OWN = "own_clinic"
"""Figures for the clinic's own eyes, beside those that everybody's are made by."""

STANDARD = "standard"
"""The home's own profile, as everybody has who was granted nothing."""
