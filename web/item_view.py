"""What the pages of one work item say beyond its row."""
