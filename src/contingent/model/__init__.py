"""What is given: the rows of a scenario's tables, and the scenario that they make together."""
