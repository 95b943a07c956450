import { useMemo } from 'preact/hooks';
import type { ReportedPercentile } from '../../../metrics/time-statistics.js';
import { formatCount } from '../../../reporters/format/format-number.js';
import type { PageData, PageRow } from '../../page-data.js';
import { useBaseline } from '../baseline.js';
import { Distribution } from '../charts/distribution.js';
import { layRequestCharts } from '../charts/lay-over.js';
import { TimeChart } from '../charts/time-chart.js';
import { PlainText } from '../parts/plain-text.js';
import { showBytes, showMs } from '../show-numbers.js';
import { FailureList } from './errors.js';
import { Slowest } from './server-timing.js';

interface DetailParts {
  data: PageData;
  index: number;
  onSelect(index: number): void;
}

const HEIGHT = 150;

/** All that is known of one name. */
export function NameDetail({ data, index, onSelect }: DetailParts) {
  const row = data.rows[index]!;
  const baseline = useBaseline()?.data;
  const charts = useMemo(
    () => layRequestCharts({ data, index, baseline, prefix: `name-${index}` }),
    [data, index, baseline],
  );
  return (
    <div class="name-detail">
      <p class="full-name">
        <span class="method">
          <PlainText text={row.method} />
        </span>{' '}
        <PlainText text={row.name} />
      </p>
      <button type="button" class="show-in-charts" onClick={() => onSelect(index)}>
        Show in the charts above
      </button>
      <div class="charts">
        {charts.map((spec) => (
          <TimeChart key={spec.id} spec={spec} marks={data.marks} height={HEIGHT} />
        ))}
      </div>
      <div class="detail-grid">
        <Percentiles row={row} />
        {row.distribution !== undefined && <Distribution distribution={row.distribution} />}
        <Statuses row={row} />
        <Traffic row={row} />
        <Slowest row={row} />
      </div>
      {row.errors.length > 0 && <FailureList errors={row.errors} />}
    </div>
  );
}

function Percentiles({ row }: { row: PageRow }) {
  const percentiles = Object.keys(row.percentiles)
    .map((key) => Number(key) as ReportedPercentile)
    .sort((a, b) => a - b);
  return (
    <div>
      <h3>Percentiles</h3>
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Requests</th>
            <th scope="col" class="number">
              Response, ms
            </th>
            {row.service !== undefined && (
              <th scope="col" class="number">
                Service, ms
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {percentiles.map((percentile) => (
            <tr key={percentile}>
              <th scope="row">{percentile === 100 ? 'Max' : `${percentile} %`}</th>
              <td class="number">{showMs(row.percentiles[percentile])}</td>
              {row.service !== undefined && <td class="number">{showMs(row.service.percentiles[percentile])}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Statuses({ row }: { row: PageRow }) {
  const statuses = Object.entries(row.statuses).sort(([, a], [, b]) => b - a);
  return (
    <div>
      <h3>Answers</h3>
      <dl class="pairs">
        {statuses.map(([status, count]) => (
          <div key={status}>
            <dt>{status === '0' ? 'no answer' : `status ${status}`}</dt>
            <dd>{formatCount(count)}</dd>
          </div>
        ))}
        {row.interrupted > 0 && (
          <div>
            <dt>interrupted at the end</dt>
            <dd>{formatCount(row.interrupted)}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}

function Traffic({ row }: { row: PageRow }) {
  const { bytesReceived, bytesSent, meanBytesReceived, hops, reconnects } = row;
  const pairs: [string, string][] = [
    ['received', showBytes(bytesReceived)],
    ['received for a request', showBytes(meanBytesReceived)],
    ['sent', showBytes(bytesSent)],
    ...(hops > 0 ? [['redirects followed', formatCount(hops)] satisfies [string, string]] : []),
    ...(reconnects > 0 ? [['sent again on a new connection', formatCount(reconnects)] satisfies [string, string]] : []),
  ];
  return (
    <div>
      <h3>Traffic</h3>
      <dl class="pairs">
        {pairs.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
