import type { Answer } from '../server/answer.js';
import type { StockServerStats } from '../server/request-counts.js';
import { type Soon, whenReady } from '../server/when-ready.js';

export const METRICS_PATH = '/metrics';

const HEADERS = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
const NAME = 'stock_http_requests_total';

/** The counts as Prometheus reads them. */
export function answerMetrics(stats: Soon<StockServerStats>): Soon<Answer> {
  return whenReady(stats, ({ byEndpoint }) => {
    const lines = byEndpoint.map(
      ({ method, route, status, count }) => `${NAME}{method="${method}",route="${route}",status="${status}"} ${count}`,
    );
    const body = [`# HELP ${NAME} Answers.`, `# TYPE ${NAME} counter`, ...lines, ''].join('\n');
    return { status: 200, body, headers: HEADERS };
  });
}
