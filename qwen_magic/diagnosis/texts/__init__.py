"""Texts, numbers and dates read from them, formats, files."""
