// Draws the figures of docs/load-models.md: each `ts` block with a load that an image follows is planned by the code that
// plans a run, and drawn over time.

const WIDTH = 640;
const HEIGHT = 240;
const PLOT = { left: 52, right: 624, top: 44, bottom: 190 };
/** All are readable on white and on black. */
const GREY = '#787878';
const COLORS = ['#2f81f7', '#d9730d'];
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
/** Instants that are looked at, besides those at which a line bends or jumps. */
const SAMPLES = 570;
/** Just before an instant, as the plan counts. */
const BEFORE_MS = 1e-6;
const BLOCK = /```ts\n([^`]*)```\n\n!\[([^\]]+)\]\(figures\/([a-z-]+)\.svg\)/g;
const LOAD = /export const (loads?): Loads? = ([\s\S]*);\s*$/;

/** Every figure of a page as SVG, by the name of its file. `source`: the planning functions of src/. */
export function drawFigures(page, source) {
  return Object.fromEntries(
    [...page.matchAll(BLOCK)].map(([, code, title, name]) => [
      `${name}.svg`,
      drawLoads(readGiven(code), title, source),
    ]),
  );
}

function readGiven(code) {
  const [, key, written] = LOAD.exec(code) ?? [];
  if (written === undefined) throw new Error(`A block before a figure has no load at its end:\n${code}`);
  return { [key]: new Function(`return (${written})`)() };
}

function drawLoads(given, title, source) {
  const loads = planLoads(given, source);
  const endMs = Math.max(...loads.map(({ startAtMs, endMs }) => startAtMs + endMs));
  const series = loads.map((load) => ({
    name: loads.length > 1 ? load.name : '',
    points: samplePoints(load, source),
    starts: load.model === 'starts' ? listStarts(load, source) : [],
  }));
  const unit = loads[0].model === 'starts' ? 'iterations started a second; each mark below is one start' : 'users';
  return drawFigure({ title, unit, endMs, series });
}

function planLoads(given, source) {
  const descriptions = source.readLoads(given);
  const kinds = [...new Set(descriptions.map(({ user }) => user ?? 'Visitor'))].map((name) => ({ name, weight: 1 }));
  return descriptions.map((description) => {
    const defaults = { kinds, stopTimeoutMs: 0, isStopTimeoutForced: false, labels: {} };
    const load = source.planLoadModel(description, defaults);
    return load.executor === 'shape' ? askShape(load, source.findShapes(given, undefined)[load.name], source) : load;
  });
}

/** As a run does, second by second: only what is new changes the line. */
function askShape(load, shape, { planShape, shapeLoad }) {
  let last = shape(0);
  let asked = planShape(load, last);
  for (let second = 1; asked.endMs === undefined; second++) {
    const point = shape(second);
    if (JSON.stringify(point) !== JSON.stringify(last)) asked = shapeLoad(asked, second, point);
    last = point;
  }
  return asked;
}

/** `[ms since the run's start, value]`, from the load's start to its end. */
function samplePoints(load, { usersAt, rateAt }) {
  const { startAtMs, endMs } = load;
  const bends = load.line.flatMap(({ fromMs, toMs }) => [fromMs, toMs]).filter((ms) => ms > 0 && ms < endMs);
  const grid = Array.from({ length: SAMPLES }, (_, index) => (index * endMs) / SAMPLES);
  const instants = [...grid, ...bends, ...bends.map((ms) => ms - BEFORE_MS), endMs - BEFORE_MS].sort((a, b) => a - b);
  const values = instants.map((ms) => [ms, load.model === 'starts' ? rateAt(load, ms) : usersAt(load, ms)]);
  const line = load.model === 'starts' ? values : values.flatMap((point, at) => stepTo(point, values[at - 1]));
  return simplifyLine([[0, 0], ...line, [endMs, 0]]).map(([ms, value]) => [startAtMs + ms, value]);
}

/** Users are whole: between two numbers of them there is an edge. */
function stepTo([ms, value], before) {
  return before === undefined || before[1] === value
    ? [[ms, value]]
    : [
        [ms, before[1]],
        [ms, value],
      ];
}

/** Between two others on one straight line a point says nothing. */
function simplifyLine(points) {
  const kept = points.slice(0, 1);
  for (const [at, [ms, value]] of points.entries()) {
    const after = points[at + 1];
    if (at === 0 || after === undefined) continue;
    const [fromMs, from] = kept.at(-1);
    const share = after[0] === fromMs ? 0 : (ms - fromMs) / (after[0] - fromMs);
    const isOn = after[0] !== fromMs && Math.abs(from + (after[1] - from) * share - value) < 1e-4;
    if (!isOn) kept.push([ms, value]);
  }
  return [...kept, points.at(-1)];
}

function listStarts(load, { StartTimes }) {
  const times = new StartTimes(load.line, load.endMs);
  return Array.from({ length: times.count }, (_, index) => load.startAtMs + times.at(index));
}

function drawFigure({ title, unit, endMs, series }) {
  const most = Math.max(...series.flatMap(({ points }) => points.map(([, value]) => value)));
  const valueStep = chooseValueStep(most);
  const topValue = Math.ceil(most / valueStep) * valueStep;
  const timeStep = TIME_STEPS.find((step) => endMs / 1000 / step <= 10) ?? 3600;
  const scale = {
    x: (ms) => round(PLOT.left + ((PLOT.right - PLOT.left) * ms) / endMs),
    y: (value) => round(PLOT.bottom - ((PLOT.bottom - PLOT.top) * value) / topValue),
  };
  const inMinutes = timeStep >= 60;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12" fill="${GREY}">`,
    `<title>${title}</title>`,
    `<text x="${PLOT.left}" y="16" font-size="14" font-weight="600">${title}</text>`,
    `<text x="${PLOT.left}" y="34">${unit}</text>`,
    `<text x="${PLOT.right}" y="${HEIGHT - 6}" text-anchor="end">${inMinutes ? 'minutes' : 'seconds'}</text>`,
    ...range(topValue, valueStep).flatMap((value) => [
      `<path d="M${PLOT.left} ${scale.y(value)}H${PLOT.right}" stroke="${GREY}" stroke-opacity="${value === 0 ? 1 : 0.3}"/>`,
      `<text x="${PLOT.left - 8}" y="${round(scale.y(value) + 4)}" text-anchor="end">${value}</text>`,
    ]),
    ...range(endMs / 1000, timeStep).flatMap((seconds) => [
      `<path d="M${scale.x(seconds * 1000)} ${PLOT.bottom}v5" stroke="${GREY}"/>`,
      `<text x="${scale.x(seconds * 1000)}" y="${PLOT.bottom + 19}" text-anchor="middle">${inMinutes ? seconds / 60 : seconds}</text>`,
    ]),
    ...series.flatMap((line, index) => drawSeries(line, scale, index)),
    '</svg>',
    '',
  ].join('\n');
}

function drawSeries({ name, points, starts }, { x, y }, index) {
  const color = COLORS[index % COLORS.length];
  const path = points.map(([ms, value], at) => `${at === 0 ? 'M' : 'L'}${x(ms)} ${y(value)}`).join('');
  const marks = starts.map((ms) => `M${x(ms)} ${PLOT.bottom}v-8`).join('');
  const dash = index === 0 ? '' : ' stroke-dasharray="6 3"';
  const nameX = PLOT.right - 160 + index * 80;
  return [
    ...(marks === '' ? [] : [`<path d="${marks}" stroke="${color}"/>`]),
    `<path d="${path}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"${dash}/>`,
    ...(name === '' ? [] : [`<text x="${nameX}" y="34" fill="${color}" font-weight="600">${name}</text>`]),
  ];
}

function chooseValueStep(most) {
  const power = 10 ** Math.floor(Math.log10(most / 4));
  return Math.max(
    1,
    [1, 2, 5, 10].map((step) => step * power).find((step) => most / step <= 5),
  );
}

function range(to, step) {
  return Array.from({ length: Math.floor(to / step + 1e-9) + 1 }, (_, index) => index * step);
}

function round(value) {
  return Math.round(value * 10) / 10;
}
