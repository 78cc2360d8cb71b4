"""From a failed cell to one that works and still means the same."""
