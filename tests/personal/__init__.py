"""A contact's data: where it lies, and that it is gone."""
