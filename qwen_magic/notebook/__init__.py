"""What the notebook says about a question, and where answers go. The shell is handed in, never looked up."""
