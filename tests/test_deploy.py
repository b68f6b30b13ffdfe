"""deploy/ fits the service: settings, probes, users, metrics. `make deploy-lint` holds it against the schemas."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from app import __version__
from app.processes import MULTIPROCESS
from app.settings import Settings, unknown_variables
from scripts.dockerfile import Stage, stages
from tests.conftest import ROOT
from tests.envelope import application, client

DEPLOY = ROOT / "deploy"
MANIFESTS = DEPLOY / "kubernetes"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES = {
    document["kind"]: document
    for path in sorted(MANIFESTS.glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
}
POD = KUBERNETES["Deployment"]["spec"]["template"]["spec"]
(CONTAINER,) = POD["containers"]
ADAPTER = yaml.safe_load((DEPLOY / "kubernetes-adapter.yaml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((DEPLOY / "grafana" / "begone.json").read_text(encoding="utf-8"))

SCRAPED = {"job", "instance", "namespace", "pod"}
"""Labels that Prometheus adds to what it scrapes."""


def image() -> Stage:
    return stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))[1]


def longest_end(delay: float | None = None) -> float:
    settings = Settings()
    return (settings.shutdown_delay_seconds if delay is None else delay) + settings.shutdown_seconds


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_no_container_may_do_more_than_it_must(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert not service.get("privileged")
    assert int(service["user"].split(":")[0]) > 0
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert service["restart"] == "unless-stopped"
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    assert name == "begone" or (service["profiles"] == ["metrics"] and not service["image"].endswith("latest"))


def test_compose_runs_the_image_as_it_is_meant() -> None:
    service = COMPOSE["services"]["begone"]
    assert service["user"] == image().last("USER").value
    assert not unknown_variables(list(service["environment"]))
    assert service["environment"]["BEGONE_WORKERS"] == service["deploy"]["resources"]["limits"]["cpus"]
    assert "/healthz" in service["healthcheck"]["test"][-1]
    assert float(service["stop_grace_period"].removesuffix("s")) > longest_end()


def test_what_compose_mounts_is_there() -> None:
    mounts = [mount.split(":") for service in COMPOSE["services"].values() for mount in service.get("volumes", ())]
    assert all(
        (DEPLOY / source).is_file() if source[0] == "." else source in COMPOSE["volumes"] for source, *_ in mounts
    )
    assert all(mount[-1] == "ro" for mount in mounts if mount[0][0] == ".")


def test_the_kustomization_names_every_manifest() -> None:
    named = set(KUBERNETES["Kustomization"]["resources"])
    assert named == {path.name for path in MANIFESTS.glob("*.yaml")} - {"kustomization.yaml"}


def test_the_pods_may_not_do_more_than_they_must() -> None:
    assert POD["automountServiceAccountToken"] is False
    user, group = map(int, image().last("USER").value.split(":"))
    pod, container = POD["securityContext"], CONTAINER["securityContext"]
    assert (pod["runAsNonRoot"], pod["runAsUser"], pod["runAsGroup"]) == (True, user, group)
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["readOnlyRootFilesystem"] is True
    assert container["allowPrivilegeEscalation"] is False
    assert container["capabilities"] == {"drop": ["ALL"]}
    assert set(CONTAINER["resources"]) == {"requests", "limits"}
    policy = KUBERNETES["NetworkPolicy"]["spec"]
    assert ("Egress" in policy["policyTypes"], policy["egress"]) == (True, [])


@pytest.mark.anyio
async def test_the_pods_are_asked_what_the_service_answers() -> None:
    (port,) = CONTAINER["ports"]
    assert str(port["containerPort"]) == image().last("EXPOSE").value
    assert KUBERNETES["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]
    probes = {name: CONTAINER[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {probe["port"] for probe in probes.values()} == {port["name"]}
    assert probes["livenessProbe"]["path"] != probes["readinessProbe"]["path"]
    async with client(application()) as http:
        assert [(await http.get(probe["path"])).status_code for probe in probes.values()] == [200] * 3


def test_the_pods_get_settings_that_exist_and_time_to_end() -> None:
    environment = {variable["name"]: variable["value"] for variable in CONTAINER["env"]}
    assert not unknown_variables(list(environment))
    delay = float(environment["BEGONE_SHUTDOWN_DELAY_SECONDS"])
    assert POD["terminationGracePeriodSeconds"] > longest_end(delay) + Settings().drain_seconds
    assert CONTAINER["image"] == f"begone:{__version__}"


def test_everything_means_the_same_pods() -> None:
    labels = KUBERNETES["Deployment"]["spec"]["template"]["metadata"]["labels"]
    (spread,) = POD["topologySpreadConstraints"]
    selectors = [
        KUBERNETES["Deployment"]["spec"]["selector"]["matchLabels"],
        KUBERNETES["Service"]["spec"]["selector"],
        KUBERNETES["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        KUBERNETES["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        spread["labelSelector"]["matchLabels"],
    ]
    assert selectors == [labels] * len(selectors)
    target = KUBERNETES["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]
    assert target["name"] == KUBERNETES["Deployment"]["metadata"]["name"]
    assert "replicas" not in KUBERNETES["Deployment"]["spec"]  # the autoscaler's


def exposed(text: str) -> dict[str, dict[str, set[str]]]:
    """The labels of each series in `text` and their values."""
    found: dict[str, dict[str, set[str]]] = {"up": {}}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for name, value in sample.labels.items():
                labels.setdefault(name, set()).add(value)
    return found


@pytest.fixture
async def metrics() -> dict[str, dict[str, set[str]]]:
    """What the service exposes after a page and a refusal."""
    async with client(application(max_body_bytes=1000)) as http:
        await http.post("/v1/label", content="<p>x", headers={"content-type": "text/html"})
        await http.post("/v1/label", content="x" * 1001, headers={"content-type": "text/html"})
        return exposed((await http.get("/metrics")).text)


def expressions() -> list[str]:
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def queried(expression: str) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """The series that a query names, and what it asks of their labels."""
    for name, matchers in re.findall(r"\b([a-z_]+)\{([^}]*)\}", expression):
        yield name, re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"', matchers)


@pytest.mark.anyio
@pytest.mark.parametrize("expression", expressions())
async def test_the_dashboard_asks_for_what_there_is(expression: str, metrics: dict[str, dict[str, set[str]]]) -> None:
    named = re.findall(r"\b(?:begone|process)_\w+|\bup\b", expression)
    asked = dict(queried(expression))
    assert set(named) == set(asked), "a series without a selector: it would add up other services"
    grouped = {label for labels in re.findall(r"\bby \(([^)]*)\)", expression) for label in re.split(r",\s*", labels)}
    for series, matchers in asked.items():
        assert series in metrics
        assert ("job", "=~", "$job") in matchers
        for label, operator, value in matchers:
            assert label in SCRAPED or label in metrics[series]
            if operator == "=":
                assert value in metrics[series][label]
        assert grouped <= SCRAPED | set(metrics[series])


@pytest.mark.anyio
async def test_every_metric_of_our_own_is_on_the_dashboard(metrics: dict[str, dict[str, set[str]]]) -> None:
    shown = {name for expression in expressions() for name, _ in queried(expression)}
    ours = {name for name in metrics if name.startswith("begone_") and not name.endswith("_created")}
    families = {re.sub(r"_(bucket|count|sum)$", "", name) for name in ours}
    assert families == {re.sub(r"_(bucket|count|sum)$", "", name) for name in shown if name.startswith("begone_")}


def test_several_processes_have_what_the_dashboard_asks_for(tmp_path: Path) -> None:
    code = (
        "from app.observe import Metrics, Record; m = Metrics(); m.model.labels('m', '1').set(1);"
        "m.count(Record('r', status=200), route='/v1/label', method='POST', seconds=1); print(m.render().decode())"
    )
    environment = os.environ | {MULTIPROCESS: str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True)
    there = exposed(done.stdout.decode())
    assert {name for expression in expressions() for name, _ in queried(expression)} <= set(there)


def test_the_dashboards_panels_do_not_overlap_and_say_what_they_show() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at: dict[str, Any] = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert max(x for x, _ in cells) < 24
        assert not cells & taken
        taken |= cells
        assert panel["title"]
        assert all(target["legendFormat"] for target in panel["targets"])
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.anyio
async def test_the_autoscaler_counts_what_the_service_exposes(metrics: dict[str, dict[str, set[str]]]) -> None:
    (metric,) = KUBERNETES["HorizontalPodAutoscaler"]["spec"]["metrics"]
    (rule,) = ADAPTER["rules"]["custom"]
    assert metric["pods"]["metric"]["name"] == rule["name"]["as"] == "begone_in_flight"
    assert rule["seriesQuery"].startswith("begone_in_flight{")
    assert "begone_in_flight" in metrics
    assert float(metric["pods"]["target"]["averageValue"]) < Settings().max_in_flight


def test_prometheus_asks_the_port_that_begone_listens_on() -> None:
    scraped = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yaml").read_text(encoding="utf-8"))
    (job,) = scraped["scrape_configs"]
    (target,) = job["static_configs"][0]["targets"]
    name, _, port = target.partition(":")
    assert name in COMPOSE["services"]
    assert port == image().last("EXPOSE").value


@pytest.mark.parametrize("path", sorted((DEPLOY / "grafana").glob("*.yaml")), ids=lambda path: path.name)
def test_grafanas_files_can_be_read(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["apiVersion"] == 1
