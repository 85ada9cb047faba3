"""What a value is computed from: its ancestor nodes, and the calls made for it."""

from __future__ import annotations

from dataclasses import replace

from grader.formula.evaluation import Evaluation
from grader.formula.substitution import Occurrence, Site


def live_nodes(evaluation: Evaluation, name: str, ends: frozenset[str] = frozenset()) -> frozenset[str]:
    """A name and its ancestors, not going beyond a substituted value or one of `ends`."""
    replaced = {node if isinstance(node, str) else node[0] for node in evaluation.substitution.values} | (ends - {name})
    found, waiting = {name}, [name]
    while waiting:
        for read in evaluation.graph.nodes[waiting.pop()].reads & evaluation.graph.nodes.keys():
            if read not in found and read not in replaced:
                found.add(read)
                waiting.append(read)
    return frozenset(found)


def occurrences(evaluation: Evaluation, nodes: frozenset[str]) -> list[Occurrence]:
    """Everything that was called to compute some nodes, here and in the bases, in the order of the graph."""
    found: dict[Site, Occurrence] = {}
    at: Evaluation | None = evaluation
    while at is not None:
        for site, record in at.records.items():
            if site.node not in nodes or site in found:
                continue
            if at is evaluation or site.node not in evaluation.reached:
                found[site] = record
            elif site.node in evaluation.continued:
                found[site] = replace(record, evaluation=evaluation)
        at = at.base
    place = {name: index for index, name in enumerate(evaluation.graph.order)}
    return [found[site] for site in sorted(found, key=lambda site: (place[site.node], site.position, site.entry or 0))]
