"""The stand-in behaves as the provider's page says, over real HTTP."""

import json
from contextlib import suppress

import pytest
import requests
from kavenegar import KavenegarAPI

from tests.notifiers.conftest import KEY
from tests.notifiers.servers import serving
from web.fake_kavenegar import FakeState, Fault, create_fake
from web.fake_kavenegar.faults import DONE, IDLE

OK = {"receptor": "09121112233", "message": "سلام"}


@pytest.fixture
def state(standing_clock):
    return FakeState(api_key=KEY)


@pytest.fixture
def call(state):
    """Call a method; the status that stands both in the body and in the HTTP answer, entries."""
    with serving(create_fake(state)) as url:

        def ask(method, verb="post", key=KEY, **params):
            address = f"{url}/v1/{key}/{method}.json"
            if verb == "get":
                answer = requests.get(address, params=params, timeout=5)
            else:
                answer = requests.post(address, data=params, timeout=5)
            body = answer.json()
            assert body["return"]["status"] == answer.status_code
            assert body["return"]["message"]
            return answer.status_code, body["entries"]

        ask.url = url
        yield ask


def test_a_text_is_taken_with_all_the_fields_of_an_entry(call, state):
    code, [entry] = call("sms/send", **OK, sender="10004346")
    assert code == 200
    assert set(entry) == {
        "messageid", "message", "status", "statustext", "sender", "receptor", "date", "cost",
    }  # fmt: skip
    assert (entry["status"], entry["receptor"], entry["sender"]) == (1, "09121112233", "10004346")


@pytest.mark.parametrize("verb", ["get", "post"])
def test_methods_are_called_by_get_and_by_post(call, verb):
    assert call("sms/send", verb, **OK)[0] == 200


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("sms/send", {"message": "x"}, 400),
        ("sms/send", OK | {"receptor": "09421112233x"}, 411),
        ("sms/send", OK | {"receptor": "02188776655"}, 411),
        ("sms/send", OK | {"sender": "3000"}, 412),
        ("sms/send", OK | {"message": ""}, 413),
        ("sms/send", OK | {"message": "س" * 901}, 413),
        ("sms/send", OK | {"receptor": ",".join(["09121112233"] * 201)}, 414),
        ("sms/send", OK | {"date": "1000"}, 417),
        ("sms/send", OK | {"localid": "1,2"}, 419),
        ("sms/nothing", OK, 404),
        ("sms/status", {}, 400),
        ("sms/status", {"messageid": ",".join(["1"] * 501)}, 414),
        ("sms/receive", {"linenumber": "1", "isread": "0"}, 412),
        ("verify/lookup", {"receptor": "09121112233", "template": "none", "token": "1"}, 424),
        ("verify/lookup", {"receptor": "09121112233", "template": "verify", "token": "1 2"}, 431),
        ("verify/lookup", {"receptor": "09121112233", "template": "verify"}, 432),
    ],
)
def test_wrong_calls_get_the_provider_s_codes(call, method, params, code):
    assert call(method, **params) == (code, None)


def test_a_wrong_key_is_403(call):
    assert call("account/info", key="other") == (403, None)


@pytest.mark.parametrize(
    "phone", ["09121112233", "989121112233", "+989121112233", "00989121112233", "9121112233"]
)
def test_every_way_to_write_a_mobile_is_taken(call, phone):
    assert call("sms/send", **OK | {"receptor": phone})[1][0]["receptor"] == "09121112233"


def test_arrays_go_by_post_and_have_equal_lengths(call):
    fields = {"receptor": ["09121112233", "09124445566"], "sender": ["10004346"] * 2}
    arrays = {name: json.dumps(value) for name, value in fields.items()}
    texts = json.dumps(["a", "b"])
    assert call("sms/sendarray", "get", **arrays, message=texts) == (405, None)
    assert call("sms/sendarray", **arrays, message=json.dumps(["a"])) == (419, None)
    assert call("sms/sendarray", **arrays, message="no json") == (400, None)
    code, entries = call("sms/sendarray", **arrays, message=texts)
    assert (code, [e["message"] for e in entries]) == (200, ["a", "b"])
    assert entries[0]["messageid"] < entries[1]["messageid"]


def test_a_local_id_is_sent_once_and_costs_once(call, state):
    first = call("sms/send", **OK, localid="42")
    again = call("sms/send", **OK | {"message": "other"}, localid="42")
    assert first == again
    assert (len(state.messages), state.credit) == (1, 50_000_000 - 1200)
    [known] = call("sms/statuslocalmessageid", localid="42")[1]
    assert (known["localid"], known["messageid"]) == ("42", first[1][0]["messageid"])
    assert call("sms/statuslocalmessageid", localid="43")[1][0]["status"] == 100


def test_parts_cost_and_an_empty_account_is_418(call, state):
    state.credit = 3000
    assert call("sms/send", **OK | {"message": "س" * 71})[1][0]["cost"] == 2400
    assert call("sms/send", **OK) == (418, None)
    assert call("account/info")[1]["remaincredit"] == 600


