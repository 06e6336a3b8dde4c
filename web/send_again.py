"""What was sent and nobody could take, kept on the page that says so: one press sends it again.

Only what carries a request id, which is done once however often it is sent; files cannot be put
into a page.
"""

from flask import request


def fields() -> list[tuple[str, str]]:
    """Every field of the form that came, tokens too; none when it may not be sent again."""
    if request.method != "POST" or "request_id" not in request.form:
        return []
    if any(one.filename for one in request.files.values()):
        return []
    return list(request.form.items(multi=True))
