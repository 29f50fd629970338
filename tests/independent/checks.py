"""One line for each check."""


class Checks:
    """One line for each check; whether all held."""

    def __init__(self):
        self.failed = 0

    def __call__(self, sentence, check, *arguments):
        try:
            outcome = check(*arguments)
            print("ok  ", sentence)
            return outcome
        except Exception as error:  # whatever breaks, the other checks still run
            self.failed += 1
            print("FAIL", sentence, "-", type(error).__name__, error)
            return None
