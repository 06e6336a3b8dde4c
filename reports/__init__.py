"""Read-only questions across packages, and the files made of their answers."""
