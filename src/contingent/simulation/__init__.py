"""Day-by-day simulation of forces that rotate: what becomes of a plan under chance.

    simulate            play a plan through, or posts filled by dispatch alone; gives the frames `risk_*` of a plan
    leaves_to_chance    whether there is anything to play through

`contingent.simulation.marathon` reads projects of MARATHON instead and plays them by its rules.
"""

from contingent.simulation.calls import faults_of_calls
from contingent.simulation.options import FRAMES, Risk, SimulationOptions, no_risk
from contingent.simulation.simulate import leaves_to_chance, simulate

__all__ = ["FRAMES", "Risk", "SimulationOptions", "faults_of_calls", "leaves_to_chance", "no_risk", "simulate"]
