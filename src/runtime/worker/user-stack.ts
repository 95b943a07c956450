const OWN = new URL('../../', import.meta.url);

/** The stack of an error without our own lines and Node's: they are of no use to whoever wrote the scenario. */
export function readUserStack(error: unknown): string {
  if (!(error instanceof Error) || error.stack === undefined) return '';
  return error.stack
    .split('\n')
    .filter((line) => !/^\s+at /.test(line) || isTheirs(line))
    .join('\n');
}

function isTheirs(line: string): boolean {
  return !line.includes(OWN.href) && !line.includes(OWN.pathname) && !line.includes('node:internal');
}
