"""One line for each thing that a check has seen."""


class Report:
    """Counts and prints what was seen."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, holds, detail=""):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        print(("PASS  " if holds else "FAIL  ") + name, flush=True)
        if detail and not holds:
            print(f"      {detail}", flush=True)
        return holds

    def end(self):
        """Prints the sum and returns the process's exit code."""
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0
