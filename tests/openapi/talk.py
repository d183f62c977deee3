"""Talks to the simulator by a client that openapi-python-client has made."""

import datetime
import importlib
import sys

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

print(f"{package}: created, listed and stopped a task; both families answer")
