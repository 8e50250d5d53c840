"""What is wrong with one object that the API server cannot see: pure functions from values to lists of problems.

An empty list means that nothing is wrong. The operator reports problems in a condition with the reason InvalidSpec and
leaves the running tier as it is.
"""

from collections.abc import Mapping

from pydantic import ValidationError

from vectortier.api import GROUP
from vectortier.api.vectortier import VectorTierSpec

FIXED_NODES_ANNOTATION = f"{GROUP}/fixed-nodes"
SWITCH_ANNOTATIONS = (f"{GROUP}/pause", f"{GROUP}/pause-scale-in", f"{GROUP}/pause-rotation")


def tier_problems(spec: VectorTierSpec, annotations: Mapping[str, str]) -> list[str]:
    """Every problem of a VectorTier, each a sentence that names the field, its value and what would be right."""
    return [*_tenants_in_two_classes(spec), *_fixed_nodes(spec, annotations), *_switches(annotations)]


def model_problems(error: ValidationError) -> list[str]:
    """The problems of a stored object that the models refuse, which an older CRD may have let in."""
    return [
        f"{'.'.join(str(part) for part in problem['loc'])} is {problem['input']!r}, but must be valid: {problem['msg']}"
        for problem in error.errors(include_url=False)
    ]


def first_problem(error: ValidationError, above: str = "") -> str:
    """The field that is wrong first, what is wrong with it, and its value; `above` is where the fields are."""
    first = error.errors(include_url=False)[0]
    place = above + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
    if first["type"] == "missing":
        return f"{place.removeprefix('.')} is absent, but must be given"
    return f"{place.removeprefix('.')}: {first['msg']}, but it is {first.get('input')!r}"


def _tenants_in_two_classes(spec: VectorTierSpec) -> list[str]:
    """With a thousand tenants in each class the comparison is past the API server's cost budget for rules."""
    first_class: dict[str, str] = {}
    problems = []
    for tenant_class in spec.tenancy.classes if spec.tenancy else ():
        for tenant in tenant_class.tenants:
            other = first_class.setdefault(tenant, tenant_class.name)
            if other != tenant_class.name:
                problems.append(
                    f"tenancy.classes[{tenant_class.name}].tenants has '{tenant}', but a tenant must be in one class "
                    f"only, and it is in '{other}' too"
                )
    return problems


def _fixed_nodes(spec: VectorTierSpec, annotations: Mapping[str, str]) -> list[str]:
    text = annotations.get(FIXED_NODES_ANNOTATION)
    if text is None:
        return []
    least, greatest = spec.nodes.min, spec.nodes.max
    if text.isascii() and text.isdigit() and least <= int(text) <= greatest:
        return []
    return [
        f"the annotation {FIXED_NODES_ANNOTATION} is '{text}', but must be an integer from nodes.min, which is "
        f"{least}, to nodes.max, which is {greatest}"
    ]


def _switches(annotations: Mapping[str, str]) -> list[str]:
    return [
        f"the annotation {name} is '{annotations[name]}', but must be 'true' or 'false'"
        for name in SWITCH_ANNOTATIONS
        if annotations.get(name, "false") not in ("true", "false")
    ]
