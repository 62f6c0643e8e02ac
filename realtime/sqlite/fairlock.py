"""A lock that is granted in the order of asking."""

import threading
from collections import deque


class FairLock:
    """First come, first served, among the threads of one process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self.waiting: deque[threading.Event] = deque()

    def acquire(self, timeout_s: float) -> bool:
        """Waits for the lock and tells whether it was granted in time."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Event()
            self.waiting.append(turn)
        if turn.wait(timeout_s):
            return True
        with self._guard:
            if turn not in self.waiting:
                return True  # granted between the timeout and the guard
            self.waiting.remove(turn)
            return False

    def release(self) -> None:
        """Passes the lock on to whoever has waited longest; for its holder alone."""
        with self._guard:
            if self.waiting:
                self.waiting.popleft().set()  # it is not released: handed over, so that no newcomer slips in
            else:
                self._held = False
