import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** An empty folder that is gone when the test has finished. */
export function createTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'loadwright-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a scenario into a temporary folder and gives its path. */
export function writeScenario(source: string): string {
  const path = join(createTemporaryFolder(), 'scenario.ts');
  writeFileSync(path, source);
  return path;
}
