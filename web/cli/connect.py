"""Join a command's process to the installation, without a web application."""

from config import Config, from_env
from kernel import db, files
from web import wiring


def connect(config: Config | None = None) -> Config:
    """Open the database and the files, and wire the packages together."""
    config = config or from_env()
    db.configure(config.database_url)
    files.configure(config.data_dir / "files")
    wiring.connect(config)
    return config
