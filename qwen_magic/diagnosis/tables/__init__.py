"""pandas, numpy and matplotlib."""
