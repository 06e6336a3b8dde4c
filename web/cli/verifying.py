"""`ravand verify`, `ravand audit …`: whether what is stored agrees with itself."""

import re
import sys

import click

from kernel import audit
from kernel.audit import Head
from kernel.findings import Finding
from kernel.i18n import gettext as _
from kernel.i18n import translate_code
from kernel.uow import of_one_instant, read_only, unit_of_work
from people import SYSTEM
from web import oracle
from web.cli.connect import connect

_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


class _Noted(click.ParamType[Head]):
    name = "NUMBER:HASH"

    def convert(self, value: object, param: object, ctx: object) -> Head:
        found = _HEAD.fullmatch(str(value))
        if found is None:
            self.fail(_("This is not what `ravand audit head` prints."))
        return Head(int(found[1]), found[2])


@click.command()
@click.option("--noted", type=_Noted(), help="An end of the audit log that was written down.")
def verify(noted: Head | None) -> None:
    """Look at every case and at the audit log.

    Each case waits for something that exists, has an incident, or has ended; no work was done
    twice; the chain of the audit log holds. Ends with status 1 when something does not agree, and
    says what, one line each.
    """
    connect()
    with of_one_instant() as session:  # the service may run on
        count = sum(_say(one) for one in oracle.findings(session))
        log = oracle.audit_log(session, noted)
    if log.broken is not None:
        click.echo(translate_code(f"audit.{log.broken.code}", log.broken.facts))
        count += 1
    click.echo(_("The audit log ends with %(head)s.", head=_written(log.head)))
    if count:
        click.echo(_("%(count)s things do not agree.", count=count), err=True)
        sys.exit(1)
    click.echo(_("Everything agrees."))


def _say(one: Finding) -> int:
    facts = {"element": "", "number": "", **one.facts}
    sentence = translate_code(f"verify.{one.code}", facts)
    click.echo(f"{one.instance_id}  {sentence}" if one.instance_id else sentence)
    return 1


def _written(head: Head) -> str:
    return f"{head.number}:{head.hash}"


@click.group("audit")
def audit_group() -> None:
    """The audit log: who did what."""


@audit_group.command("head")
def head() -> None:
    """Print the end of the log: number and hash of its last entry.

    Written down elsewhere, it shows later that nothing was cut off (`ravand verify --noted`).
    """
    connect()
    with read_only() as session:
        click.echo(_written(audit.head(session.connection())))


@audit_group.command("adopt")
def adopt() -> None:
    """Accept the entries so far, though another key has sealed them.

    After the secret key was changed, or a copy was restored without its key.
    """
    connect()
    with unit_of_work() as uow:
        last = audit.adopt(uow, SYSTEM)
    click.echo(_("Entries up to %(number)s were accepted as they are.", number=last.number))


COMMANDS = (verify, audit_group)
