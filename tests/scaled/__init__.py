"""The scaled installation: PostgreSQL, Redis, web and workers, each a process of its own."""
