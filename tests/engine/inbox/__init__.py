"""The inbox as a list: the same answers as a naive one, at a cost that does not grow."""
