/** PostgreSQL or Redis is not there, or not to be had in time: an answer of 503. */
export class ServiceUnavailable extends Error {
  override name = 'ServiceUnavailable';
}

type ServiceName = 'PostgreSQL' | 'Redis';

const away = new Set<ServiceName>();

/** One line when a service goes away, however many requests meet that. */
export function noteAway(service: ServiceName, error: unknown): void {
  if (away.has(service)) return;
  away.add(service);
  const reason = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : String(error);
  process.stderr.write(`${service} is away: ${reason}\n`);
}

export function noteBack(service: ServiceName): void {
  if (away.delete(service)) process.stderr.write(`${service} is back.\n`);
}
