"""A small composition of real processes, to which faults are done: registry's API and worker, indicators' worker."""
