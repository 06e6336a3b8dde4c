"""The floor under every page: access, tokens, sessions, headers."""

import io
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from kernel.uow import read_only
from people.permissions import ALL
from people.queries import person_by_username
from tests.product.fixtures import Product
from tests.product.organisation import PASSWORD, holder_of
from tests.product.visitor import Visitor
from web.access import PUBLIC, SIGNED_IN, access_of

EXEMPT = {"sms.receive", "sms.status"}  # provider callbacks: a secret path instead of a token


def rules(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and not rule.endpoint.endswith("static"):
            yield rule


def address(rule: Rule) -> str:
    """The rule's path with some value in every gap."""

    def fill(gap: "re.Match[str]") -> str:
        kind = gap[1] or "string:"
        return {"uuid:": str(uuid4()), "int:": "1"}.get(kind, "x")

    return re.sub(r"<(\w+:)?\w+>", fill, rule.rule)


def test_every_view_says_who_may_open_it(product: Product) -> None:
    known = {PUBLIC, SIGNED_IN} | ALL
    undeclared = [
        rule.endpoint
        for rule in product.app.url_map.iter_rules()
        if access_of(product.app, rule.endpoint) not in known
    ]
    assert undeclared == []


def test_nothing_but_the_log_in_page_is_open_to_strangers(product: Product) -> None:
    stranger = Visitor(product.app)
    for rule in rules(product.app, "GET"):
        if access_of(product.app, rule.endpoint) == PUBLIC:
            continue
        answer = stranger.client.get(address(rule))
        assert answer.status_code in (302, 401), rule.rule
        assert "/login" in answer.headers.get("Location", "/login"), rule.rule


def test_every_unsafe_request_needs_the_token(product: Product) -> None:
    visitor = product.visitor("platform.admin")
    for rule in rules(product.app, "POST"):
        if rule.endpoint in EXEMPT:
            continue
        answer = visitor.client.post(address(rule), data={})
        assert answer.status_code == 400, f"{rule.rule}: {answer.status_code}"


def test_a_nul_character_is_refused_wherever_it_stands(product: Product) -> None:
    clerk = product.visitor("reception.clerk")
    for path in ("/contacts?q=%00", "/contacts?%00=1", "/processes/%00"):
        assert clerk.client.get(path).status_code == 400, path
    clerk.get("/tickets/new")
    clerk.post("/tickets", {"subject": "a\0b"}, status=400)


def test_too_large_an_upload_is_told_so(product: Product) -> None:
    designer = product.visitor("platform.designer")
    small = product.app.config["MAX_CONTENT_LENGTH"]
    product.app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    try:
        answer = designer.client.post(
            "/processes/upload", data={"files": (io.BytesIO(b"x" * 2 * 1024 * 1024), "b.zip")}
        )
    finally:
        product.app.config["MAX_CONTENT_LENGTH"] = small
    assert answer.status_code == 413
    assert "از ۱ مگابایت بزرگ‌تر است" in answer.text


def test_a_position_without_the_permission_is_refused(product: Product) -> None:
    clerk = product.visitor("dispatch.expert")
    for path in ("/calendar/", "/people/new", "/processes/upload"):
        assert clerk.client.get(path).status_code == 403, path


def test_security_headers_stand_on_every_answer(product: Product) -> None:
    visitor = product.visitor("platform.admin")
    for path in ("/login", "/processes/", "/nothing-here", "/healthz"):
        headers = visitor.client.get(path).headers
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_a_log_out_ends_the_session_on_the_server(product: Product) -> None:
    visitor = product.visitor("platform.admin")
    cookie = visitor.client.get_cookie("ravand")
    assert cookie is not None
    visitor.get("/processes/")
    visitor.post("/logout")
    thief = product.app.test_client()
    thief.set_cookie("ravand", cookie.value)
    assert thief.get("/processes/").status_code == 302


def test_logging_in_changes_the_session(product: Product) -> None:
    visitor = Visitor(product.app)
    visitor.get("/login")
    before = visitor.client.get_cookie("ravand")
    visitor.post("/login", {"username": holder_of("platform.admin"), "password": PASSWORD})
    after = visitor.client.get_cookie("ravand")
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_wrong_passwords_and_unknown_names_read_alike_and_are_throttled(product: Product) -> None:
    visitor = Visitor(product.app)
    visitor.get("/login")
    pages = [
        re.sub(r'value="[^"]*"', "", visitor.post("/login", data, status=422))
        for data in (
            {"username": "b.niknam", "password": "wrong-wrong-wrong"},
            {"username": "nobody.at.all", "password": "wrong-wrong-wrong"},
        )
    ]
    assert pages[0] == pages[1]
    for _try in range(4):
        visitor.post("/login", {"username": "b.niknam", "password": "wrong"}, status=422)
    visitor.post("/login", {"username": "b.niknam", "password": PASSWORD}, status=429)


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_log_in_goes_on_to_our_own_pages_only(product: Product, target: str) -> None:
    visitor = Visitor(product.app)
    visitor.get("/login")
    form = {"username": holder_of("platform.admin"), "password": PASSWORD, "next": target}
    answer = visitor.send("/login", form)
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


def test_closing_somebodys_access_ends_their_session(product: Product) -> None:
    admin, clerk = product.visitor("platform.admin"), product.visitor("reception.clerk")
    with read_only() as session:
        person = person_by_username(session, holder_of("reception.clerk"))
    assert person is not None
    admin.get("/people/")
    admin.post(f"/people/{person.id}/active", {"act": "deactivate"})
    assert clerk.client.get("/processes/").status_code == 302


def test_the_secret_key_is_readable_by_its_owner_only(product: Product) -> None:
    config = product.app.extensions["ravand_config"]
    assert (config.data_dir / "secret_key").stat().st_mode & 0o777 == 0o600


def test_an_unguessed_callback_path_is_not_found(product: Product) -> None:
    stranger = Visitor(product.app)
    assert stranger.client.get("/hooks/sms/wrong/receive?messageid=1&from=0912").status_code == 404
