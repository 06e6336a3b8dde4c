"""The whole product for tests: organisation, models, server, browser."""
