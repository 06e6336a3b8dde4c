"""Creates the application, nothing else."""

from web.app import create_app

app = create_app()
