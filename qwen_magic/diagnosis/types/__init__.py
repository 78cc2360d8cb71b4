"""Values of one type where another is wanted, and what is not in them."""
