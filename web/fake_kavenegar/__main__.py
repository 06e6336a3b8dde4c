"""`python -m web.fake_kavenegar`: the fake provider on a port of this machine."""

from __future__ import annotations

from pathlib import Path

import click
from werkzeug.serving import make_server

from web.fake_kavenegar import FakeState, create_fake


@click.command()
@click.option("--port", default=8765, show_default=True)
@click.option("--key", default="fake-key", show_default=True, help="The API key it takes.")
@click.option("--file", "path", type=click.Path(dir_okay=False, path_type=Path), default=None)
@click.option("--callback", default="", help="Where answers of phones are posted.")
@click.option("--stylesheet", default="", help="The product's style sheet, for the page.")
def main(port: int, key: str, path: Path | None, callback: str, stylesheet: str) -> None:
    """Serve the fake provider on loopback until stopped."""
    state = FakeState(api_key=key, path=path, callback_url=callback)
    server = make_server(
        "127.0.0.1", port, create_fake(state, stylesheet=stylesheet), threaded=True
    )
    click.echo(f"Captured texts: http://127.0.0.1:{server.server_port}/")
    server.serve_forever()


if __name__ == "__main__":
    main()
