pytest_plugins = ["tests.requirements"]
