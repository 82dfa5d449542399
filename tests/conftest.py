"""What all tests share: how properties are searched."""

from hypothesis import HealthCheck, settings

# a busy machine must not fail a property for being slow; the same examples every time, so that a red run stays red
settings.register_profile(
    "lockgate", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("lockgate")
