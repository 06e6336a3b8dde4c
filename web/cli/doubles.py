"""`ravand fake-kavenegar`: a double of the SMS provider, for trying things out."""

import logging

import click
from werkzeug.serving import make_server

from web.assets import asset
from web.cli.connect import settings
from web.fake_kavenegar import FakeState, create_fake
from web.sms import receive_path


@click.command("fake-kavenegar")
@click.option("--port", default=8001, show_default=True)
def fake_kavenegar(port: int) -> None:
    """Serve a local double of Kavenegar; its page shows every text and lets one answer it."""
    config = settings()
    state = FakeState(
        api_key=config.kavenegar_api_key or "demo",
        path=config.data_dir / "fake-kavenegar.json",
        callback_url=config.base_url + receive_path(config),
    )
    app = create_fake(state, stylesheet=config.base_url + asset("app.css"))
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # no line for every call
    server = make_server("127.0.0.1", port, app, threaded=True)
    click.echo(f"Captured texts: http://127.0.0.1:{port}/")
    server.serve_forever()


COMMANDS = (fake_kavenegar,)
