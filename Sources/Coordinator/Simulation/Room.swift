enum SimulationRoom {}
