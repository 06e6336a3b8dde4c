"""`ravand fake-kavenegar`: a double of the SMS provider, for trying things out."""

import click

from config import from_env


@click.command("fake-kavenegar")
@click.option("--port", default=8001, show_default=True)
def fake_kavenegar(port: int) -> None:
    """Serve a local double of Kavenegar; the page it prints shows every text."""
    from web.fake_kavenegar.server import serve

    serve(from_env(), port)


COMMANDS = (fake_kavenegar,)
