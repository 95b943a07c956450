import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { LoadwrightError } from '../../errors.js';
import { VERSION } from '../../runtime/version.js';
import { commandNamed } from '../command-table.js';
import { createStarterFiles } from '../init-templates.js';
import { parseCommandLine } from '../parse-command-line.js';

/** `loadwright init [folder]`: a starter project; nothing is written if one of its files is there already. */
export async function initCommand(words: readonly string[]): Promise<number> {
  const [folder = '.', surplus] = parseCommandLine(words, commandNamed('init')!).words;
  if (surplus !== undefined) {
    throw new LoadwrightError('ERR_OPTION_INVALID', {
      message: `"init" takes one folder, but "${surplus}" follows "${folder}".`,
      hint: `loadwright init ${folder}`,
    });
  }
  const files = createStarterFiles({ name: toPackageName(folder), version: VERSION });
  refuseExisting(folder, Object.keys(files));
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text, { flag: 'wx' });
  process.stdout.write(formatNextSteps(folder, Object.keys(files)));
  return 0;
}

function refuseExisting(folder: string, files: readonly string[]): void {
  const existing = files.find((file) => existsSync(join(folder, file)));
  if (existing === undefined) return;
  throw new LoadwrightError('ERR_FILE_EXISTS', {
    message: `${join(folder, existing)} is there already, and "init" overwrites nothing.`,
    hint: 'loadwright init <another folder>',
  });
}

function toPackageName(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' || name === 'loadwright' ? 'load-test' : name;
}

function formatNextSteps(folder: string, files: readonly string[]): string {
  const written = files.map((file) => `  ${join(folder, file)}`);
  const enter = folder === '.' ? [] : [`  cd ${folder}`];
  const steps = [...enter, '  npm install', '  npm run server        (in a second terminal)', '  npm run load'];
  return [`Written:`, ...written, '', 'Next:', ...steps, ''].join('\n');
}
