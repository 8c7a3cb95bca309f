"""Compiled parts of matching: pairs of tokens, candidates by rare pairs, alignment of a text with an address.

Importing this imports numba.
"""

from __future__ import annotations

import numpy as np

from geocoding.matching._credits import DASH, NUMBER, credit_of, gain_of, likes_of
from gis._coverage_jit import Array, Integer, inlined, kernel

#: What is compiled into the kernels from elsewhere, by its content: numba looks at this file alone to know
#: whether what it keeps is still right.
INLINED = "465bd5945a17cbe2"

LONGEST = 96
FEATURES = 11

# Share of the weight of upper levels in front that is not held against a text
_ABOVE = 0.9
# Most addresses a range of plates (12-40) answers for one by one
_LONGEST_RANGE = 40
# Of 12号3号楼 the number next to the street's name is its plate
_NEIGHBOUR = np.float32(0.02)
_UNASKED, _UNKNOWN, _CONFLICT, _ADDED = 0.12, 0.7, 6.0, 0.05


@inlined
def bucket(one: Integer, other: Integer, mask: Integer) -> Integer:
    """Return the list that a pair of tokens, in either order, is kept in."""
    low, high = min(one, other), max(one, other)
    mixed = (np.int64(low) * np.int64(0x9E3779B1) ^ np.int64(high) * np.int64(0x85EBCA77)) & np.int64(
        0x7FFFFFFFFFFFFFFF
    )
    return ((mixed ^ (mixed >> 29)) * np.int64(0x5BD1E995) >> 15) & mask


@kernel
def count_pairs(codes: Array, offsets: Array, mask: Integer, counts: Array) -> None:
    """Count in each list the pairs of texts: neighbours and next but one, and plates within a range."""
    pairs = np.empty(4 * LONGEST + 4 * _LONGEST_RANGE, np.int64)
    for text in range(len(offsets) - 1):
        for at in range(_pairs(codes, offsets[text], offsets[text + 1], mask, pairs)):
            counts[pairs[at]] += 1


@kernel
def fill_pairs(
    codes: Array, offsets: Array, mask: Integer, places: Array, postings: Array, first: Integer
) -> None:
    """Write the number of each text, from ``first`` on, into the lists of its pairs."""
    pairs = np.empty(4 * LONGEST + 4 * _LONGEST_RANGE, np.int64)
    for text in range(len(offsets) - 1):
        for at in range(_pairs(codes, offsets[text], offsets[text + 1], mask, pairs)):
            postings[places[pairs[at]]] = first + text
            places[pairs[at]] += 1


@kernel
def match(
    queries: Array,
    query_offsets: Array,
    supplements: Array,
    unknown: Array,
    codes: Array,
    offsets: Array,
    weights: Array,
    alike: Array,
    starts: Array,
    postings: Array,
    mask: Integer,
    budget: Integer,
    wanted: Integer,
    best: Array,
    features: Array,
) -> None:
    """Find for each query the texts that fit best.

    ``best`` takes text numbers, -1 for none, best first; ``features`` what is to be told of each:
    score, matched, unknown and unasked weight, numbers in conflict, numbers matched, numbers not matched,
    tokens of the text matched, tokens of the query not matched, neighbours matched,
    whether the last token of the text is matched.
    """
    texts = len(offsets) - 1
    sums = np.zeros(texts, np.float32)
    touched = np.empty(budget + 1, np.int32)
    pairs = np.empty(4 * LONGEST, np.int64)
    chosen = np.empty(wanted, np.int32)
    table = np.empty((LONGEST + 1, LONGEST + 1), np.float32)
    step = np.empty((LONGEST + 1, LONGEST + 1), np.int8)
    of_query = np.empty(LONGEST, np.float32)
    of_text = np.empty(LONGEST, np.float32)
    found = np.empty(FEATURES, np.float32)
    asked_likes = np.empty(LONGEST, np.int32)
    text_likes = np.empty(LONGEST, np.int32)
    for query in range(len(query_offsets) - 1):
        begin, end = query_offsets[query], query_offsets[query + 1]
        likes_of(queries[begin:end], alike, asked_likes)
        count = _query_pairs(queries, begin, end, mask, starts, pairs)
        number = _gather(pairs, count, starts, postings, texts, budget, sums, touched)
        number = _choose(sums, touched, number, wanted, chosen)
        for place in range(number):
            text = chosen[place]
            likes_of(codes[offsets[text] : offsets[text + 1]], alike, text_likes)
            neighbours = _align(
                queries[begin:end],
                unknown[begin:end],
                codes[offsets[text] : offsets[text + 1]],
                weights[offsets[text] : offsets[text + 1]],
                asked_likes,
                text_likes,
                table,
                step,
                of_query,
                of_text,
            )
            _describe(
                queries[begin:end],
                unknown[begin:end],
                supplements[query],
                codes[offsets[text] : offsets[text + 1]],
                weights[offsets[text] : offsets[text + 1]],
                of_query,
                of_text,
                found,
            )
            found[9] = neighbours
            found[0] += _NEIGHBOUR * neighbours
            _insert(best[query], features[query], text, found)


