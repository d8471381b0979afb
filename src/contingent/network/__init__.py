"""The network: places and means of lift as a graph, on which units move and supply flows.

What moves comes in kinds (`contingent.network.kinds`), each with a graph of its own (`Graph`): a place on the ground, or on board
of a fleet at a place. What is scarce is a resource with so much a day (`Resource`): terminals, crossings, ports, airports,
straits, links, and the days of trains, ships and aircraft.
"""

from contingent.network.build import build_network, has_network
from contingent.network.graph import Graph, Network, Resource, Way

__all__ = ["Graph", "Network", "Resource", "Way", "build_network", "has_network"]
