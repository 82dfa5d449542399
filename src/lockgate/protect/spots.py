"""Places of a person that touch, taken together: the one with the most weight takes in what is near to it."""

import numpy as np

from lockgate.protect.mdav import Numbers
from lockgate.protect.mdav_sums import Floats
from lockgate.protect.sphere import distance_m


def join_spots(number: Numbers, weight: Numbers, middles: tuple[Floats, Floats], reach_m: float) -> Numbers:
    """Return for each spot the one that took it in, itself where it took in others or stands alone.

    Of what is left of each person, the spot of the most weight takes in all within reach, until nothing is left; the
    lower position wins where weights are equal. All persons are joined at once, round by round.

    Args:
        number: Person of each spot, from 0.
        weight: Of each spot.
        middles: Latitude and longitude of each, degrees.
        reach_m: Metres within which a spot is taken in.
    """
    anchor = np.full(len(number), -1, dtype=np.int64)
    left = np.lexsort((np.arange(len(number)), -weight, number))
    latitude, longitude = middles
    while len(left):
        starts = np.diff(number[left], prepend=-1) > 0
        top = left[starts][np.cumsum(starts) - 1]
        apart = distance_m(latitude[left], longitude[left], latitude[top], longitude[top])
        near = (apart <= reach_m) | (left == top)
        anchor[left[near]] = top[near]
        left = left[~near]
    return anchor
