"""Rows of the requirements, shown through pages and commands as people use them."""
