"""Compiled search for the report that is most likely of the same event as another: near in time and place, of another source.

Rows stand in buckets, one for each band of latitude and block of time, within a bucket by longitude. Bands and blocks are as wide
as the largest reach, so a partner lies in one of nine buckets.
"""

import numpy as np
from numba import njit

EARTH_KM = 6371.0088
"""Mean radius; a distance of tens of kilometres is off by 0.3 % at most. [km]"""


@njit(cache=True, nogil=True)
def _shared_source(a, b, next_member, first_source, source):
    """Whether two clusters have a source in common; members hang together from their root by `next_member`."""
    one = a
    while one >= 0:
        for at in range(first_source[one], first_source[one + 1]):
            other = b
            while other >= 0:
                for by in range(first_source[other], first_source[other + 1]):
                    if source[at] == source[by]:
                        return True
                other = next_member[other]
        one = next_member[one]
    return False


@njit(cache=True, nogil=True)
def _score(a, b, time, precision_h, latitude, longitude, shrink, precision_km, slack_h, slack_km):
    """How far apart two reports are, as shares of what their precisions allow; infinite beyond. [-]

    Within tens of kilometres the ground is taken as a plane; `shrink` is the root of a degree of longitude as a share of one of
    latitude.
    """
    if time[a] <= time[b]:
        apart_h, gap_h = time[b] - time[a], time[b] - time[a] - precision_h[a]
    else:
        apart_h, gap_h = time[a] - time[b], time[a] - time[b] - precision_h[b]
    if gap_h > slack_h or (gap_h >= 0.0 and slack_h == 0.0 and apart_h > 0.0):
        return np.inf
    reach_km = precision_km[a] + precision_km[b] + slack_km
    north = EARTH_KM * (latitude[a] - latitude[b])
    if abs(north) > reach_km:
        return np.inf
    east = EARTH_KM * (longitude[a] - longitude[b]) * (shrink[a] * shrink[b])
    distance = np.sqrt(north * north + east * east)
    if distance > reach_km:
        return np.inf
    reach_h = precision_h[a] + precision_h[b] + slack_h
    return (apart_h / reach_h if reach_h > 0.0 else 0.0) + (distance / reach_km if reach_km > 0.0 else 0.0)


@njit(cache=True, nogil=True)
def _better(score, a, b, best_score, best_a, best_b):
    """Whether one pair comes before another: nearer, then earlier by the numbers of its rows."""
    if score != best_score:
        return score < best_score
    if min(a, b) != min(best_a, best_b):
        return min(a, b) < min(best_a, best_b)
    return max(a, b) < max(best_a, best_b)


@njit(cache=True, nogil=True)
def find_partners(
    asked, row, bucket_keys, bucket_starts, key, bands, time, precision_h, latitude, longitude, shrink, precision_km, kind,
    lone_source, reach_east, is_asked, compatible, next_member, first_source, source, slack_h, slack_km, best, best_score,
):
    """Set the best partner of each row that is asked for, and of each row for which such a row is a better one than it had.

    Rows are looked at in an order in which those of a bucket stand together, by longitude; what is said by place in that order
    has the shape (places,).

    Parameters
    ----------
    asked : ndarray of int
        Places of rows whose `best` is -1 and `best_score` infinite.
    row : ndarray of int
        Number of the row at each place.
    bucket_keys, bucket_starts : ndarray of int
        Key of each bucket, rising, and the place at which it begins; one more start at the end.
    key : ndarray of int
        Key of the bucket, by place: block of time times `bands`, and band of latitude.
    lone_source : ndarray of int
        The only source, by place, or -1 where there are several.
    reach_east : ndarray of float
        Largest difference of longitude of a partner, by place. [rad]
    is_asked : ndarray of bool
        By place: of two rows that are asked for the pair is looked at once.
    next_member, first_source, source : ndarray of int
        Members that hang together, and their sources, by number of row.
    best, best_score : ndarray
        By number of row; changed in place.
    """
    for number in range(len(asked)):
        at = asked[number]
        a = row[at]
        west, east = longitude[at] - reach_east[at], longitude[at] + reach_east[at]
        for later in range(-1, 2):
            for north in range(-1, 2):
                wanted = key[at] + later * bands + north
                bucket = np.searchsorted(bucket_keys, wanted)
                if bucket == len(bucket_keys) or bucket_keys[bucket] != wanted:
                    continue
                low, end = bucket_starts[bucket], bucket_starts[bucket + 1]
                high = end
                while low < high:
                    middle = (low + high) // 2
                    if longitude[middle] < west:
                        low = middle + 1
                    else:
                        high = middle
                while low < end and longitude[low] <= east:
                    by = low
                    low += 1
                    if by == at or (is_asked[by] and by < at) or not compatible[kind[at], kind[by]]:
                        continue
                    if lone_source[at] >= 0 and lone_source[at] == lone_source[by]:
                        continue
                    b = row[by]
                    first, second = (at, by) if a < b else (by, at)
                    score = _score(
                        first, second, time, precision_h, latitude, longitude, shrink, precision_km, slack_h, slack_km)
                    if score == np.inf:
                        continue
                    here = best[a] < 0 or _better(score, a, b, best_score[a], a, best[a])
                    there = best[b] < 0 or _better(score, a, b, best_score[b], b, best[b])
                    if not (here or there) or _shared_source(a, b, next_member, first_source, source):
                        continue
                    if here:
                        best[a], best_score[a] = b, score
                    if there:
                        best[b], best_score[b] = a, score
