"""Observation: posts, patrols, drones and sensors placed so that they watch the most of a line and of what lies behind it.

ground         segments of the line, points behind it, sites where something may stand
seeing         which site with which means sees what, and how much of the time
search         the choice: greedy, exchange, and a bound by linear and integer programming
design         options in, frames out
"""

from contingent.monitoring.observation.design import DesignOptions, ObservationDesign, design

design_observation = design
"""The same under the name that it has from outside, where `design` would not say of what."""

__all__ = ["DesignOptions", "ObservationDesign", "design", "design_observation"]
