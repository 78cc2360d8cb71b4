"""Engines: what produces text. None of them imports another; `loading` picks one for a file."""
