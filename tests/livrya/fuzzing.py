"""How long a fuzz test looks for what nobody thought of."""

from hypothesis import HealthCheck, Phase, settings


def fuzzing(examples: int, *, derandomize: bool = True) -> settings:
    """Returns Hypothesis' settings for so many inputs: the same every time, or with `derandomize` False always others.

    An input that fails is shown as it came: to make it small would take as long again.
    """
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=derandomize,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
