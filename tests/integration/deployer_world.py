"""The deployer among real neighbours: a catalogue of Acumos, and a playground server."""

import base64
import contextlib
import http.client
import json
import re
import ssl
import uuid
from dataclasses import dataclass, field
from pathlib import Path

from neighbour import Request
from process import PATIENCE_S, Process, wait_for
from sites import NOBODY, Page, Site, basic
from tokens import SECRET_BASE64, make_token

DEPLOYMENT_PATH = "/dashboard?selected_deployment_id=42"
CDS_USER, CDS_PASSWORD = "cds-user", "cds-pass-3f81c0"
NEXUS_USER, NEXUS_PASSWORD = "nexus-user", "nexus-pass-77aa10"
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
PROTO = 'syntax = "proto3";\n\nmessage Number {\n  int32 value = 1;\n}\n'


class Answer:
    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    @property
    def location(self) -> str | None:
        return self.headers["Location"]


class Deployer(Process):
    """The real process, in a data folder of its own; its log is JSON."""

    def __init__(self, data_dir: Path, *flags, env: dict | None = None,
                 tls: ssl.SSLContext | None = None):  # fmt: skip
        self.tls = tls
        super().__init__(
            "playground-deployer", "--port", 0, "--data-dir", data_dir, *flags, env=env
        )

    def _find_port(self) -> int:
        told = re.compile(r"serves https?://[^ \"]*:(\d+)")
        wait_for(lambda: told.search(self.log) or self.has_ended(), "the deployer starts")
        found = told.search(self.log)
        return int(found[1]) if found else 0

    def lines(self) -> list[dict]:
        """What it has logged, without a line that is not yet complete."""
        return [json.loads(line) for line in self.log.splitlines(True) if line.endswith("\n")]

    def connection(self) -> http.client.HTTPConnection:
        if self.tls is not None:
            return http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=PATIENCE_S, context=self.tls
            )
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)

    def ask(self, target: str, method: str = "GET", headers: dict | None = None) -> Answer:
        connection = self.connection()
        try:
            connection.request(method, target, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def deploy(self, solution, token: str | None = None, **headers) -> Answer:
        return self._ask_for("/deploy/", solution, token, headers)

    def download(self, solution, token: str | None = None, **headers) -> Answer:
        return self._ask_for("/getSolutionZip/", solution, token, headers)

    def plan(self, solution) -> dict:
        answer = self._ask_for("/api/v1/solutions/", solution, None, {}, "/plan")
        assert answer.status == 200, answer.body
        return answer.json()

    def _ask_for(self, before: str, solution, token, headers: dict, after: str = "") -> Answer:
        token = make_token() if token is None else token
        return self.ask(before + solution.path + after, headers={"jwtToken": token} | headers)


@dataclass
class Solution:
    """One that a catalogue keeps; None: it has no such thing."""

    name: str = "adder"
    solution_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    revision_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    blueprint: dict | bytes | None = None
    protos: dict[str, str] = field(default_factory=dict)  # by proto_uri
    image: str | None = None
    proto: str | None = None
    icon: bytes | None = PICTURE
    description: str | None = "<p>It adds.</p>"
    catalogs: list[str] = field(default_factory=lambda: ["first-catalogue"])
    toolkit: str | None = None

    @property
    def path(self) -> str:
        return f"{self.solution_id}/{self.revision_id}"

    @property
    def blueprint_uri(self) -> str:
        return f"org/acumos/{self.path}/BLUEPRINT/1/BLUEPRINT-1.json"

    @property
    def proto_uri(self) -> str:
        return f"org/acumos/{self.path}/PROTOBUF/1/PROTOBUF-1.proto"

    def artifacts(self) -> list[dict]:
        kinds = [
            ("LG", "org/acumos/log.txt"),
            ("CD", "org/acumos/cdump.json"),
            ("BP", self.blueprint_uri if self.blueprint is not None else None),
            ("DI", self.image),
            ("MI", self.proto_uri if self.proto is not None else None),
        ]
        return [
            {"artifactTypeCode": code, "uri": uri, "name": code.lower(), "version": "1"}
            for code, uri in kinds
            if uri is not None
        ]

    def cds_pages(self) -> dict:
        toolkit = self.toolkit or ("CP" if self.blueprint is not None else "MN")
        of_solution = {
            "solutionId": self.solution_id,
            "name": self.name,
            "toolkitTypeCode": toolkit,
        }
        of_revision = {"solutionId": self.solution_id, "revisionId": self.revision_id}
        catalogs = [{"catalogId": catalog, "name": catalog} for catalog in self.catalogs]
        pages = {
            f"/solution/{self.solution_id}": Page(of_solution),
            f"/solution/{self.path.replace('/', '/revision/')}": Page(of_revision),
            f"/revision/{self.revision_id}/artifact": Page(self.artifacts()),
            f"/catalog/solution/{self.solution_id}": Page(catalogs),
        }
        if self.icon is not None:
            pages[f"/solution/{self.solution_id}/pic"] = Page(self.icon)
        if self.description is not None and self.catalogs:
            pages[self.description_path(0)] = Page({"description": self.description})
        return pages

    def nexus_pages(self) -> dict:
        pages = {f"/{uri}": Page(text) for uri, text in self.protos.items()}
        if self.blueprint is not None:
            pages[f"/{self.blueprint_uri}"] = Page(self.blueprint)
        if self.proto is not None:
            pages[f"/{self.proto_uri}"] = Page(self.proto)
        return pages

    def description_path(self, catalog: int) -> str:
        return f"/revision/{self.revision_id}/catalog/{self.catalogs[catalog]}/descr"

    def write(self, folder: Path) -> list:
        """The same files for `playgroundctl render`; its arguments for them."""
        if self.blueprint is None:
            return self._write_model(folder)
        (folder / "microservice").mkdir(parents=True)
        (folder / "blueprint.json").write_text(json.dumps(self.blueprint))
        for node in self.blueprint["nodes"]:
            if node["proto_uri"] in self.protos:
                proto = folder / "microservice" / f"{Path(node['container_name']).name}.proto"
                proto.write_text(self.protos[node["proto_uri"]])
        if self.icon is not None:
            (folder / "solution_icon.png").write_bytes(self.icon)
        if self.description is not None:
            (folder / "solution_description.html").write_text(self.description)
        return [folder]

    def _write_model(self, folder: Path) -> list:
        folder.mkdir(parents=True)
        if self.proto is None:
            return ["--image", self.image, "--name", self.name]
        proto = folder / "model.proto"
        proto.write_text(self.proto)
        return ["--image", self.image, "--name", self.name, "--proto", proto]


def make_node(solution: str, name: str, after: str | None, **changes) -> dict:
    following = [{"container_name": after, "operation_signature": {"operation_name": "add"}}]
    return {
        "container_name": name,
        "node_type": "MLModel",
        "image": f"registry.example/{solution}/{name}:1.0",
        "proto_uri": f"org/acumos/{solution}/{name}/1.0.0/{name}-1.0.0.proto",
        "operation_signature_list": [
            {
                "operation_signature": {
                    "operation_name": "add",
                    "input_message_name": "Number",
                    "input_message_stream": False,
                    "output_message_name": "Number",
                    "output_message_stream": False,
                },
                "connected_to": following if after else [],
            }
        ],
    } | changes


def make_pipeline(count: int = 3, name: str = "adder", **changes) -> Solution:
    """A chain of `count` nodes, each with a proto of its own."""
    names = [f"{name}-node{i}" for i in range(count)]
    following = [*names[1:], None]
    nodes = [make_node(name, *pair) for pair in zip(names, following, strict=True)]
    protos = {
        node["proto_uri"]: PROTO
        + f"\n// {node['container_name']}\nservice S {{\n  rpc add(Number) returns(Number);\n}}\n"
        for node in nodes
    }
    blueprint = {"name": name, "version": "1.0.0", "nodes": nodes}
    return Solution(**({"name": name, "blueprint": blueprint, "protos": protos} | changes))


def make_model(name: str = "counter", **changes) -> Solution:
    values = {"name": name, "image": f"registry.example/models/{name}:1.2", "proto": PROTO}
    return Solution(**(values | changes))


def sent_over(asked: Request) -> tuple[bytes, str]:
    """Zip and user name of a hand-over."""
    assert asked.method == "POST"
    assert asked.headers["content-type"] == "application/json"
    body = json.loads(asked.body)
    assert body.keys() == {"solution", "username"}
    return base64.b64decode(body["solution"], validate=True), body["username"]


class World:
    """Neighbours that work, and what the deployer must be told of them."""

    def __init__(self):
        self.cds = Site("/ccds", authorization=basic(CDS_USER, CDS_PASSWORD))
        self.nexus = Site("/nexus", authorization=basic(NEXUS_USER, NEXUS_PASSWORD))
        self.playground = Site("/pg")
        self.playground.pages["/deploy_solution"] = Page(DEPLOYMENT_PATH)
        self.nexus.otherwise = Page("no such file", 404)
        self.cds.otherwise = NOBODY

    @property
    def neighbours(self) -> list[Site]:
        return [self.cds, self.nexus, self.playground]

    @property
    def deploy_url(self) -> str:
        return self.playground.url + "/deploy_solution"

    def env(self, **changes) -> dict:
        """Settings of the deployer as variables; None: it is not set."""
        settings = {
            "PD_CDS_URL": self.cds.url,
            "PD_CDS_USER": CDS_USER,
            "PD_CDS_PASSWORD": CDS_PASSWORD,
            "PD_NEXUS_URL": self.nexus.url,
            "PD_NEXUS_USER": NEXUS_USER,
            "PD_NEXUS_PASSWORD": NEXUS_PASSWORD,
            "PD_TOKEN_SECRET": SECRET_BASE64,
            "PD_PLAYGROUND_URL": self.deploy_url,
        } | changes
        return {name: value for name, value in settings.items() if value is not None}

    def keep(self, *solutions: Solution) -> None:
        for solution in solutions:
            self.cds.pages |= solution.cds_pages()
            self.nexus.pages |= solution.nexus_pages()

    def forget(self) -> None:
        for neighbour in self.neighbours:
            neighbour.forget()

    def __enter__(self) -> "World":
        with contextlib.ExitStack() as stack:
            for neighbour in self.neighbours:
                stack.enter_context(neighbour)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *why) -> None:
        self._stack.__exit__(*why)


@contextlib.contextmanager
def deployer_world(data_dir: Path, *flags, env: dict | None = None):
    """World and deployer, both at work."""
    with World() as world, Deployer(data_dir, *flags, env=world.env(**(env or {}))) as deployer:
        yield world, deployer


def assert_problem(answer: Answer, status: int, code: str) -> dict:
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    return problem
