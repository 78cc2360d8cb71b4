"""A coding assistant for Jupyter that runs on your own two CPU cores."""

__version__ = "0.1.0"
