"""One token per session on every unsafe method; only provider callbacks are exempt."""

from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
