// Lines on canvases. Colours come from the style sheet, so that one place says what light and dark look like.

let colours = {};

function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["page", "ink", "faint", "grid", "band", "kept", "late", "moved", "pressure", "other"];
  colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

readColours();
const listeners = new Set();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  readColours();
  for (const listener of listeners) listener();
});

/// Calls `listener` when light has become dark or the other way round.
export const onTheme = (listener) => listeners.add(listener);
export const colour = (name) => colours[name];

/// The canvas' context in CSS pixels, cleared, or undefined while the canvas is not shown. Asking a canvas for its size lays the
/// page out anew when something has changed on it; who draws many tells their size instead.
export function prepare(canvas, width = canvas.clientWidth, height = canvas.clientHeight) {
  if (!width || !height) return undefined;
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/// The least and the largest of `values`, from zero on where they have no limit of their own; undefined without a value.
export function extent(values, limit) {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (most < least) return undefined;
  if (limit !== undefined) return [0, limit];
  const floor = Math.min(0, least);
  return [floor, most > floor ? most * 1.05 : floor + 1];
}

/// Strokes a line within a box; gaps stay gaps. What falls into one column of pixels is drawn from its least to its largest
/// value, so that no peak is lost and a long line costs no more than its width.
function stroke(context, { times, values }, box, [fromTime, toTime], [least, most]) {
  const across = box.width / (toTime - fromTime || 1);
  const up = box.height / (most - least || 1);
  const level = (value) => box.top + box.height - (value - least) * up;
  context.beginPath();
  let column = -1;
  let low = 0;
  let high = 0;
  let last = 0;
  let isDrawing = false;
  const finish = () => {
    if (column < 0) return;
    const x = box.left + column;
    if (isDrawing) context.lineTo(x, level(low));
    else context.moveTo(x, level(low) + 0.5);
    context.lineTo(x, level(high));
    if (last !== high) context.lineTo(x, level(last));
    isDrawing = true;
    column = -1;
  };
  for (let place = 0; place < times.length; place += 1) {
    const value = values[place];
    if (Number.isNaN(value)) {
      finish();
      isDrawing = false;
      continue;
    }
    const at = Math.floor((times[place] - fromTime) * across);
    if (at < 0) continue;
    if (at !== column) {
      finish();
      [column, low, high] = [at, value, value];
    } else if (value < low) low = value;
    else if (value > high) high = value;
    last = value;
  }
  finish();
  context.stroke();
}

/// The seconds that a line over the last five minutes covers: as many as there are, a minute at least.
const span = ({ times }) => Math.min(300, Math.max(60, times.at(-1) - times[0]));

/// A small line without axes: from zero, or what is less, to the largest value; with the limit of the metric where it has one.
export function sparkline(canvas, points, limit, width, height) {
  const { context } = prepare(canvas, width, height);
  context.strokeStyle = colours.grid;
  context.lineWidth = 1;
  context.strokeRect(0.5, height - 0.5, width - 1, 0);
  const range = extent(points.values, limit);
  if (!range) return;
  context.strokeStyle = colours.kept;
  context.lineWidth = 1.25;
  context.lineJoin = "round";
  const to = points.times.at(-1);
  stroke(context, points, { left: 0, top: 2, width: width - 2, height: height - 4 }, [to - span(points), to], range);
}

/// A line with axes and the texts of `label` on them.
export function lineChart(canvas, points, { limit, label, time, seconds }) {
  const area = prepare(canvas);
  if (!area) return;
  const { context, width, height } = area;
  const range = extent(points.values, limit);
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = colours.faint;
  if (!range) {
    context.textAlign = "center";
    context.fillText("no values yet", width / 2, height / 2);
    return;
  }
  const box = { left: 70, top: 8, width: width - 78, height: height - 28 };
  const to = points.times.at(-1);
  const times = [to - (seconds ?? span(points)), to];
  grid(context, box, range, label);
  timeAxis(context, box, times, time);
  context.strokeStyle = colours.kept;
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  stroke(context, points, box, times, range);
}

/// Three or so round values between `least` and `most`.
export function ticks(least, most, wanted = 4) {
  const rough = (most - least) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((candidate) => candidate >= rough) ?? rough;
  const found = [];
  for (let value = Math.ceil(least / step) * step; value <= most + step * 1e-9; value += step) found.push(value);
  return found;
}

export function grid(context, box, [least, most], label) {
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const value of ticks(least, most)) {
    const y = Math.round(box.top + box.height - ((value - least) / (most - least)) * box.height) + 0.5;
    context.strokeStyle = colours.grid;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(box.left, y);
    context.lineTo(box.left + box.width, y);
    context.stroke();
    context.fillStyle = colours.faint;
    context.fillText(label(value), box.left - 6, y);
  }
  context.textBaseline = "alphabetic";
}

const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

/// Times of day below the box, at round moments of the reader's own clock.
export function timeAxis(context, box, [from, to], label) {
  const wanted = Math.max(2, Math.floor(box.width / 110));
  const step = timeSteps.find((candidate) => (to - from) / candidate <= wanted) ?? 86400 * Math.ceil((to - from) / 86400 / wanted);
  const shift = new Date(from * 1000).getTimezoneOffset() * 60;
  context.fillStyle = colours.faint;
  context.strokeStyle = colours.grid;
  context.textAlign = "center";
  for (let time = Math.ceil((from - shift) / step) * step + shift; time <= to; time += step) {
    const x = Math.round(box.left + ((time - from) / (to - from || 1)) * box.width) + 0.5;
    context.beginPath();
    context.moveTo(x, box.top + box.height);
    context.lineTo(x, box.top + box.height + 4);
    context.stroke();
    if (x > box.left + 20 && x < box.left + box.width - 20) context.fillText(label(time), x, box.top + box.height + 16);
  }
}
