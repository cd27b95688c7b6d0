"""Renders what Flux would apply to each stamp, as plain manifests: the kustomization in infra/workload/cluster with its
variables filled in, and the release in it through Helm.

Usage: render.py HELM KUBECTL OUT [STAMP_TEMPLATE]

OUT gets a file per stamp. STAMP_TEMPLATE is infra/stamp.bicep as ARM JSON: what it passes to Flux must be what the
manifests ask for, no more and no less.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import yaml

WORKLOAD = Path("infra/workload")
# `${NAME}` or `${NAME:=default}`, as Flux's post-build substitution reads them.
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::=([^}]*))?\}")
# What a deployment would pass, invented. STAMP_NAME is the name of the stamp's file.
SAMPLE = {
    "APPLICATION_INSIGHTS_CONNECTION": "InstrumentationKey=00000000-0000-0000-0000-000000000000",
    "FLUX_NAMESPACE": "cluster-config",
    "FLUX_SOURCE": "cluster-config",
    "GATEWAY_SUBNET": "10.10.64.0/24",
    "HOST_NAME": "stamp.contoso.example",
    "INGRESS_ADDRESS": "10.10.66.4",
    "INGRESS_SUBNET_NAME": "ingress",
    "REGISTRY_LOGIN_SERVER": "acrretail.azurecr.io",
    "STAMP_LOCATION": "westeurope",
}


def run(*command):
    """Standard output of a command that must succeed."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def substitute(text, values):
    """Post-build substitution. A variable without value and default is an error, where Flux would put nothing."""

    def value(match):
        name, default = match.groups()
        if name not in values and default is None:
            sys.exit(f"{WORKLOAD}/cluster uses ${{{name}}}, which nobody passes")
        return values.get(name, default)

    return VARIABLE.sub(value, text)


def passed_to_flux(node):
    """The names in every `postBuild.substitute` of a template."""
    if isinstance(node, list):
        return set().union(*map(passed_to_flux, node))
    if not isinstance(node, dict):
        return set()
    here = set(node.get("postBuild", {}).get("substitute", {})) if isinstance(node.get("postBuild"), dict) else set()
    return here.union(*map(passed_to_flux, node.values()))


def compare(used, template):
    """Refuses a template that passes something else than what is asked for."""
    passed = passed_to_flux(json.loads(Path(template).read_text()))
    required = {name for name, default in used.items() if default is None}
    if missing := required - passed:
        sys.exit(f"the stamp's Flux configuration doesn't pass {sorted(missing)}, which {WORKLOAD}/cluster needs")
    if idle := passed - set(used):
        sys.exit(f"the stamp's Flux configuration passes {sorted(idle)}, which {WORKLOAD}/cluster doesn't use")


def through_helm(helm, release, out):
    """The manifests of a HelmRelease, with its values files and values in Flux's order."""
    spec = release["spec"]
    values = out / "release-values.yaml"
    values.write_text(yaml.safe_dump(spec["values"]))
    files = [part for file in spec["chart"]["spec"]["valuesFiles"] for part in ("--values", file)]
    arguments = (spec["chart"]["spec"]["chart"], *files, "--values", values)
    run(helm, "lint", "--strict", "--quiet", *arguments)
    name, namespace = spec["releaseName"], spec["targetNamespace"]
    return run(helm, "template", name, *arguments, "--namespace", namespace, "--kube-version", "1.35.0")


def main(helm, kubectl, out, template=None):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    cluster = run(kubectl, "kustomize", WORKLOAD / "cluster")
    used = dict(VARIABLE.findall(cluster.replace("\n", " ")))
    used = {name: default if f"${{{name}:=" in cluster else None for name, default in used.items()}
    if template:
        compare(used, template)
    stamps = sorted(path.stem for path in (WORKLOAD / "stamps").glob("*.yaml"))
    if not stamps:
        sys.exit(f"{WORKLOAD}/stamps holds no stamp")
    for stamp in stamps:
        filled = substitute(cluster, SAMPLE | {"STAMP_NAME": stamp})
        manifests = [manifest for manifest in yaml.safe_load_all(filled) if manifest]
        releases = [manifest for manifest in manifests if manifest["kind"] == "HelmRelease"]
        plain = [manifest for manifest in manifests if manifest["kind"] != "HelmRelease"]
        for release in releases:
            plain += filter(None, yaml.safe_load_all(through_helm(helm, release, out)))
        (out / f"{stamp}.yaml").write_text(yaml.safe_dump_all(plain, sort_keys=False))
        print(f"{stamp}: {len(plain)} manifests")
    (out / "release-values.yaml").unlink()


main(*sys.argv[1:])
