"""Talks to the simulator by a client that openapi-python-client has made."""

import datetime
import importlib
import sys
import time

package, url = sys.argv[1], sys.argv[2]
client = importlib.import_module(f"{package}.client")
models = importlib.import_module(f"{package}.models")


def call(section, name, of, **arguments):
    api = importlib.import_module(f"{package}.api.{section}.{section}_{name}")
    return api.sync_detailed(client=of, **arguments)


def payload(response, success):
    answer = response.parsed
    assert response.status_code == 200 and answer.code == success, response.content
    return answer.data or answer.body


anybody = client.Client(base_url=url)

# A token, and what a wrong secret is told.
credentials = {"app_key": "simulator-key", "app_secret": "simulator-secret"}
token = payload(call("auth", "get_token", anybody, body=models.AuthGetTokenRequest(**credentials)), 200).token
credentials["app_secret"] = "wrong"
refused = call("auth", "get_token", anybody, body=models.AuthGetTokenRequest(**credentials))
assert refused.parsed.code == 10101, refused.content

cloud = client.AuthenticatedClient(base_url=url, token=token, prefix="Token")
nobody = client.AuthenticatedClient(base_url=url, token="wrong", prefix="Token")
assert call("collection", "list_tasks", nobody, page=1, number=10).parsed.code == 401

# A task: made, refused under the same name, listed, looked at, stopped.
contact = models.CollectionContact(
    debtor="Jane Doe",
    mobile="+6281200000000",
    loan_date=datetime.date(2023, 12, 1),
    due_date=datetime.date(2024, 1, 1),
    loan_amount=300000,
    arrears=321000,
    unit="Rupiah",
    platform="ACME",
)
contact["borrower_name"] = "Jane"
tomorrow = datetime.date.today() + datetime.timedelta(days=1)
request = models.CollectionCreateTaskRequest(
    task_name="openapi",
    schedule_start_time=f"{tomorrow} 08:00:00",
    schedule_end_time=f"{tomorrow} 09:00:00",
    robot_id="1",
    sip_line="LINE",
    repeat_interval=10,
    repeat_number=3,
    details=[contact],
)
request.task_name += f"-{package}"
created = payload(call("collection", "create_task", cloud, body=request), 200)
assert created.task_id and not created.detail_error_list, created
again = call("collection", "create_task", cloud, body=request)
assert again.parsed.code == 10403, again.content
request.task_name = ""
unnamed = call("collection", "create_task", cloud, body=request)
assert unnamed.parsed.code == 10401, unnamed.content
listed = payload(call("collection", "list_tasks", cloud, page=1, number=10), 200)
assert created.task_id in str(listed), listed
detail = payload(call("collection", "get_task_detail", cloud, task_id=created.task_id), 200)
assert detail.task_id == created.task_id and len(detail.detail) == 1, detail
stop = models.CollectionStopTaskRequest(task_id=created.task_id, action="Stop")
stopped = call("collection", "stop_task", cloud, body=stop)
assert stopped.parsed.code in (200, 10801, 10903, 10904), stopped.content

# Another family: another token, another code of success.
credentials["app_secret"] = "simulator-secret"
body = models.PredictiveDialerGetTokenRequest(**credentials)
token = payload(call("predictive_dialer", "get_token", anybody, body=body), 0).token
dialer = client.AuthenticatedClient(base_url=url, token=token, prefix="Token")
body = models.PredictiveDialerListTasksRequest(
    minstarttime=f"{tomorrow} 00:00:00", maxstarttime=f"{tomorrow} 23:59:59", limit=10
)
payload(call("predictive_dialer", "list_tasks", dialer, body=body), 0)

# A third: no token but a key, a key of one's own for each call, no envelope, and words as codes.
CALL = {
    "task": "Say hello in English and ask whether Friday noon suits.",
    "phone": "+447700900123",
    "result_schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["suits"],
        "properties": {"suits": {"type": "string", "enum": ["yes", "no", "unknown"]}},
    },
    "metadata": {"order": "42"},
}
agent = client.AuthenticatedClient(base_url=url, token="simulator-key")
stranger = client.AuthenticatedClient(base_url=url, token="wrong")


def create(of, key, **changes):
    body = models.CalleCreateCallRequest.from_dict(CALL | changes)
    return call("calle", "create_call", of, body=body, idempotency_key=key)


def known(name, of, call_id, **arguments):
    api = importlib.import_module(f"{package}.api.calle.calle_{name}")
    return api.sync_detailed(call_id, client=of, **arguments)


def refuses(response, status, code):
    assert response.status_code == status, response.content
    assert response.parsed.error.code == code, response.content


first = create(agent, f"{package}-1")
assert first.status_code == 202 and first.parsed.result_status == "pending", first.content
call_id = first.parsed.id
# The same key is the same call, and takes no other content.
assert create(agent, f"{package}-1").parsed.id == call_id
refuses(create(agent, f"{package}-1", task="Say something else."), 409, "idempotency_conflict")
refuses(create(stranger, f"{package}-2"), 401, "unauthorized")
refuses(known("get_call", agent, "call_of_nobody"), 404, "not_found")
refuses(create(agent, f"{package}-3", result_schema={"type": "array"}), 400, "result_schema_invalid")

for _ in range(300):
    got = known("get_call", agent, call_id)
    assert got.status_code == 200, got.content
    if got.parsed.result_status != "pending":
        break
    time.sleep(0.1)
assert got.parsed.status == "completed" and got.parsed.result_status == "available", got.content
assert got.parsed.result["suits"] in ("yes", "no", "unknown"), got.content
assert got.parsed.metadata["order"] == "42" and got.parsed.transcript, got.content

# Its events, two at a time, by the cursor of the page before; then by the last one that was read.
events, pages, cursor = [], 0, {}
while True:
    page = known("list_call_events", agent, call_id, limit=2, **cursor)
    assert page.status_code == 200 and len(page.parsed.data) <= 2, page.content
    events += [event.id for event in page.parsed.data]
    pages += 1
    if not page.parsed.next_cursor:
        break
    cursor = {"cursor": page.parsed.next_cursor}
assert pages > 1 and len(set(events)) == len(events) > 2, events
assert known("list_call_events", agent, call_id, cursor=events[-1]).parsed.data == []
refuses(known("list_call_events", agent, call_id, cursor="of-nobody"), 400, "invalid_request")

# What is over stays as it is; what is not handed over yet is cancelled, once.
assert known("cancel_call", agent, call_id).parsed.status == "completed"
second = create(agent, f"{package}-4").parsed.id
for _ in range(2):
    cancelled = known("cancel_call", agent, second)
    assert cancelled.status_code == 200 and cancelled.parsed.status == "canceled", cancelled.content
assert create(agent, f"{package}-4").parsed.status == "canceled"

goal = call("calle", "list_goals", agent, limit=1).parsed.data[0]
run = importlib.import_module(f"{package}.api.calle.calle_create_goal_run").sync_detailed
body = models.CalleCreateGoalRunRequest.from_dict({"phone": "+447700900123", "variables": {"order": "42"}})
made = run(goal.id, client=agent, body=body, idempotency_key=f"{package}-run")
assert made.status_code == 201 and made.parsed.goal_id == goal.id, made.content
assert run(goal.id, client=agent, body=body, idempotency_key=f"{package}-run").parsed.id == made.parsed.id

print(
    f"{package}: created, listed and stopped a task; made, followed and cancelled a call; "
    "all three families answer"
)
