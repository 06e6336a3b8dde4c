"""Everything that may differ between two installations, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Config:
    """One frozen object; `docs/reference/settings.md` lists every variable.

    Secrets are kept out of `repr`, so a logged configuration shows none.
    """

    data_dir: Path
    database_url: str = field(repr=False)
    redis_url: str | None = field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "http://127.0.0.1:8000"
    demo: bool = True
    timezone: str = "Asia/Tehran"
    default_locale: str = "fa"
    organisation_name: str = "مرکز مراقبت در منزل آرامش"
    organisation_phone: str = "021-88000000"
    kavenegar_url: str = "https://api.kavenegar.com"
    kavenegar_sender: str = "10008663"
    kavenegar_api_key: str | None = field(default=None, repr=False)
    kavenegar_callback_secret: str | None = field(default=None, repr=False)
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "ravand@localhost"
    threads: int = 24
    trusted_proxies: int = 0
    secure_cookies: bool = False
    files_dir: Path | None = None
    files_url: str | None = field(default=None, repr=False)
    files_keep_days: int = 7
    secret_key_file: Path | None = None
    metrics_token: str | None = field(default=None, repr=False)
    log_format: str = "text"
    migration_copies: int = 3
    migration_copy_days: int = 30
    keep_days: tuple[tuple[str, int], ...] = ()
    retention_days: tuple[tuple[str, int], ...] = ()
    retention_message_days: int = 0
    retention_reply_days: int = 0
    erasures_file: Path | None = None

    @property
    def erasures_path(self) -> Path:
        """Where erasures of contacts are noted; all web processes of an installation share it."""
        return self.erasures_file or self.data_dir / "erasures.jsonl"

    @property
    def files_place(self) -> Path | str:
        """Where uploaded files are kept; all processes of an installation share it."""
        return self.files_url or self.files_dir or self.data_dir / "files"

    @property
    def key_path(self) -> Path:
        """The file that holds the secret key; all processes of an installation share it."""
        return self.secret_key_file or self.data_dir / "secret_key"

    @property
    def is_loopback(self) -> bool:
        """True when only this machine can reach the server."""
        return self.host in {"127.0.0.1", "::1", "localhost"}


def from_env(environ: Mapping[str, str] = os.environ) -> Config:
    """The configuration that the environment describes; unset variables take the defaults.

    Raises: ValueError when a number or a switch cannot be read, naming the variable.
    """
    data_dir = Path(environ.get("RAVAND_DATA_DIR", "var")).resolve()
    host = environ.get("RAVAND_HOST", "127.0.0.1")
    port = _number(environ, "RAVAND_PORT", 8000)
    return Config(
        data_dir=data_dir,
        database_url=environ.get("RAVAND_DATABASE_URL") or f"sqlite:///{data_dir / 'ravand.db'}",
        redis_url=environ.get("REDIS_URL") or None,
        host=host,
        port=port,
        base_url=environ.get("RAVAND_BASE_URL", f"http://{host}:{port}").rstrip("/"),
        demo=_switch(environ, "RAVAND_DEMO", True),
        timezone=environ.get("RAVAND_TIMEZONE", "Asia/Tehran"),
        default_locale=_choice(environ, "RAVAND_LOCALE", "fa", ("fa", "en")),
        organisation_name=environ.get("RAVAND_ORGANISATION", "مرکز مراقبت در منزل آرامش"),
        organisation_phone=environ.get("RAVAND_ORGANISATION_PHONE", "021-88000000"),
        kavenegar_url=environ.get("KAVENEGAR_URL", "https://api.kavenegar.com").rstrip("/"),
        kavenegar_sender=environ.get("KAVENEGAR_SENDER", "10008663"),
        kavenegar_api_key=environ.get("KAVENEGAR_API_KEY") or None,
        kavenegar_callback_secret=environ.get("KAVENEGAR_CALLBACK_SECRET") or None,
        smtp_url=environ.get("SMTP_URL") or None,
        mail_from=environ.get("RAVAND_MAIL_FROM", "ravand@localhost"),
        threads=_number(environ, "RAVAND_THREADS", 24),
        trusted_proxies=_number(environ, "RAVAND_TRUSTED_PROXIES", 0),
        secure_cookies=_switch(environ, "RAVAND_SECURE_COOKIES", False),
        files_dir=_path(environ, "RAVAND_FILES_DIR"),
        files_url=environ.get("RAVAND_FILES_URL") or None,
        files_keep_days=_number(environ, "RAVAND_FILES_KEEP_DAYS", 7),
        secret_key_file=_path(environ, "RAVAND_SECRET_KEY_FILE"),
        metrics_token=environ.get("RAVAND_METRICS_TOKEN") or None,
        migration_copies=_number(environ, "RAVAND_MIGRATION_COPIES", 3),
        migration_copy_days=_number(environ, "RAVAND_MIGRATION_COPY_DAYS", 30),
        log_format=_choice(environ, "RAVAND_LOG", "text", ("text", "json")),
        keep_days=_days(environ, "RAVAND_KEEP_DAYS"),
        retention_days=_days(environ, "RAVAND_RETENTION_DAYS"),
        retention_message_days=_number(environ, "RAVAND_RETENTION_MESSAGE_DAYS", 0),
        retention_reply_days=_number(environ, "RAVAND_RETENTION_REPLY_DAYS", 0),
        erasures_file=_path(environ, "RAVAND_ERASURES_FILE"),
    )


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    text = environ.get(name)
    return Path(text).resolve() if text else None


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        raise ValueError(f"{name} must be a whole number, not {text!r}") from None


def _days(environ: Mapping[str, str], name: str) -> tuple[tuple[str, int], ...]:
    """`contract=3650,*=1095`: days by process key; a number alone is for all of them."""
    found = []
    for part in environ.get(name, "").split(","):
        key, equals, days = (part if "=" in part else f"*={part}").partition("=")
        if not part.strip():
            continue
        if not equals or not key.strip() or not days.strip().isdecimal():
            raise ValueError(f"{name} must be like contract=3650,*=1095, not {part.strip()!r}")
        found.append((key.strip(), int(days)))
    return tuple(found)


def _switch(environ: Mapping[str, str], name: str, default: bool) -> bool:
    text = environ.get(name, "").lower()
    if text in {"", "1", "true", "yes", "on"}:
        return default if text == "" else True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ValueError(f"{name} must be 1 or 0, not {text!r}")


def _choice(environ: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    text = environ.get(name) or default
    if text not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {text!r}")
    return text
