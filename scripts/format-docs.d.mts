/** What the generated pages are made of; every part is passed in, from `dist/` or from `src/`. */
export interface DocsSource {
  groups: readonly string[];
  names: readonly string[];
  definitionOf(name: never): {
    flag: string;
    short?: string;
    group: string;
    kind: string;
    default: unknown;
    defaultText?: string;
    metavar: string;
    help: string;
    isRepeatable?: true;
    scriptPath?: string;
  };
  environmentName(name: never): string;
  formatOptionValue(name: never, value: unknown): string;
  runFlags: readonly { flag: string; short?: string; metavar: string; help: string }[];
  laterFlags: readonly { flag: string; short?: string }[];
}

/** The whole of `docs/options.md`. */
export function formatOptionDocs(source: DocsSource): string;

/** `docs/errors.md` with its table made new; the sections stay as they are. */
export function replaceErrorTable(
  page: string,
  errors: Readonly<Record<string, { exitCode: number; summary: string }>>,
): string;

/** `docs/thresholds.md` with its table of metrics made new. */
export function replaceMetricTable(
  page: string,
  metrics: readonly {
    name: string;
    type: string;
    unit: string;
    labels: readonly string[];
    hasOwnLabels: boolean;
    about: string;
  }[],
): string;

/** `docs/bottlenecks.md` with its table of rules made new. */
export function replaceRuleTable(
  page: string,
  rules: Readonly<Record<string, { fires: string; bringsAbout: readonly string[] }>>,
): string;
