"""Is it alive, and can it work?"""

import redis
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from config import Config
from kernel.jobs import heartbeat
from kernel.migrate import fits
from web.access import public
from web.database import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """The database answers and has a schema that this release can work with; else 503.

    Redis or every runner being away delays work and loses none: it is said, and refuses nobody.
    """
    config: Config = current_app.extensions["ravand_config"]
    facts = {"database": _database(), **_runners(config.redis_url)}
    if facts["database"] != "ok":
        return jsonify(status="unready", **facts), 503
    whole = facts["redis"] != "away" and facts["runners"] != 0
    return jsonify(status="ok" if whole else "degraded", **facts)


def _database() -> str:
    try:
        return "ok" if fits(db.session.connection()) else "other-schema"
    except SQLAlchemyError:
        return "away"


def _runners(redis_url: str | None) -> dict[str, object]:
    if redis_url is None:
        return {"redis": "none", "runners": heartbeat.beating()}
    connection = redis.Redis.from_url(redis_url, socket_timeout=1, socket_connect_timeout=1)
    try:
        return {"redis": "ok", "runners": heartbeat.beating(connection)}
    except redis.RedisError:
        return {"redis": "away", "runners": 0}
    finally:
        connection.close()
