import { formatElapsed } from '../../../reporters/format/format-duration.js';
import type { PlannedCurve } from '../../server/http-interface.js';

const WIDTH = 560;
const HEIGHT = 150;
const PLOT = { left: 46, right: WIDTH - 10, top: 12, bottom: HEIGHT - 24 };

/** The load over time, as it would be. */
export function LoadSketch({ curve, hasProblem }: { curve: PlannedCurve | undefined; hasProblem: boolean }) {
  if (curve === undefined) {
    return (
      <p class="sketch-note faint">
        {hasProblem ? 'The load over time is shown here once the form is right.' : 'The load over time …'}
      </p>
    );
  }
  if (curve.hasShape)
    return <p class="sketch-note faint">A function of the scenario decides the load, second by second.</p>;
  const users = curve.points.map((point) => point.users);
  const starts = curve.points.map(({ startsPerSecond }) => startsPerSecond);
  const isRate = starts.some((value) => value > 0);
  const values = isRate ? starts : users;
  const most = Math.max(1, ...values);
  const unit = isRate ? 'starts a second' : 'users';
  const end = `${formatElapsed(curve.lengthMs)}${curve.isOpen ? ' …' : ''}`;
  return (
    <figure class="sketch">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Up to ${show(most)} ${unit}, over ${end}`}>
        <path class="sketch-area" d={`${drawLine(curve, values, most)} V ${PLOT.bottom} H ${PLOT.left} Z`} />
        <path class="sketch-line" d={drawLine(curve, values, most)} />
        <path class="sketch-axis" d={`M ${PLOT.left} ${PLOT.top} V ${PLOT.bottom} H ${PLOT.right}`} />
        <text x={PLOT.left - 6} y={PLOT.top + 8} text-anchor="end">
          {show(most)}
        </text>
        <text x={PLOT.left - 6} y={PLOT.bottom} text-anchor="end">
          0
        </text>
        <text x={PLOT.left} y={HEIGHT - 6}>
          0:00
        </text>
        <text x={PLOT.right} y={HEIGHT - 6} text-anchor="end">
          {end}
        </text>
      </svg>
      <figcaption class="faint">
        {unit} · up to {curve.mostUsers.toLocaleString('en-US')} users on {curve.workers}{' '}
        {curve.workers === 1 ? 'worker' : 'workers'}
        {curve.isOpen ? ' · until it is stopped' : ''}
      </figcaption>
    </figure>
  );
}

function drawLine({ points, lengthMs }: PlannedCurve, values: readonly number[], most: number): string {
  const xOf = (ms: number) => PLOT.left + ((PLOT.right - PLOT.left) * ms) / Math.max(1, lengthMs);
  const yOf = (value: number) => PLOT.bottom - ((PLOT.bottom - PLOT.top) * value) / most;
  const steps = points.map(
    ({ fromMs }, index) => `${index === 0 ? 'M' : 'L'} ${round(xOf(fromMs))} ${round(yOf(values[index]!))}`,
  );
  return `${steps.join(' ')} H ${PLOT.right}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function show(value: number): string {
  return Number(value.toFixed(1)).toLocaleString('en-US');
}
