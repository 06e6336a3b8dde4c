"""Flask's request, with a short way for what every request does."""

from urllib.parse import parse_qsl

import flask
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.http import parse_cookie
from werkzeug.utils import cached_property

_PLAIN_FORM = "application/x-www-form-urlencoded"


class Request(flask.Request):
    """A request whose cookies and plain forms are read without looking at anything else."""

    @cached_property
    def cookies(self) -> ImmutableMultiDict[str, str]:
        """Every cookie that came along."""
        return parse_cookie(self.environ.get("HTTP_COOKIE"), cls=self.dict_storage_class)  # type: ignore[return-value]

    def _load_form_data(self) -> None:
        if "form" in self.__dict__ or self.environ.get("CONTENT_TYPE") != _PLAIN_FORM:
            super()._load_form_data()
            return
        body = self.stream.read()  # no more than `max_content_length`, or it is refused
        try:
            # As Werkzeug's parser does it.
            sent = parse_qsl(body.decode(), keep_blank_values=True, errors="werkzeug.url_quote")
        except ValueError:
            sent = []
        self.__dict__["form"] = self.parameter_storage_class(sent)
        self.__dict__["files"] = self.parameter_storage_class()
