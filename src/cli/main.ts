#!/usr/bin/env node
import { endOnStrayErrors } from './end-on-stray-errors.js';
import { endProcess } from './end-process.js';
import { outliveReaders } from './outlive-readers.js';
import { runCommandLine } from './run-command-line.js';

async function main(): Promise<number> {
  try {
    return await runCommandLine(process.argv.slice(2));
  } catch (error) {
    const { printError } = await import('./print-error.js');
    return printError(error);
  }
}

outliveReaders();
endOnStrayErrors();
await endProcess(await main());