@kernel
def matched_tokens(query: Array, asked: Array, text: Array, weights: Array, alike: Array) -> Array:
    """Return how well each token of a query is matched by a text, from 0 to 1."""
    table = np.empty((LONGEST + 1, LONGEST + 1), np.float32)
    step = np.empty((LONGEST + 1, LONGEST + 1), np.int8)
    of_query = np.empty(LONGEST, np.float32)
    of_text = np.empty(LONGEST, np.float32)
    asked_likes = np.empty(LONGEST, np.int32)
    text_likes = np.empty(LONGEST, np.int32)
    likes_of(query, alike, asked_likes)
    likes_of(text, alike, text_likes)
    _align(query, asked, text, weights, asked_likes, text_likes, table, step, of_query, of_text)
    return of_query[: len(query)].copy()


@inlined
def _pairs(codes: Array, begin: Integer, end: Integer, mask: Integer, pairs: Array) -> Integer:
    count = 0
    for at in range(begin, end):
        for other in range(at + 1, min(at + 3, end)):
            pairs[count] = bucket(codes[at], codes[other], mask)
            count += 1
        if at > begin and at + 2 < end and codes[at] >= NUMBER and codes[at + 1] == DASH:
            low, high = (codes[at] - NUMBER) >> 5, (codes[at + 2] - NUMBER) >> 5
            if codes[at + 2] >= NUMBER and low < high <= low + _LONGEST_RANGE:
                for plate in range(low + 1, high + 1):
                    pairs[count] = bucket(codes[at - 1], NUMBER + 32 * plate, mask)
                    count += 1
    return min(count, len(pairs))


@inlined
def _query_pairs(
    queries: Array, begin: Integer, end: Integer, mask: Integer, starts: Array, pairs: Array
) -> Integer:
    """List the pairs of a query, the rarest first, each once."""
    count = 0
    for at in range(begin, end):
        for other in range(at + 1, min(at + 3, end)):
            pair = bucket(queries[at], queries[other], mask)
            size = starts[pair + 1] - starts[pair]
            place = count
            known = size == 0
            for earlier in range(count):
                known = known or pairs[earlier] == pair
            if known:
                continue
            while place > 0 and starts[pairs[place - 1] + 1] - starts[pairs[place - 1]] > size:
                pairs[place] = pairs[place - 1]
                place -= 1
            pairs[place] = pair
            count += 1
    return count


@inlined
def _gather(
    pairs: Array,
    count: Integer,
    starts: Array,
    postings: Array,
    texts: Integer,
    budget: Integer,
    sums: Array,
    touched: Array,
) -> Integer:
    """Sum the weight of pairs per text, until as many entries were looked at as the budget allows."""
    number = 0
    looked = 0
    for at in range(count):
        begin, end = starts[pairs[at]], starts[pairs[at] + 1]
        looked += end - begin
        if looked > budget:
            break
        weight = np.float32(np.log(1.0 + texts / (end - begin)))
        for place in range(begin, end):
            text = postings[place]
            if sums[text] == 0.0:
                touched[number] = text
                number += 1
            sums[text] += weight
    return number


@inlined
def _choose(sums: Array, touched: Array, number: Integer, wanted: Integer, chosen: Array) -> Integer:
    """Take the texts with the largest sums and set all sums back to nothing."""
    largest = np.float32(0.0)
    for at in range(number):
        largest = max(largest, sums[touched[at]])
    histogram = np.zeros(257, np.int32)
    for at in range(number):
        histogram[int(256 * sums[touched[at]] / largest)] += 1
    limit, above = 256, 0
    while limit > 0 and above + histogram[limit] < wanted:
        above += histogram[limit]
        limit -= 1
    count = 0
    spare = wanted - above
    # From the last to the first: of equals, streets, which stand behind the plates in them, are wanted first
    for at in range(number - 1, -1, -1):
        place = int(256 * sums[touched[at]] / largest)
        if place > limit or (place == limit and spare > 0):
            spare -= place == limit
            if count < wanted:
                chosen[count] = touched[at]
                count += 1
        sums[touched[at]] = 0.0
    return count


