"""Values of what every pod of the chart has, and of those that run on."""

from deploy.helm.json_schema import BOOLEAN, Schema, mapping, needing, one_of, ref, several, text, whole

NEEDED_NAME = text(minLength=1)

PODS: dict[str, Schema] = {
    "resources": ref("resources"),
    "podLabels": ref("strings"),
    "podAnnotations": ref("strings"),
    "nodeSelector": ref("strings"),
    "affinity": ref("affinity"),
    "tolerations": ref("tolerations"),
    "priorityClassName": text(),
    "extraEnv": ref("extraEnv"),
}
RUNNING: dict[str, Schema] = PODS | {
    "replicas": whole(),
    "databasePool": whole(1, 100),
    "disruptionBudget": mapping(
        enabled=BOOLEAN, maxUnavailable={"type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]+%$"}
    ),
    "topologySpread": several(
        needing(
            mapping(
                topologyKey=text(minLength=1),
                maxSkew=whole(1),
                whenUnsatisfiable=one_of("ScheduleAnyway", "DoNotSchedule"),
            ),
            "topologyKey",
            "maxSkew",
            "whenUnsatisfiable",
        )
    ),
}
