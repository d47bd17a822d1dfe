"""Tests of the Python distribution."""
