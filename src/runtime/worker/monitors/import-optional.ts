import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * A package that only some monitors need: the scenario's own copy, or whichever one there is.
 *
 * @throws Error that says what to install
 */
export async function importOptional(name: string, scriptUrl: string | undefined): Promise<Record<string, unknown>> {
  const places = [scriptUrl, pathToFileURL(join(process.cwd(), 'scenario.js')).href, import.meta.url];
  for (const place of places) {
    const file = place === undefined ? undefined : resolveFrom(place, name);
    if (file !== undefined) return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  }
  throw new Error(`it needs the package "${name}", which is not installed: npm install ${name}`);
}

function resolveFrom(place: string, name: string): string | undefined {
  try {
    return createRequire(place).resolve(name);
  } catch {
    return undefined;
  }
}
