// When something changed for good, and by how much. Pure functions of numbers.

/// Fewer on either side of a change say nothing.
const SMALLEST_SIDE = 5;
/// The chance that a change is found where there is none, per look.
const SIGNIFICANCE = 0.001;
/// Changes are looked for among so many values.
const MOST_VALUES = 1000;
/// A change of the median by less than that is not worth a word.
const SMALLEST_FACTOR = 1.1;

export function median(values) {
  if (!values.length) return undefined;
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/// The ranks of `values`, from 1; equal values share the mean of theirs.
export function ranks(values) {
  const sorted = Float64Array.from(values).sort();
  const below = (value, orSame) => {
    let from = 0;
    let to = sorted.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (orSame ? sorted[middle] <= value : sorted[middle] < value) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  return Float64Array.from(values, (value) => (below(value, false) + below(value, true) + 1) / 2);
}

/// Where `values` most likely changed their level, as the index of the first value afterwards, and how likely that much is by
/// chance: Pettitt's test by ranks ("A Non-Parametric Approach to the Change-Point Problem", 1979), which a few outliers do
/// not move. undefined for too few values.
export function changePoint(values) {
  const count = values.length;
  if (count < 2 * SMALLEST_SIDE) return undefined;
  const rank = ranks(values);
  let sum = 0;
  let index = 0;
  let largest = -1;
  for (let place = 0; place < count - 1; place += 1) {
    sum += 2 * rank[place] - (count + 1);
    const isInside = place + 1 >= SMALLEST_SIDE && count - place - 1 >= SMALLEST_SIDE;
    if (isInside && Math.abs(sum) > largest) {
      largest = Math.abs(sum);
      index = place + 1;
    }
  }
  return { index, probability: Math.min(1, 2 * Math.exp((-6 * largest * largest) / (count ** 3 + count ** 2))) };
}

/// By what the larger of two levels exceeds the smaller one.
const apart = (one, other) => (one > 0 && other > 0 ? Math.max(one / other, other / one) : one === other ? 1 : Infinity);

/// Stretches of `count` values in which changes are looked for: at each scale some that overlap by half, so that every change
/// lies well inside of one that has no other change in it (Kovacs and others, "Seeded binary segmentation", 2020).
function* seeds(count) {
  for (let length = 4 * SMALLEST_SIDE; length < count; length = Math.ceil(length * 1.5)) {
    const step = Math.ceil(length / 2);
    for (let from = 0; from + length < count; from += step) yield [from, from + length];
    yield [count - length, count];
  }
  yield [0, count];
}

/// The beginnings of the stretches between lasting changes of `values`, from left to right, the first of them 0. Of the changes
/// that chance does not explain and whose medians differ by a factor that matters, those that the narrowest stretch shows are
/// taken first (Baranowski and others, "Narrowest-over-threshold detection", 2019).
export function stretches(values) {
  const candidates = [];
  for (const [from, to] of seeds(values.length)) {
    const part = values.slice(from, to);
    const found = changePoint(part);
    if (!found || found.probability > SIGNIFICANCE) continue;
    if (apart(median(part.slice(0, found.index)), median(part.slice(found.index))) < SMALLEST_FACTOR) continue;
    candidates.push({ from, to, at: from + found.index });
  }
  candidates.sort((left, right) => left.to - left.from - (right.to - right.from) || right.at - left.at);
  const taken = [];
  for (const { from, to, at } of candidates) {
    if (!taken.some((other) => other > from && other < to)) taken.push(at);
  }
  return merged(values, [0, ...taken.sort((left, right) => left - right)]);
}

/// Without the beginnings of stretches whose median is much that of the stretch before.
function merged(values, starts) {
  const kept = [0];
  for (let place = 1; place < starts.length; place += 1) {
    const before = median(values.slice(kept.at(-1), starts[place]));
    const after = median(values.slice(starts[place], starts[place + 1] ?? values.length));
    if (apart(before, after) >= SMALLEST_FACTOR) kept.push(starts[place]);
  }
  return kept;
}

/// What became of a workflow's requests, oldest first: its stretches with their medians, the last of them `now` and the one
/// before it `before`, if there is one; their places count in `requests`. A request that failed took longer than any. Changes are looked for among the newest
/// requests, so that a look stays short.
export function course(requests) {
  const worst = Math.max(1, ...requests.map((request) => request.quotient ?? 0)) * 2;
  const values = requests.map((request) => request.quotient ?? worst);
  const first = Math.max(0, requests.length - MOST_VALUES);
  const starts = requests.length ? stretches(values.slice(first)).map((start) => (start ? start + first : 0)) : [];
  const parts = starts.map((from, place) => {
    const to = starts[place + 1] ?? requests.length;
    const inside = requests.slice(from, to);
    return {
      from,
      to,
      quotient: median(values.slice(from, to)),
      latency: median(inside.filter((request) => request.latencySeconds !== undefined).map((request) => request.latencySeconds)),
      target: median(inside.map((request) => request.targetSeconds)),
      beganAt: from > 0 ? requests[from - 1].writtenAtUnixSeconds : requests[0].writtenAtUnixSeconds,
    };
  });
  return { requests, parts, now: parts.at(-1), before: parts.at(-2) };
}

/// How far values moved between two times, in units of their spread before (the median absolute deviation, which is 0.6745 of
/// a normal deviation): {before, after, moved}. undefined where one side has fewer than three values.
export function moved(before, after) {
  if (before.length < 3 || after.length < 3) return undefined;
  const from = median(before);
  const to = median(after);
  const spread = median(before.map((value) => Math.abs(value - from))) / 0.6745;
  const floor = Math.max(Math.abs(from), Math.abs(to)) * 0.02;
  return { before: from, after: to, moved: Math.abs(to - from) / Math.max(spread, floor, Number.MIN_VALUE) };
}
