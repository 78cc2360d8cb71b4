"""Renderers: how an answer reaches the user's eyes."""
