pytest_plugins = ["tests.requirements", "tests.product.fixtures"]
