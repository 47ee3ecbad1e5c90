"""The Helm chart: what it renders holds the rules of trust.md C30, C32 and C33, and each value is explained."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from helm_program import CHART, helm, refusal, rendered
from manifest_findings import Manifest, findings, pod_of, workloads

from frontdesk_web.command_line import cli

EVERYTHING: dict[str, Any] = {
    "baseUrl": "https://pay.example.org:8443",
    "image": {"repository": "registry.example.org/frontdesk", "tag": "2.0.1", "pullSecrets": ["registry"]},
    "smtp": {"host": "smtp.example.org", "username": "desk", "sender": "desk@example.org", "spf": ["ip4:192.0.2.1"]},
    "trustedProxies": ["10.0.0.0/8", "fd00::/8"],
    "plugins": ["invoice_only", "otp_email"],
    "extraEnv": [{"name": "TZ", "value": "UTC"}],
    "web.nodeSelector": {"disk": "fast"},
    "web.tolerations": [{"key": "web", "operator": "Exists"}],
    "web.podAnnotations": {"a": "b"},
    "worker.nodeSelector": {"disk": "slow"},
    "worker.tolerations": [{"key": "web", "operator": "Exists"}],
    "worker.podAnnotations": {"a": "b"},
    "service.annotations": {"a": "b"},
    "serviceAccount.annotations": {"a": "b"},
    "ingress": {"enabled": True, "className": "nginx", "tlsSecret": "certificate", "annotations": {"a": "b"}},
    "networkPolicy": {
        "enabled": True,
        "from": [{"namespaceSelector": {"matchLabels": {"name": "ingress"}}}],
        "database": {"to": [{"ipBlock": {"cidr": "10.1.0.0/16"}}]},
        "extraEgress": [{"ports": [{"port": 4317}]}],
    },
}


def test_lint_is_content_with_the_chart_as_it_is_and_with_everything_switched_on(tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(yaml.safe_dump({"ingress": EVERYTHING["ingress"], "networkPolicy": EVERYTHING["networkPolicy"]}))
    for options in ([], ["--values", str(values)]):
        done = helm("lint", "--strict", str(CHART), *options)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["as it is", "everything"])
def test_kubernetes_takes_the_manifests(values: dict[str, Any]) -> None:
    for manifest in rendered(values):
        for version in ("1.30", "1.37"):
            kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("values", [{}, EVERYTHING], ids=["as it is", "everything"])
def test_manifests_break_no_rule(values: dict[str, Any]) -> None:
    assert findings(rendered(values)) == []


def _container(manifests: list[Manifest], component: str = "web") -> Manifest:
    return pod_of(workloads(manifests)[component])["containers"][0]


FAULTS: dict[str, Callable[[list[Manifest]], Any]] = {
    "may run as root": lambda all_: pod_of(workloads(all_)["worker"])["securityContext"].pop("runAsNonRoot"),
    "runs as a user below 10000": lambda all_: pod_of(workloads(all_)["web"])["securityContext"].update(runAsUser=1000),
    "has no seccomp profile": lambda all_: pod_of(workloads(all_)["migrate"])["securityContext"].pop("seccompProfile"),
    "mounts a token": lambda all_: pod_of(workloads(all_)["migrate"]).pop("automountServiceAccountToken"),
    "enters the host": lambda all_: pod_of(workloads(all_)["web"]).update(hostNetwork=True),
    "is of a kind that is not allowed": lambda all_: pod_of(workloads(all_)["web"])["volumes"].append(
        {"name": "x", "hostPath": {"path": "/"}}
    ),
    "may gain privileges": lambda all_: _container(all_)["securityContext"].pop("allowPrivilegeEscalation"),
    "has capabilities": lambda all_: _container(all_)["securityContext"]["capabilities"].update(add=["NET_ADMIN"]),
    "may write to its root": lambda all_: _container(all_, "worker")["securityContext"].pop("readOnlyRootFilesystem"),
    "takes a port of the host": lambda all_: _container(all_)["ports"][0].update(hostPort=80),
    "has no limits": lambda all_: _container(all_, "migrate")["resources"].pop("limits"),
    "is written in the manifest": lambda all_: _container(all_)["env"].append({"name": "REDIS_URL", "value": "x"}),
    "takes pods away": lambda all_: workloads(all_)["worker"]["spec"]["strategy"]["rollingUpdate"].update(
        maxUnavailable=1
    ),
    "has fewer than two replicas": lambda all_: workloads(all_)["web"]["spec"].update(replicas=1),
    "has no disruption budget": lambda all_: _of_kind(all_, "PodDisruptionBudget")["spec"]["selector"].update(
        matchLabels={"app.kubernetes.io/component": "worker"}
    ),
    "may lie on one node": lambda all_: pod_of(workloads(all_)["web"]).pop("affinity"),
    "does not drain": lambda all_: _container(all_).pop("lifecycle"),
    "is killed while it drains": lambda all_: pod_of(workloads(all_)["web"]).update(terminationGracePeriodSeconds=20),
    "its livenessProbe does not ask": lambda all_: _container(all_)["livenessProbe"]["httpGet"].update(path="/readyz"),
    "its startupProbe does not ask": lambda all_: _container(all_).pop("startupProbe"),
}


def test_the_rules_notice_each_fault() -> None:
    whole = rendered()
    for sentence, spoil in FAULTS.items():
        manifests = copy.deepcopy(whole)
        spoil(manifests)
        found = findings(manifests)
        assert len(found) == 1, sentence
        assert sentence in found[0]


def test_only_the_migration_sees_the_owner_of_the_schema() -> None:
    seen = {name: _variables(each) for name, each in workloads(rendered()).items()}
    assert {name for name, variables in seen.items() if "DATABASE_OWNER_URL" in variables} == {"migrate"}
    assert all({"DATABASE_URL", "FRONTDESK_MASTER_KEY"} <= variables for variables in seen.values())


def test_the_migration_runs_before_an_install_and_before_an_update() -> None:
    migration = workloads(rendered())["migrate"]
    assert migration["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    # A hook comes before all else, so nothing that it needs may be a part of the release.
    names = {(each["kind"], each["metadata"]["name"]) for each in rendered()}
    assert ("ServiceAccount", pod_of(migration)["serviceAccountName"]) not in names
    assert "migrate" not in workloads(rendered({"migrate.enabled": False}))


def test_the_commands_are_those_of_the_program() -> None:
    for name, manifest in workloads(rendered()).items():
        program, command, *options = pod_of(manifest)["containers"][0]["command"]
        assert (program, command) == ("frontdesk", {"web": "serve"}.get(name, name))
        known = {option for each in cli.commands[command].params for option in each.opts}
        assert {each for each in options if each.startswith("-")} <= known


def test_the_service_and_the_budget_mean_the_web_pods_alone() -> None:
    manifests = rendered()
    labels = {name: each["spec"]["template"]["metadata"]["labels"] for name, each in workloads(manifests).items()}
    for selector in (
        _of_kind(manifests, "Service")["spec"]["selector"],
        _of_kind(manifests, "PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
    ):
        assert [name for name, each in labels.items() if selector.items() <= each.items()] == ["web"]


def test_one_replica_has_no_budget_that_would_hold_its_node() -> None:
    assert not [each for each in rendered({"web.replicas": 1}) if each["kind"] == "PodDisruptionBudget"]


def test_the_ingress_serves_the_public_host_and_each_portals_own() -> None:
    ingress = _of_kind(rendered(EVERYTHING), "Ingress")["spec"]
    hosts = ["pay.example.org", "*.pay.example.org"]
    assert [each["host"] for each in ingress["rules"]] == hosts
    assert ingress["tls"] == [{"secretName": "certificate", "hosts": hosts}]
    (service,) = {rule["http"]["paths"][0]["backend"]["service"]["name"] for rule in ingress["rules"]}
    assert service == _of_kind(rendered(EVERYTHING), "Service")["metadata"]["name"]


def test_the_network_policy_lets_pods_talk_to_what_they_need_and_to_nothing_inside() -> None:
    policy = _of_kind(rendered(EVERYTHING), "NetworkPolicy")["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert [tuple(port["port"] for port in rule["ports"]) for rule in policy["egress"]] == [
        (53, 53),
        (5432,),
        (6379,),
        (587,),
        (443, 8443),
        (4317,),
    ]
    https = policy["egress"][4]["to"]
    assert {"10.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16", "fc00::/7"} <= {
        private for peer in https for private in peer["ipBlock"]["except"]
    }
    for manifest in workloads(rendered(EVERYTHING)).values():
        labels = manifest["spec"]["template"]["metadata"]["labels"]
        assert policy["podSelector"]["matchLabels"].items() <= labels.items()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"baseUrl": "http://pay.example.org"}, "/baseUrl"),
        ({"web.replica": 3}, "replica"),
        ({"smtp.host": "smtp.example.org"}, "/smtp/sender"),
        ({"image.tag": "a b"}, "/image/tag"),
        ({"web.drainSeconds": 1}, "/web/drainSeconds"),
        ({"existingSecret": ""}, "/existingSecret"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(values: dict[str, Any], sentence: str) -> None:
    assert sentence in refusal(values)


def test_each_value_is_described_in_the_schema_and_in_the_readme() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    values = yaml.safe_load((CHART / "values.yaml").read_text())
    described = dict(_described(values, schema))
    assert all(described.values()), [name for name, words in described.items() if not words]
    told = dict(re.findall(r"^\| `([\w.]+)` \| (.*) \| .* \|$", (CHART / "README.md").read_text(), re.MULTILINE))
    assert told == described


def test_the_notes_say_what_is_still_missing() -> None:
    # `template` renders no notes, and `install` asks no cluster in a dry run by the client.
    options = ("--dry-run=client", "--set", "migrate.enabled=false")
    done = helm("install", "desk", str(CHART), *options)
    assert done.returncode == 0, done.stderr
    notes = done.stdout.partition("NOTES:")[2]
    for words in ("baseUrl is still the example", "smtp.host is not set", "migrate.enabled is false", "operators add"):
        assert words in notes


def _described(values: dict[str, Any], schema: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Every value's name and description; what Kubernetes defines, and not we, counts as one value."""
    for name, value in values.items():
        known = schema["properties"][name]
        if isinstance(value, dict) and known.get("additionalProperties") is False:
            yield from _described(value, known, f"{above}{name}.")
        else:
            yield above + name, known["description"]


def _of_kind(manifests: list[Manifest], kind: str) -> Manifest:
    (found,) = (each for each in manifests if each["kind"] == kind)
    return found


def _variables(manifest: Manifest) -> set[str]:
    return {each["name"] for each in pod_of(manifest)["containers"][0]["env"]}
