"""Deployment: how units get there and home, over a network whose capacities they share."""

from contingent.deployment.deploy import DeployOptions, Movements, deploy

__all__ = ["DeployOptions", "Movements", "deploy"]
