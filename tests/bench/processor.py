"""Processor time of the processes that are measured: what a busy machine does not change as it changes the clock."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Spent:
    """Processor seconds of a server, and of PostgreSQL for it."""

    server: float
    database: float

    def since(self, before: "Spent") -> "Spent":
        return Spent(self.server - before.server, self.database - before.database)

    def each(self, count: float) -> "Spent":
        """In microseconds, of one of so many."""
        return Spent(self.server * 1e6, self.database * 1e6).shared(count)

    def shared(self, count: float) -> "Spent":
        return Spent(self.server / count, self.database / count)


def of_process(pid: int) -> float:
    """Processor seconds of a process."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def of_postgres(pid: int) -> float:
    """Processor seconds of a PostgreSQL server: of its backends, those that have ended included."""
    postmaster = psutil.Process(pid)
    times = postmaster.cpu_times()
    total = float(times.user + times.system + times.children_user + times.children_system)
    for child in postmaster.children(recursive=True):
        try:
            one = child.cpu_times()
        except psutil.Error:  # it has ended meanwhile; the postmaster has its time
            continue
        total += float(one.user + one.system)
    return total
