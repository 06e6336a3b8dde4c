"""Creates the application, nothing else: for a server that imports it, such as gunicorn."""

from web.app import create_app
from web.cli.connect import connect

app = create_app(connect())  # a database that does not fit is refused here, as by every command
