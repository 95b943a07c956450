import { Chalk } from 'chalk';

type Paint = (text: string) => string;

/** The few colours reports use; without colour every one of them returns its text as it is. */
export interface Palette {
  good: Paint;
  bad: Paint;
  warning: Paint;
  /** Lines over time. */
  accent: Paint;
  heading: Paint;
  faint: Paint;
}

export function createPalette(color: boolean): Palette {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warning: (text) => chalk.yellow(text),
    accent: (text) => chalk.cyan(text),
    heading: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
  };
}

/** Colour is for people at a terminal, unless `NO_COLOR` or `FORCE_COLOR` says otherwise. */
export function isColorWanted(
  stream: { isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (environment.NO_COLOR !== undefined && environment.NO_COLOR !== '') return false;
  const forced = environment.FORCE_COLOR;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

/**
 * Whether lines may be drawn over: on a terminal that somebody sits at. What a CI system shows is a log, also where it
 * is written through a terminal.
 */
export function isDrawingWanted(
  stream: { isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { CI = '', TERM } = environment;
  return stream.isTTY === true && TERM !== 'dumb' && ['', '0', 'false'].includes(CI);
}
