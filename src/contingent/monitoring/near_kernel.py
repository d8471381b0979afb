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
def _distance_km(latitude_a, longitude_a, latitude_b, longitude_b):
    half_north = np.sin((latitude_b - latitude_a) / 2.0)
    half_east = np.sin((longitude_b - longitude_a) / 2.0)
    square = half_north * half_north + np.cos(latitude_a) * np.cos(latitude_b) * half_east * half_east
    return 2.0 * EARTH_KM * np.arcsin(min(1.0, np.sqrt(square)))


@njit(cache=True, nogil=True)
def _score(a, b, time, precision_h, latitude, longitude, precision_km, slack_h, slack_km):
    """How far apart two reports are, as shares of what their precisions allow; infinite beyond. [-]"""
    if time[a] <= time[b]:
        apart_h, gap_h = time[b] - time[a], time[b] - time[a] - precision_h[a]
    else:
        apart_h, gap_h = time[a] - time[b], time[a] - time[b] - precision_h[b]
    if gap_h > slack_h or (gap_h >= 0.0 and slack_h == 0.0 and apart_h > 0.0):
        return np.inf
    reach_km = precision_km[a] + precision_km[b] + slack_km
    distance = _distance_km(latitude[a], longitude[a], latitude[b], longitude[b])
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
    asked, order, bucket_keys, bucket_starts, block, band, bands,
    time, precision_h, latitude, longitude, precision_km, kind, compatible,
    next_member, first_source, source, reach_east, slack_h, slack_km, best, best_score,
):
    """Set the best partner of each row that is asked for, and of each row for which such a row is a better one than it had.

    Parameters
    ----------
    asked : ndarray of int
        Rows; their `best` is -1 and their `best_score` infinite.
    order : ndarray of int
        Rows that stand for something, by bucket, then by longitude.
    bucket_keys, bucket_starts : ndarray of int
        Key of each bucket, rising, and where it begins in `order`; one more start at the end.
    reach_east : ndarray of float
        Largest difference of longitude of a partner, by row. [rad]
    best, best_score : ndarray
        Changed in place.
    """
    for number in range(len(asked)):
        a = asked[number]
        for later in range(-1, 2):
            for north in range(-1, 2):
                key = (block[a] + later) * bands + band[a] + north
                bucket = np.searchsorted(bucket_keys, key)
                if bucket == len(bucket_keys) or bucket_keys[bucket] != key:
                    continue
                low, end = bucket_starts[bucket], bucket_starts[bucket + 1]
                west, east = longitude[a] - reach_east[a], longitude[a] + reach_east[a]
                high = end
                while low < high:
                    middle = (low + high) // 2
                    if longitude[order[middle]] < west:
                        low = middle + 1
                    else:
                        high = middle
                while low < end and longitude[order[low]] <= east:
                    b = order[low]
                    low += 1
                    if b == a or not compatible[kind[a], kind[b]]:
                        continue
                    first, second = min(a, b), max(a, b)
                    score = _score(first, second, time, precision_h, latitude, longitude, precision_km, slack_h, slack_km)
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
