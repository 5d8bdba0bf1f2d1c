// Numbers and moments as text. What is absent is an en dash, never a zero.

export const ABSENT = "–";

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

/// `value` with three significant digits, and no exponent.
export function digits(value, places = 3) {
  if (!isNumber(value)) return ABSENT;
  // Rounded first: 0.9999 has one digit before the point, as 1.00 has.
  const rounded = Number(value.toPrecision(places));
  if (rounded === 0) return "0";
  const decimals = Math.max(0, places - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(Math.min(decimals, 6));
}

const steps = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"], [1, ""]];

/// `value` with three significant digits, a prefix of the SI and `unit`.
export function withUnit(value, unit) {
  if (!isNumber(value)) return ABSENT;
  const [factor, prefix] = steps.find(([factor]) => Math.abs(value) >= factor * 0.9995) ?? [1, ""];
  return `${digits(value / factor)} ${prefix}${unit}`.trimEnd();
}

export const percent = (share, places = 0) => (isNumber(share) ? `${(share * 100).toFixed(places)} %` : ABSENT);

export const quotient = (value) => (isNumber(value) ? value.toFixed(2) : ABSENT);

/// A duration in the two largest units that it has.
export function duration(seconds) {
  if (!isNumber(seconds)) return ABSENT;
  if (seconds < 0) return `-${duration(-seconds)}`;
  if (seconds < 0.9995) return `${digits(seconds * 1000)} ms`;
  if (seconds < 59.5) return `${digits(seconds)} s`;
  const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const first = Math.max(0, units.findIndex(([size]) => Math.round(seconds) >= size));
  const [size, name] = units[first];
  if (first === 3) return `${Math.round(seconds)} s`;
  const [smaller, rest] = units[first + 1];
  const parts = Math.round(seconds / smaller);
  const whole = Math.floor((parts * smaller) / size);
  const left = parts - (whole * size) / smaller;
  return left ? `${whole} ${name} ${left} ${rest}` : `${whole} ${name}`;
}

const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const dayFormat = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

/// The time of day, with the day before it where that is not today.
export function clock(unixSeconds) {
  if (!isNumber(unixSeconds)) return ABSENT;
  const moment = new Date(unixSeconds * 1000);
  const text = clockFormat.format(moment);
  return moment.toDateString() === new Date().toDateString() ? text : `${dayFormat.format(moment)}, ${text}`;
}

/// How much `after` is of `before`.
export function factor(before, after) {
  if (!isNumber(before) || !isNumber(after)) return ABSENT;
  if (before === 0) return after === 0 ? "×1.00" : ABSENT;
  return `×${(after / before).toFixed(2)}`;
}

/// What the page calls a metric, and how it writes its values.
const known = {
  instructions_per_cycle: ["Instructions per cycle", (value) => digits(value)],
  memory_read_bytes_per_second: ["Memory reads", (value) => withUnit(value, "B/s")],
  memory_write_bytes_per_second: ["Memory writes", (value) => withUnit(value, "B/s")],
  l3_misses_per_second: ["L3 misses", (value) => withUnit(value, "/s")],
  c0_residency_ratio: ["Busy (C0)", (value) => percent(value, 1)],
  c1_residency_ratio: ["Halted (C1)", (value) => percent(value, 1)],
};

export const metricLabel = (metric) => known[metric]?.[0] ?? metric;

export function metricText(metric, value) {
  if (!isNumber(value)) return ABSENT;
  if (known[metric]) return known[metric][1](value);
  if (metric.endsWith("_ratio")) return percent(value, 1);
  if (metric.endsWith("_bytes_per_second")) return withUnit(value, "B/s");
  if (metric.endsWith("_bytes")) return withUnit(value, "B");
  if (metric.endsWith("_per_second")) return withUnit(value, "/s");
  if (metric.endsWith("_hertz")) return withUnit(value, "Hz");
  if (metric.endsWith("_watts")) return withUnit(value, "W");
  if (metric.endsWith("_seconds")) return duration(value);
  return digits(value, 4);
}

/// As on an axis, whose values are round.
export const axisText = (metric, value) => (metric.endsWith("_ratio") ? percent(value) : value === 0 ? "0" : metricText(metric, value));

/// The largest value that the metric can have by its nature, if there is one.
export const metricLimit = (metric) => (metric.endsWith("_ratio") ? 1 : undefined);
