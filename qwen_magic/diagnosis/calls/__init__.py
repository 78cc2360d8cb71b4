"""Calls, functions and classes: arguments, results, recursion."""
