"""Fixture applications in Python, one for each case, mounted by path."""
