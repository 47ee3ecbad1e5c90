"""What is wrong with rendered manifests: the rules of trust.md §C3 and the Pod Security Standard "restricted".

https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from collections.abc import Iterator
from typing import Any

Manifest = dict[str, Any]

ALLOWED_VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}
HOST_DOORS = ("hostNetwork", "hostPID", "hostIPC", "hostUsers")
SECRET_NAMES = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "FRONTDESK_MASTER_KEY", "SMTP_PASSWORD")
DRAIN_SECONDS = 15


def findings(manifests: list[Manifest]) -> list[str]:
    """One sentence for each rule that is broken; empty where all hold."""
    return [f"{_name(each)}: {finding}" for each in manifests for finding in _of(each, manifests)]


def workloads(manifests: list[Manifest]) -> dict[str, Manifest]:
    """Deployments and Jobs by their component."""
    return {
        each["metadata"]["labels"]["app.kubernetes.io/component"]: each
        for each in manifests
        if _template(each) is not None
    }


def pod_of(manifest: Manifest) -> Manifest:
    """The pod's specification in a Deployment or a Job."""
    template = _template(manifest)
    assert template is not None
    return template["spec"]


def _of(manifest: Manifest, manifests: list[Manifest]) -> Iterator[str]:
    if manifest["kind"] == "ServiceAccount" and manifest.get("automountServiceAccountToken") is not False:
        yield "mounts a token"
    template = _template(manifest)
    if template is None:
        return
    yield from _restricted(template["spec"])
    for container in template["spec"]["containers"]:
        yield from _container(container)
    if manifest["kind"] == "Deployment":
        yield from _rollout(manifest)
    if manifest["metadata"]["labels"]["app.kubernetes.io/component"] == "web":
        yield from _always_there(manifest, manifests)
        yield from _probes(template["spec"]["containers"][0])


def _restricted(pod: Manifest) -> Iterator[str]:
    """C30."""
    context = pod.get("securityContext", {})
    if not context.get("runAsNonRoot"):
        yield "may run as root"
    if context.get("runAsUser", 0) < 10_000:
        yield "runs as a user below 10000"
    if context.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "has no seccomp profile"
    if pod.get("automountServiceAccountToken") is not False:
        yield "mounts a token"
    if any(pod.get(each) not in (None, each == "hostUsers") for each in HOST_DOORS):
        yield "enters the host"
    for volume in pod.get("volumes", []):
        if not (set(volume) - {"name"}) <= ALLOWED_VOLUMES:
            yield f"volume {volume['name']} is of a kind that is not allowed"


def _container(container: Manifest) -> Iterator[str]:
    context = container.get("securityContext", {})
    if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
        yield "may gain privileges"
    if context.get("capabilities", {}).get("drop") != ["ALL"] or context["capabilities"].get("add"):
        yield "has capabilities"
    if not context.get("readOnlyRootFilesystem"):
        yield "may write to its root file system"
    if any("hostPort" in port for port in container.get("ports", [])):
        yield "takes a port of the host"
    for kind in ("requests", "limits"):
        if not {"cpu", "memory"} <= set(container.get("resources", {}).get(kind, {})):
            yield f"has no {kind}"
    for variable in container.get("env", []):
        if variable["name"] in SECRET_NAMES and "secretKeyRef" not in variable.get("valueFrom", {}):
            yield f"{variable['name']} is written in the manifest"


def _rollout(manifest: Manifest) -> Iterator[str]:
    """C32, what an update does."""
    rolling = manifest["spec"].get("strategy", {}).get("rollingUpdate", {})
    if rolling.get("maxUnavailable") != 0 or not rolling.get("maxSurge"):
        yield "takes pods away before new ones are there"


def _always_there(manifest: Manifest, manifests: list[Manifest]) -> Iterator[str]:
    """C32, for what answers requests."""
    pod = pod_of(manifest)
    labels = manifest["spec"]["template"]["metadata"]["labels"]
    if manifest["spec"]["replicas"] < 2:
        yield "has fewer than two replicas"
    budgets = [each for each in manifests if each["kind"] == "PodDisruptionBudget"]
    if not any(each["spec"]["minAvailable"] and _selects(each["spec"]["selector"], labels) for each in budgets):
        yield "has no disruption budget"
    apart = pod.get("affinity", {}).get("podAntiAffinity", {})
    terms = [each["podAffinityTerm"] for each in apart.get("preferredDuringSchedulingIgnoredDuringExecution", [])]
    if not any(
        each["topologyKey"] == "kubernetes.io/hostname" and _selects(each["labelSelector"], labels) for each in terms
    ):
        yield "may lie on one node"
    (container,) = pod["containers"]
    drain = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    if drain < DRAIN_SECONDS:
        yield "does not drain"
    if pod.get("terminationGracePeriodSeconds", 30) < drain + 15:
        yield "is killed while it drains"


def _probes(container: Manifest) -> Iterator[str]:
    """C33: who lives is asked of the process alone, who can serve of all that it needs."""
    asked = {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    for probe, path in asked.items():
        if container.get(probe, {}).get("httpGet", {}).get("path") != path:
            yield f"its {probe} does not ask {path}"


def _selects(selector: Manifest, labels: dict[str, str]) -> bool:
    return bool(selector.get("matchLabels")) and selector["matchLabels"].items() <= labels.items()


def _template(manifest: Manifest) -> Manifest | None:
    return manifest["spec"]["template"] if manifest["kind"] in ("Deployment", "Job") else None


def _name(manifest: Manifest) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"