def test_a_text_walks_from_queue_to_phone_and_is_forgotten(call, state, standing_clock):
    state.scripts = {"09124445566": "undelivered", "09127778899": "blocked"}
    phones = "09121112233,09124445566,09127778899"
    ids = ",".join(str(e["messageid"]) for e in call("sms/send", **OK | {"receptor": phones})[1])

    def statuses():
        return [e["status"] for e in call("sms/status", messageid=ids)[1]]

    assert statuses() == [1, 1, 1]
    standing_clock.move(seconds=5)
    assert statuses() == [5, 5, 5]
    standing_clock.move(seconds=5)
    assert statuses() == [10, 11, 14]
    standing_clock.move(hours=49)
    assert statuses() == [100, 100, 100]


def test_a_scheduled_text_can_be_taken_back(call, state):
    later = str(int(state.timestamp) + 3600)
    [entry] = call("sms/send", **OK, date=later)[1]
    assert entry["status"] == 2
    assert call("sms/cancel", messageid=entry["messageid"])[1][0]["status"] == 13
    assert state.credit == 50_000_000


def test_faults_are_used_up(call, state):
    state.faults.append(Fault("code", "sms/send", times=2, code=409))
    codes = [call("sms/send", **OK)[0] for _ in range(3)]
    assert codes == [409, 409, 200]
    with pytest.raises(ValueError, match="explode"):
        Fault("explode")


def test_the_library_itself_talks_to_it(call, state, monkeypatch):
    """The published client, unmodified but for its address, is content with the answers."""
    api = KavenegarAPI(KEY)
    post = requests.post

    def redirected(url, **more):
        return post(url.replace("https://api.kavenegar.com", call.url), timeout=5, **more)

    monkeypatch.setattr(requests, "post", redirected)
    [sent] = api.sms_send({"receptor": "09121112233", "message": "x"})
    assert api.sms_status({"messageid": sent["messageid"]})[0]["status"] == 1


def test_texts_are_there_after_a_restart(tmp_path, standing_clock):
    path = tmp_path / "fake.json"
    with serving(create_fake(FakeState(api_key=KEY, path=path))) as url:
        requests.post(f"{url}/v1/{KEY}/sms/send.json", data=OK, timeout=5)
        requests.post(f"{url}/answer", data={"phone": "09121112233", "text": "۱"}, timeout=5)
    again = FakeState(api_key=KEY, path=path)
    assert again.texts_to("09121112233") == ["سلام"]
    assert [m.message for m in again.inbox] == ["۱"]
    assert again.credit == 50_000_000 - 1200


@pytest.mark.parametrize(
    ("lang", "word", "digits"),
    [("fa", "پیامک‌های گرفته‌شده", "۰۹۱۲"), ("en", "Captured texts", "0912")],
)
def test_the_page_shows_texts_and_answers_as_the_phone(call, state, lang, word, digits):
    call("sms/send", **OK | {"message": "<script>alert(1)</script>"})
    page = requests.get(f"{call.url}/?lang={lang}", timeout=5)
    assert word in page.text
    assert digits in page.text
    assert "<script>" not in page.text
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]

    answer = {"phone": "09121112233", "text": "1", "lang": lang}
    after = requests.post(f"{call.url}/answer", data=answer, timeout=5)
    assert after.url.endswith(f"lang={lang}")
    assert [m.message for m in state.inbox] == ["1"]


def test_a_bad_number_on_the_page_is_said_and_nothing_is_sent(call, state):
    page = requests.post(f"{call.url}/answer", data={"phone": "12", "text": "1"}, timeout=5)
    assert 'role="alert"' in page.text
    assert state.inbox == []


def test_a_fault_is_set_and_lifted_on_the_page(call, state):
    fields = {"kind": "code", "times": "2", "code": "418", "method": "sms/send"}
    requests.post(f"{call.url}/faults", data=fields, timeout=5)
    assert call("account/info")[0] == 200
    assert call("sms/send", **OK) == (418, None)
    requests.post(f"{call.url}/faults", data={"kind": ""}, timeout=5)
    assert call("sms/send", **OK)[0] == 200


def test_another_site_cannot_press_its_buttons(call, state):
    strange = {"Sec-Fetch-Site": "cross-site"}
    answer = requests.post(f"{call.url}/answer", data=OK, headers=strange, timeout=5)
    assert answer.status_code == 403


def test_many_requests_do_not_fill_the_memory(call, state):
    state.requests.extend({"method": "x"} for _ in range(10_000))
    call("account/info")
    assert len(state.requests) <= 10_000


def touch(call):
    """Send a text and hang up at the first byte of whatever comes."""
    address = f"{call.url}/v1/{KEY}/sms/send.json"
    with suppress(requests.RequestException):
        requests.post(address, data=OK, timeout=5, stream=True, allow_redirects=False).close()


@pytest.mark.parametrize("kind", DONE)
def test_a_text_is_taken_although_the_answer_goes_wrong(call, state, kind):
    state.faults.append(Fault(kind, "sms/send"))
    touch(call)
    assert state.texts_to("09121112233") == ["سلام"]
    assert call("sms/send", **OK)[0] == 200


@pytest.mark.parametrize("kind", IDLE)
def test_a_text_is_not_taken_where_the_fault_comes_first(call, state, kind):
    state.faults.append(Fault(kind, "sms/send", to=call.url))
    touch(call)
    assert state.messages == []
    assert state.faults == []
