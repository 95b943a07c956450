import type { ConnectionCounts, GeneratorHealth, GeneratorSummary } from '../../metrics/generator-health.js';
import { formatDuration } from './format-duration.js';
import type { Fact } from './format-facts.js';
import { formatCount, formatMs, formatPlural } from './format-number.js';
import { truncateText, wrapText } from './pad-text.js';

const MAX_LINES = 5;
const INDENT = '  ';
const LEAST_ADDED_MS = 0.1;

/** For the status line. */
export function formatGeneratorState({ verdict }: GeneratorHealth): string {
  return `generator ${verdict}`;
}

/** Why the generator does not keep up at this moment, one line each, up to so many lines. */
export function formatGeneratorNow(
  { verdict, reasons }: GeneratorHealth,
  { maxWidth, maxLines }: { maxWidth: number; maxLines: number },
): string[] {
  if (verdict !== 'saturated') return [];
  return reasons.slice(0, Math.max(0, maxLines)).map(({ message }) => truncateText(`generator: ${message}`, maxWidth));
}

/** What the report says of a generator that did not keep up; nothing if it did. */
export function formatGenerator(generator: GeneratorSummary, maxWidth: number): string[] {
  const { verdict, reasons, judgedMs, strainedMs, saturatedMs, addedLatency } = generator;
  if (verdict === 'healthy') return [];
  const isSaturated = verdict === 'saturated';
  const badMs = isSaturated ? saturatedMs : strainedMs + saturatedMs;
  const head =
    `Loadwright itself was ${verdict} for ${formatDuration(badMs)} of ${formatDuration(judgedMs)}: ` +
    `${isSaturated ? 'the times above are in part its own' : 'some of the times above may be its own'}, ` +
    `about ${formatAdded(addedLatency.meanMs)} or more of each on average, ${formatAdded(addedLatency.p99Ms)} at 99%.`;
  return [
    ...wrapText(head, maxWidth, MAX_LINES),
    ...reasons.flatMap(({ message, advice }) => [
      ...indent(`- ${message}`, maxWidth),
      ...indent(`  → ${advice}`, maxWidth),
    ]),
  ];
}

/** How the generator did, however that was. `serviceMs`: of all requests together. */
export function listGeneratorFacts(generator: GeneratorSummary, serviceMs: number): Fact[] {
  const { utilisation, machine, addedLatency, garbage, connections } = generator;
  const cores = `${machine.cpuCores.toFixed(2)} of ${formatPlural(machine.cores, 'core')} used`;
  const added = `about ${formatAdded(addedLatency.meanMs)} to a request on average, ${formatAdded(addedLatency.p99Ms)} at 99%`;
  const longest = garbage.pauses === 0 ? '' : `, ${formatMs(garbage.longestMs)} ms at most`;
  return [
    { label: 'workers', text: `the busiest was busy ${Math.round(utilisation * 100)} % of the time; ${cores}` },
    { label: 'added', text: added },
    { label: 'garbage', text: `${formatPlural(garbage.pauses, 'pause')}${longest}` },
    { label: 'connections', text: formatConnections(connections, serviceMs) },
  ];
}

/** Timers tell no less than this. */
function formatAdded(ms: number): string {
  return `${formatMs(Math.max(ms, LEAST_ADDED_MS))} ms`;
}

function formatConnections({ opened, tlsHandshakes, tlsFailures, tlsMs }: ConnectionCounts, serviceMs: number): string {
  const text = `${formatCount(opened)} opened`;
  const failed = tlsFailures === 0 ? '' : `; ${formatPlural(tlsFailures, 'TLS handshake')} failed`;
  if (tlsHandshakes === 0) return text + failed;
  const share = serviceMs === 0 ? '' : `, ${Math.round((tlsMs / serviceMs) * 100)} % of all request time`;
  const handshakes = formatPlural(tlsHandshakes, 'TLS handshake');
  return `${text}; ${handshakes} of ${formatMs(tlsMs / tlsHandshakes)} ms on average${share}${failed}`;
}

function indent(text: string, maxWidth: number): string[] {
  return wrapText(text, maxWidth - INDENT.length, MAX_LINES).map((line, index) => (index === 0 ? line : INDENT + line));
}
