import { formatDuration } from '../../../reporters/format/format-duration.js';
import { formatCount } from '../../../reporters/format/format-number.js';
import type { PageData, PageEnvironment } from '../../page-data.js';
import { DataTable, type TableColumn } from '../parts/data-table.js';
import { PlainText } from '../parts/plain-text.js';
import { Section } from '../parts/section.js';
import { NOTHING, showBytes, showMs } from '../show-numbers.js';

type Option = PageEnvironment['options'][number];

const OPTIONS: TableColumn<Option>[] = [
  { id: 'name', title: 'Option', sortBy: ({ name }) => name, show: ({ name }) => <code>{name}</code> },
  { id: 'text', title: 'Value', sortBy: ({ text }) => text, show: ({ text }) => <PlainText text={text} /> },
  { id: 'origin', title: 'From', sortBy: ({ origin }) => origin, show: ({ origin }) => <PlainText text={origin} /> },
];

/** What ran, where, and with which options. */
export function Environment({ data }: { data: PageData }) {
  const { options } = data.environment;
  const given = options.filter(({ layer }) => layer !== 'default');
  return (
    <Section id="environment" title="Environment">
      <dl class="pairs wide">
        {describe(data).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <PlainText text={value} />
            </dd>
          </div>
        ))}
      </dl>
      {given.length > 0 && (
        <DataTable caption="Options that were given" columns={OPTIONS} rows={given} keyOf={({ name }) => name} />
      )}
      <details class="all-options">
        <summary>All {options.length} options</summary>
        <DataTable
          caption="All options"
          columns={OPTIONS}
          rows={options}
          keyOf={({ name }) => name}
          filterText={({ name, text, origin }) => `${name} ${text} ${origin}`}
        />
      </details>
    </Section>
  );
}

function describe({ run, environment }: PageData): [name: string, value: string][] {
  const { machine, kinds, loads, version } = environment;
  const drained = run.drainMs < 100 ? '' : `, then ${formatDuration(run.drainMs)} for answers`;
  return [
    ['Scenario', run.scenario],
    ['Target', run.host ?? NOTHING],
    ['Load', run.load],
    ...(loads.length > 1 ? loads.map(({ name, text }): [string, string] => [`Load ${name}`, text]) : []),
    ['Kinds of users', kinds.map(({ name, picked }) => `${name} (${picked})`).join(', ')],
    ['Started', `${run.startedAt.replace('T', ' ').replace(/\.\d+Z$/, '')} UTC`],
    ['Took', `${formatDuration(run.durationMs)}${drained}`],
    ['Users started', formatCount(run.usersStarted)],
    [
      'Iterations',
      run.meanIterationMs === undefined
        ? formatCount(run.iterations)
        : `${formatCount(run.iterations)}, ${showMs(run.meanIterationMs)} ms on average`,
    ],
    ['Workers', run.workers],
    ['Seed', String(run.seed)],
    ['Machine', `${machine.cpuModel}, ${machine.cores} cores, ${showBytes(machine.memoryBytes)}`],
    ['System', `${machine.platform} ${machine.release}, ${machine.architecture}, Node.js ${machine.node}`],
    ['Loadwright', version],
  ];
}
