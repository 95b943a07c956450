import type { Distribution as DistributionData } from '../../page-data.js';
import { showMs } from '../show-numbers.js';

const WIDTH = 300;
const HEIGHT = 110;

/** How often each response time was: bars whose width grows with the time. */
export function Distribution({ distribution: { bins, counts } }: { distribution: DistributionData }) {
  const most = Math.max(1, ...counts);
  const width = WIDTH / counts.length;
  const startOf = (bin: number) => bins.fromMs * (bins.toMs / bins.fromMs) ** (bin / bins.count);
  const peak = counts.indexOf(most);
  return (
    <div>
      <h3>Distribution</h3>
      <svg
        class="distribution"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`Most requests took from ${showMs(startOf(peak))} to ${showMs(startOf(peak + 1))} ms.`}
      >
        {counts.map((count, bin) => (
          <rect
            key={bin}
            x={bin * width + 0.5}
            width={width - 1}
            y={HEIGHT - (count / most) * HEIGHT}
            height={(count / most) * HEIGHT}
          >
            <title>{`${showMs(startOf(bin))}–${showMs(startOf(bin + 1))} ms: ${count.toLocaleString('en-US')}`}</title>
          </rect>
        ))}
      </svg>
      <div class="distribution-axis">
        <span>{showMs(bins.fromMs)} ms</span>
        <span>{showMs(startOf(bins.count / 2))} ms</span>
        <span>{showMs(bins.toMs)} ms</span>
      </div>
    </div>
  );
}