@inlined
def _align(
    query: Array,
    asked: Array,
    text: Array,
    weights: Array,
    asked_likes: Array,
    text_likes: Array,
    table: Array,
    step: Array,
    of_query: Array,
    of_text: Array,
) -> Integer:
    """Align a query with a text in order, and write what each token is matched by: 0 to 1.

    Returns how many neighbours of the query are neighbours in the text, too.
    """
    n, m = len(query), len(text)
    for j in range(m + 1):
        table[0, j] = 0.0
        step[0, j] = 0
    for i in range(1, n + 1):
        table[i, 0] = 0.0
        step[i, 0] = 0
        for j in range(1, m + 1):
            value, way = table[i - 1, j], 1
            if table[i, j - 1] > value:
                value, way = table[i, j - 1], 2
            credit = credit_of(query, i - 1, text, j - 1, asked_likes[i - 1], text_likes[j - 1])
            gained = table[i - 1, j - 1] + gain_of(credit, asked[i - 1], weights[j - 1], step[i - 1, j - 1])
            # Of equal ways that which matches later: names of places stand behind what they lie in
            if credit > 0.0 and gained >= value:
                value, way = gained, 3
            if i > 1 and j > 1 and query[i - 1] == text[j - 2] and query[i - 2] == text[j - 1]:
                gained = table[i - 2, j - 2] + 0.9 * (weights[j - 1] + weights[j - 2])
                if gained > value:
                    value, way = gained, 4
            table[i, j], step[i, j] = value, way
    return _trace(query, text, asked_likes, text_likes, step, of_query, of_text)


@inlined
def _trace(
    query: Array,
    text: Array,
    asked_likes: Array,
    text_likes: Array,
    step: Array,
    of_query: Array,
    of_text: Array,
) -> Integer:
    i, j = len(query), len(text)
    neighbours, before = 0, 0
    of_query[:i] = 0.0
    of_text[:j] = 0.0
    while i > 0 and j > 0:
        way = step[i, j]
        neighbours += way == 3 and before == 3 and of_query[i] == 1.0
        before = way
        if way == 1:
            i -= 1
        elif way == 2:
            j -= 1
        elif way == 3:
            credit = np.float32(credit_of(query, i - 1, text, j - 1, asked_likes[i - 1], text_likes[j - 1]))
            of_query[i - 1] = credit
            of_text[j - 1] = credit
            i, j = i - 1, j - 1
        else:
            for back in range(1, 3):
                of_query[i - back] = 0.9
                of_text[j - back] = 0.9
            i, j = i - 2, j - 2
    return neighbours


@inlined
def _describe(
    query: Array,
    unknown: Array,
    supplement: Integer,
    text: Array,
    weights: Array,
    of_query: Array,
    of_text: Array,
    found: Array,
) -> None:
    found[:] = 0.0
    asked_numbers, other_numbers = 0, 0
    for i in range(len(query)):
        left = 1.0 - (0.5 if 0.0 < of_query[i] < 0.3 else of_query[i])
        if i >= supplement:
            found[2] += _ADDED * left * unknown[i]
        else:
            found[2] += left * unknown[i]
            found[8] += of_query[i] < 0.6
            if query[i] >= NUMBER:
                asked_numbers += of_query[i] < 0.6
                found[5] += of_query[i]
    for j in range(len(text)):
        if of_text[j] >= 0.3:
            found[1] += of_text[j] * weights[j]
        found[3] += (1.0 - of_text[j]) * weights[j]
        found[7] += of_text[j] == 1.0
        other_numbers += text[j] >= NUMBER and of_text[j] < 0.6
    found[10] = of_text[len(text) - 1] if len(text) > 0 else 0.0
    found[4] = min(asked_numbers, other_numbers)
    found[6] = asked_numbers
    # Upper levels that the query leaves out say little: the same name in two districts is in doubt
    above = 0.0
    for j in range(len(text)):
        if of_text[j] > 0.0:
            break
        above += weights[j]
    unasked = found[3] - _ABOVE * above
    found[0] = found[1] - _UNKNOWN * found[2] - _UNASKED * unasked - _CONFLICT * found[4]


@inlined
def _insert(best: Array, features: Array, text: Integer, found: Array) -> None:
    """Keep a text among the best, which are in order; of equals the one with the lower number."""
    place = len(best)
    while place > 0 and (
        best[place - 1] < 0
        or features[place - 1, 0] < found[0]
        or (features[place - 1, 0] == found[0] and best[place - 1] > text)
    ):
        place -= 1
    if place == len(best):
        return
    for at in range(len(best) - 1, place, -1):
        best[at] = best[at - 1]
        for feature in range(FEATURES):
            features[at, feature] = features[at - 1, feature]
    best[place] = text
    for feature in range(FEATURES):
        features[place, feature] = found[feature]
