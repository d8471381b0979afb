"""Day-by-day simulation of forces that rotate."""
