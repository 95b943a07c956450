// The generated parts of docs/: docs/options.md, and the tables of docs/errors.md, docs/thresholds.md and docs/bottlenecks.md.

const ERRORS_BEGIN = '<!-- table of errors: written by scripts/generate-docs.mjs -->';
const METRICS_BEGIN = '<!-- table of metrics: written by scripts/generate-docs.mjs -->';
const RULES_BEGIN = '<!-- table of rules: written by scripts/generate-docs.mjs -->';
const END = '<!-- end of the table -->';

export function formatOptionDocs(source) {
  return [
    '<!-- Written by scripts/generate-docs.mjs from src/options/option-table.ts. -->',
    '',
    '# Options',
    '',
    'Every option can be given in several places. Where it is given in more than one, the later in this list wins:',
    '',
    '1. the default',
    '2. the configuration file: `loadwright.json` in the current folder, or the one named by `--config`',
    '3. the scenario: `defineTest({ host, load: { users, … }, http: { timeout, … } })`',
    '4. the profile of the scenario that `--profile` names',
    '5. the environment: `LOADWRIGHT_USERS=10`',
    '6. flags: `--users 10`',
    '',
    'A value overrides what it names and nothing else. `loadwright options <file>` prints every value with its origin.',
    'An option that does not exist is an error everywhere, and so is a wrong value that a later place would override.',
    '',
    '- **Time** is a number of seconds (`20`, `1.5`) or a span with units in falling order: `400ms`, `20s`, `3m`, `1h20m`.',
    '  For the timeouts of requests a bare number over 600 is refused: it was meant as milliseconds.',
    '- **Sizes** are bytes, or text such as `64MiB` or `10MB`.',
    '- **Lists** are separated by spaces or commas (`ca`: by commas; `thresholds` and `abortOn`: by line breaks), and their',
    '  flags can be repeated. `--tags one two` takes the words up to the next flag.',
    '- **Stages** are `<time>:<users>`, separated by spaces or commas: `LOADWRIGHT_STAGE="30s:100 5m:100"`. In the',
    '  configuration file they can also be objects: `{ "duration": "30s", "target": 100 }`.',
    '- **Booleans** are flags without a value; `--no-…` switches each of them off. Elsewhere they are `true` or `false`.',
    '- **`env` and `labels`** are merged key by key. In the environment, pairs are separated by spaces: `LOADWRIGHT_ENV="A=1 B=2"`.',
    '- Keys of the configuration file are the names below, or the long flags without their dashes:',
    '',
    '```json',
    '{ "users": 100, "spawn-rate": 10, "runTime": "5m", "tags": ["checkout"], "env": { "STRICT": "1" } }',
    '```',
    '',
    ...source.groups.flatMap((group) => formatGroup(source, group)),
    '## Flags of the command line alone',
    '',
    '| flag | meaning |',
    '|---|---|',
    ...source.runFlags.map((flag) => `| ${formatFlag(flag)} | ${flag.help} |`),
    '',
    '## Not in this version',
    '',
    'These are designed and refused by name, so that nothing is ignored silently (`ERR_NOT_SUPPORTED`):',
    `${source.laterFlags.map(({ flag }) => `\`--${flag}\``).join(', ')}.`,
    '',
  ].join('\n');
}

export function replaceErrorTable(page, errors) {
  const rows = Object.entries(errors).map(
    ([code, { exitCode, summary }]) => `| [\`${code}\`](#${code.toLowerCase()}) | ${exitCode} | ${summary} |`,
  );
  const head = ['| code | exit code | meaning |', '|---|---|---|'];
  return replacePart(page, ERRORS_BEGIN, [...head, ...rows]);
}

function formatGroup(source, group) {
  const names = source.names.filter((name) => source.definitionOf(name).group === group);
  return [
    `## ${group}`,
    '',
    '| name | flag | environment | in the scenario | default | meaning |',
    '|---|---|---|---|---|---|',
    ...names.map((name) => formatOption(source, name)),
    '',
  ];
}

function formatOption(source, name) {
  const definition = source.definitionOf(name);
  const cells = [
    `\`${name}\``,
    formatFlag({ ...definition, flag: `${definition.default === true ? 'no-' : ''}${definition.flag}` }),
    `\`${source.environmentName(name)}\``,
    definition.scriptPath === undefined ? '' : `\`${definition.scriptPath}\``,
    definition.defaultText ?? source.formatOptionValue(name, definition.default),
    `${definition.help}${definition.isRepeatable ? ' Repeatable.' : ''}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function formatFlag({ flag, short, metavar }) {
  const value = metavar === '' ? '' : ` ${metavar.startsWith('[') ? metavar : `<${metavar}>`}`;
  return `\`${short === undefined ? '' : `-${short}, `}--${flag}${value}\``;
}

/** The page about thresholds with its table made new; `own`: labels of loads, of `--label`, of requests and of `record`. */
export function replaceMetricTable(page, metrics) {
  const rows = metrics.map(({ name, type, unit, labels, hasOwnLabels, about }) => {
    const listed = [...labels.map((label) => `\`${label}\``), ...(hasOwnLabels ? ['own'] : [])].join(', ');
    return `| \`${name}\` | ${type} | ${unit} | ${listed} | ${about} |`;
  });
  const head = ['| metric | type | unit | labels | what it is |', '|---|---|---|---|---|'];
  return replacePart(page, METRICS_BEGIN, [...head, ...rows]);
}

/** The page about bottlenecks with its table made new. */
export function replaceRuleTable(page, rules) {
  const rows = Object.entries(rules).map(([rule, { fires, bringsAbout }]) => {
    const effects = bringsAbout.map((effect) => `\`${effect}\``).join(', ');
    return `| \`${rule}\` | ${fires} | ${effects} |`;
  });
  const head = ['| rule | fires when | comes before |', '|---|---|---|'];
  return replacePart(page, RULES_BEGIN, [...head, ...rows]);
}

function replacePart(page, begin, table) {
  const from = page.indexOf(begin);
  const end = page.indexOf(END, from);
  if (from < 0 || end < 0) throw new Error(`A page has no place for its table: "${begin}".`);
  return [page.slice(0, from) + begin, '', ...table, '', page.slice(end)].join('\n');
}
