"""People at their desks, over HTTP and without scripts; time passes by the product's clock."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from click.testing import CliRunner
from lxml import html
from sqlalchemy import select

import engine
from engine.tables import HistoryEvent, Incident, ProcessInstance, Submission, Timer, WorkItem
from kernel import db, jobs
from kernel.job_table import Breaker, Job
from kernel.uow import read_only, unit_of_work
from notifiers.tables import Delivery
from people import SYSTEM
from people.durations import IsoDuration
from tests.product.fixtures import Product
from tests.product.organisation import holder_of
from tests.product.visitor import Visitor
from tests.requirements_http.sheet import Answers, Sheet
from web import counts
from web.app import create_app
from web.cli.connect import connect
from web.cli.main import cli

OPEN = ("open", "claimed")
SECRET = "callback-secret"


class Office:
    """The product in use. `root` is the case that was begun last."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.desks: dict[str, Visitor] = {}
        self.root: Any = None

    # people

    def desk(self, who: str) -> Visitor:
        """The browser of the holder of a position, or of a person by user name."""
        if who not in self.desks:
            try:
                username = holder_of(who)
            except StopIteration:
                username = who
            self.desks[who] = Visitor(self.product.app).login(username)
        return self.desks[who]

    # processes

    def upload(self, *documents: str, status: int = 200, **files: str | bytes) -> str:
        """The designer uploads a bundle as one zip; the page of its check."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for number, text in enumerate(documents):
                archive.writestr(f"diagram{number}.bpmn", text)
            for path, data in files.items():
                archive.writestr(path.replace("__", "/"), data)
        packed.seek(0)
        desk = self.desk("platform.designer")
        desk.get("/processes/upload")
        chosen = {"files": [(packed, "bundle.zip", "application/zip")]}
        return desk.post("/processes/upload", chosen, status=status)

    def deploy(self, *documents: str, **files: str | bytes) -> None:
        """Upload, save as a draft, release: all on the designer's pages."""
        page = self.upload(*documents, **files)
        token = re.search(r'name="upload" value="([^"]+)"', page)
        assert token, page
        desk = self.desk("platform.designer")
        desk.post("/processes/deploy", {"upload": token[1]})
        for key in dict.fromkeys(re.findall(r'<bpmn:process id="(\w+)"', "".join(documents))):
            desk.get(f"/processes/{key}")
            version = re.findall(rf"/processes/{key}/(\d+)/release", desk.page)
            assert version, desk.page
            desk.post(f"/processes/{key}/{version[0]}/release")

    # cases

    def begin(self, who: str, key: str, answers: Answers | None = None, at: str = "") -> Any:
        """Start a process on its page; the id of the new case."""
        desk, before = self.desk(who), self.roots()
        page = desk.get(f"/start?process={key}" + (f"&at={at}" if at else ""))
        chosen = re.search(r'name="start_event" value="([^"]+)"', page)
        given = {f"{name}": value for name, value in (answers or {}).items()}
        start = at or (chosen[1] if chosen else "")
        desk.post(f"/start/{key}", {"request_id": str(uuid4()), "start_event": start, **given})
        return self._began(before)

    def command(self, *words: str) -> str:
        """Run a `ravand` command against this installation; what it printed."""
        config = self.product.app.extensions["ravand_config"]
        environ = {
            "RAVAND_DATA_DIR": str(config.data_dir),
            "RAVAND_DATABASE_URL": config.database_url,
            "KAVENEGAR_URL": config.kavenegar_url,
            "KAVENEGAR_API_KEY": config.kavenegar_api_key,
            "KAVENEGAR_CALLBACK_SECRET": SECRET,
            "REDIS_URL": "",
            "SMTP_URL": config.smtp_url or "",
        }
        answer = CliRunner().invoke(cli, words, env=environ, catch_exceptions=False)
        connect(config)
        assert answer.exit_code == 0, answer.output
        return str(answer.output)

    def start(self, key: str, **variables: Any) -> Any:
        """`ravand start`: begin a case with what another system knows already."""
        before = self.roots()
        self.command("start", key, "--variables", json.dumps(variables, ensure_ascii=False))
        return self._began(before)

    def call(self, **changes: str) -> str:
        """A caller's ticket at reception; its process begins. The ticket's page."""
        desk, before = self.desk("reception.clerk"), self.roots()
        desk.get("/tickets/new")
        typed = {
            "channel": "phone",
            "caller_name": "مینا صادقی",
            "mobile": "۰۹۱۲ ۱۱۱ ۲۲۳۳",
            "subject": "مراقب برای مادر",
            "type_key": "intake",
            "request_id": str(uuid4()),
        }
        page = desk.post("/tickets", {**typed, **changes})
        self._began(before)
        return page

    def do(
        self,
        task: str,
        by: str,
        answers: Answers | None = None,
        outcome: str | None = None,
        reason: str | None = None,
        *,
        status: int = 200,
    ) -> str:
        """Open the item from the person's inbox, fill its forms, press the outcome."""
        desk = self.desk(by)
        sheet = self.open(task, by)
        missing = sheet.fill(answers or {})
        for _try in range(3):
            if not missing:
                break
            again = {f"{sheet.prefixes[0]}_enter": "1"}
            sheet = Sheet(desk.post(sheet.action, sheet.data(**again)))
            missing = sheet.fill(answers or {})
        assert not missing, f"{task} does not ask for {missing}"
        more = {"outcome": outcome, "reason": reason}
        given = sheet.data(**{name: text for name, text in more.items() if text is not None})
        try:
            page = desk.post(sheet.action, given, status=status)
        except AssertionError as error:
            raise AssertionError(f"{task}: {complaints(desk.page) or error}") from None
        self.settle()
        return page

    def do_claim(self, task: str, by: str) -> None:
        """Take an open item: it leaves the colleagues' inboxes."""
        address, desk = f"/items/{self.item(task, by).id}", self.desk(by)
        desk.get(address)
        desk.post(f"{address}/claim")

    def open(self, task: str, by: str) -> Sheet:
        """The form of an open item, reached through the person's inbox."""
        address, desk = f"/items/{self.item(task, by).id}", self.desk(by)
        desk.get("/inbox")
        assert address in desk.page, f"{task} is not in the inbox of {by}"
        return Sheet(desk.get(address))

    def sees(self, who: str, task: str) -> bool:
        """Whether the open item of a task stands in somebody's inbox."""
        page = self.desk(who).get("/inbox")
        return any(f"/items/{one.id}" in page for one in self.items(task))

    def play(self, steps: list[dict[str, Any]]) -> None:
        """Play the steps of a shipped case."""
        for step in steps:
            if "complete" in step:
                self.do(
                    step["complete"],
                    step["by"],
                    step.get("answers"),
                    step.get("outcome"),
                    step.get("reason"),
                )
            elif "move" in step:
                self.wait(step["move"])
            elif "message" in step:
                self.message(step["message"], step["key"], step.get("payload", {}))
            elif "expect" in step:
                assert sorted(self.open_tasks()) == sorted(step["expect"].get("open", ()))

    # time and the outside world

    def restart(self) -> None:
        """The server stops and starts again on the same folder; everybody logs in anew."""
        config = self.product.app.extensions["ravand_config"]
        db.database().dispose()
        self.product.app = create_app(config)
        self.desks.clear()

    def settle(self) -> None:
        """Do everything that is due; the numbers on the pages are as if seconds had passed."""
        jobs.run_until_idle()
        counts.forget_everybody()

    def wait(self, duration: str) -> None:
        """Let time pass, stopping wherever something falls due, as real time would."""
        clock = self.product.clock
        target = clock.now() + IsoDuration.parse(duration).as_timedelta()
        self.settle()
        while (due := _next_due(clock.now(), target)) is not None:
            clock.set(max(due, clock.now() + timedelta(microseconds=1)))
            self.settle()
        clock.set(target)

    def text_from(self, mobile: str, text: str) -> None:
        """The provider calls back: this phone has written."""
        data = {"from": mobile, "to": "10008663", "message": text, "messageid": uuid4().hex[:12]}
        answer = self.product.app.test_client().post(f"/hooks/sms/{SECRET}/receive", data=data)
        assert answer.status_code == 200
        self.settle()

    def message(self, name: str, key: str, payload: dict[str, Any]) -> None:
        """Another system tells the case something; a text comes the way texts come."""
        if name == "sms.reply":
            self.text_from(key, payload["text"])
            return
        with unit_of_work() as uow:
            assert engine.correlate(uow, name, key, payload, by=SYSTEM) == 1
        self.settle()

    # what can be seen

    def case_page(self, tab: str = "", by: str = "platform.admin") -> str:
        """The page of the case that was begun last."""
        return self.desk(by).get(f"/instances/{self.root}" + (f"?tab={tab}" if tab else ""))

    @property
    def case(self) -> ProcessInstance:
        """The case that was begun last."""
        with read_only() as session:
            return session.get_one(ProcessInstance, self.root)

    def tree(self) -> list[ProcessInstance]:
        """The case and all that it called."""
        return self._all(ProcessInstance, ProcessInstance.started_at)

    def items(self, task: str) -> list[WorkItem]:
        """The open items of a task, anywhere in the case."""
        every = self._all(WorkItem, WorkItem.opened_at)
        return [one for one in every if one.element_id == task and one.status in OPEN]

    def item(self, task: str, by: str = "") -> WorkItem:
        """The open item of a task; of several, the one in the person's inbox."""
        found = self.items(task)
        assert found, f"{task} is not open; open: {self.open_tasks()}"
        if by and len(found) > 1:
            page = self.desk(by).get("/inbox")
            return next(one for one in found if f"/items/{one.id}" in page)
        return found[0]

    def open_tasks(self) -> list[str]:
        """Element ids of the open work of the whole case."""
        every = self._all(WorkItem, WorkItem.opened_at)
        return [one.element_id for one in every if one.status in OPEN]

    def incidents(self) -> list[Incident]:
        """Open incidents of the case."""
        return [one for one in self._all(Incident, Incident.opened_at) if one.state == "open"]

    def texts(self, template: str) -> list[Delivery]:
        """What was written to people under a template's name, oldest first."""
        every = self._all(Delivery, Delivery.created_at)
        return [one for one in every if one.template == template]

    def happened(self, kind: str) -> list[HistoryEvent]:
        """History of the case, of one kind."""
        return [one for one in self._all(HistoryEvent, HistoryEvent.id) if one.kind == kind]

    def submissions(self, task: str) -> list[Submission]:
        """What was sent at each visit of a step."""
        every = self._all(Submission, Submission.at)
        return [one for one in every if one.element_id == task]

    def _all(self, table: Any, order: Any) -> list[Any]:
        with read_only() as session:
            return list(
                session.scalars(
                    select(table).where(table.root_id == self.root).order_by(order, table.id)
                )
            )

    def roots(self) -> set[UUID]:
        with read_only() as session:
            query = select(ProcessInstance.id).where(ProcessInstance.parent_id.is_(None))
            return set(session.scalars(query))

    def _began(self, before: set[UUID]) -> Any:
        new = self.roots() - before
        assert len(new) == 1, f"{len(new)} cases began"
        self.root = new.pop()
        self.settle()
        return self.root


def _next_due(now: datetime, until: datetime) -> datetime | None:
    timers = select(Timer.due_at).where(Timer.due_at > now, Timer.due_at <= until)
    waiting = select(Job.run_at).where(Job.state == "ready", Job.run_at > now, Job.run_at <= until)
    trials = select(Breaker.open_until).where(Breaker.open_until > now, Breaker.open_until <= until)
    with read_only() as session:
        found = [
            session.scalar(q.order_by(q.selected_columns[0]).limit(1))
            for q in (timers, waiting, trials)
        ]
    return min((one for one in found if one is not None), default=None)


def complaints(page: str) -> list[str]:
    """The sentences that stand beside fields or on top of the page."""
    tree = html.fromstring(page)
    found = tree.xpath("//*[contains(@class,'rv-error')] | //*[@role='alert']//strong")
    return [" ".join(one.text_content().split()) for one in found]


def changed(steps: list[dict[str, Any]], task: str, **answers: Any) -> Iterator[dict[str, Any]]:
    """The same steps with other answers at one task."""
    for step in steps:
        same = step.get("complete") != task
        yield step if same else {**step, "answers": {**step.get("answers", {}), **answers}}
