import { describe, expect, it } from 'vitest';
import { formatPageData } from '../../src/web/format-page-data.js';
import type { PageData } from '../../src/web/page-data.js';
import { joinLog } from '../../src/web/page-log-tail.js';
import { PageModel } from '../../src/web/page-model.js';
import { applyShapes } from '../../src/web/page-shapes.js';
import { applyUpdate, type PageUpdate } from '../../src/web/page-update.js';
import { UpdateText } from '../../src/web/server/update-text.js';
import { tellEventfulRun } from '../support/eventful-run.js';
import { SyntheticRun } from '../support/run-events.js';

const NAMES = ['01_token', '02_list', '03_재고', '04_reserve'];
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** A browser that follows a run by its updates, and reads the whole page where they do not fit. */
class Follower {
  page: PageData | undefined;
  reads = 0;
  bytes = 0;

  hear(text: string, model: PageModel): void {
    this.bytes = text.length;
    const update = JSON.parse(text) as PageUpdate;
    this.page = (this.page === undefined ? undefined : applyUpdate(this.page, update)) ?? this.#read(model);
  }

  #read(model: PageModel): PageData {
    this.reads++;
    return JSON.parse(formatPageData(model.read()!)) as PageData;
  }
}

describe('updates', () => {
  it('lead to the page as it is, second by second', () => {
    const model = new PageModel();
    const updates = new UpdateText(1);
    const follower = new Follower();
    tellEventfulRun(
      (event, totals) => {
        model.onEvent(event, totals);
        if (event.type !== 'interval-closed') return;
        follower.hear(updates.read(model)!, model);
        const whole = JSON.parse(formatPageData(model.read()!)) as PageData;
        const shown = follower.page!;
        expect(shown.columns.second).toEqual(whole.columns.second);
        for (const key of ['completed', 'failures', 'users', 'inFlight'] as const) {
          expect(shown.columns[key]).toEqual(whole.columns[key]);
        }
        for (const [index, p95] of shown.columns.p95.entries()) expect(p95).toBeCloseTo(whole.columns.p95[index]!, 1);
        expect(shown.names.names.map(({ completed }) => completed)).toEqual(
          whole.names.names.map(({ completed }) => completed),
        );
        expect(shown.rows.map(({ name, completed }) => [name, completed])).toEqual(
          whole.rows.map(({ name, completed }) => [name, completed]),
        );
        const statusesOf = ({ columns }: PageData) =>
          Object.fromEntries(columns.statuses.map(({ status, counts }) => [status, counts]));
        expect(statusesOf(shown)).toEqual(statusesOf(whole));
        expect(shown.total.completed).toBe(totals.table(1).aggregated.completed);
      },
      { seconds: 60, names: NAMES },
    );
    expect(follower.reads).toBe(1);
  });

  it('lose nothing where columns are merged, and stay small however long the run is', () => {
    const model = new PageModel({ maxColumns: 40 });
    const updates = new UpdateText(1);
    const follower = new Follower();
    let early = 0;
    tellEventfulRun(
      (event, totals) => {
        model.onEvent(event, totals);
        if (event.type !== 'interval-closed') return;
        follower.hear(updates.read(model)!, model);
        expect(sum(follower.page!.columns.completed)).toBe(totals.table(1).aggregated.completed);
        if (event.interval === 30) early = follower.bytes;
      },
      { seconds: 400, names: NAMES, requests: 2, hasFailures: false },
    );
    expect(follower.reads).toBeLessThan(20);
    expect(follower.bytes).toBeLessThan(2 * early);
  });

  it.each([
    [2048, 62],
    [40, 400],
  ])('lead to the monitors as they are, told late and with gaps, in %i columns over %i s', (maxColumns, seconds) => {
    const model = new PageModel({ maxColumns });
    const updates = new UpdateText(1);
    const follower = new Follower();
    const run = new SyntheticRun((event, totals) => model.onEvent(event, totals)).start();
    // A gap now and then, and one that is longer than updates look back.
    const isThere = (second: number) => second % 7 !== 3 && (second < 40 || second > 47);
    const shared = { kind: 'function', units: { oldest: 'ms' } } as const;
    const tell = (interval: number) => {
      const values = { waiting: interval * 2, ...(interval >= 20 ? { oldest: 2.5 } : {}) };
      const late = interval >= 30 ? [{ monitor: '두 번째', ...shared, values: { waiting: 1 } }] : [];
      const samples = isThere(interval) ? [{ monitor: '대기열', ...shared, values }, ...late] : [];
      const failures = isThere(interval) ? [] : [{ monitor: '대기열', kind: 'function' as const, message: 'gone' }];
      run.tell({ type: 'monitors-sampled', interval, samples, failures });
    };
    tell(-1);
    for (let second = 0; second < seconds; second++) {
      run.close(second, [{ name: 'a' }]);
      follower.hear(updates.read(model)!, model);
      // Two come a second late, one after the other.
      if (second % 10 === 5) continue;
      if (second % 10 === 6) tell(second - 1);
      tell(second);
    }
    run.close(seconds, [{ name: 'a' }]);
    follower.hear(updates.read(model)!, model);
    const { monitors } = follower.page!;
    const [waiting, oldest, other] = monitors.series.map(({ values }) => values);
    expect(sum(monitors.seconds)).toBe(seconds);
    for (const [index, first] of monitors.second.entries()) {
      const within = Array.from({ length: monitors.seconds[index]! }, (_, more) => first + more).filter(isThere);
      const expected = sum(within.map((second) => second * 2)) / within.length;
      if (within.length === 0) expect(waiting![index], `second ${first}`).toBeNull();
      else expect(waiting![index], `second ${first}`).toBeCloseTo(expected, 2);
      expect(oldest![index], `second ${first}`).toBe(within.some((second) => second >= 20) ? 2.5 : null);
      expect(other![index], `second ${first}`).toBe(within.some((second) => second >= 30) ? 1 : null);
    }
    expect(follower.page!.monitors.series.map(({ monitor, metric, unit }) => [monitor, metric, unit])).toEqual([
      ['대기열', 'waiting', 'count'],
      ['대기열', 'oldest', 'ms'],
      ['두 번째', 'waiting', 'count'],
    ]);
    if (maxColumns > seconds) expect(follower.reads).toBe(2);
    else expect(follower.reads).toBeLessThan(20);
  });

  it('are read as a whole where a name is new or a second was missed', () => {
    const model = new PageModel();
    const updates = new UpdateText(1);
    const follower = new Follower();
    const run = new SyntheticRun((event, totals) => model.onEvent(event, totals)).start();
    const close = (second: number, name: string, isHeard = true) => {
      run.close(second, [{ name }]);
      const text = updates.read(model)!;
      if (isHeard) follower.hear(text, model);
    };
    close(0, 'a');
    close(1, 'a');
    expect(follower.reads).toBe(1);
    close(2, 'b');
    expect(follower.reads).toBe(2);
    close(3, 'a', false);
    close(4, 'b');
    expect(follower.reads).toBe(3);
    expect(follower.page!.columns.completed).toEqual([1, 1, 1, 1, 1]);
  });

  it('say only what has changed, and everything again to those who heard nothing before', () => {
    const model = new PageModel();
    const updates = new UpdateText(3);
    const run = new SyntheticRun((event, totals) => model.onEvent(event, totals)).start();
    const read = () => JSON.parse(updates.read(model)!) as PageUpdate;
    run.close(0, [{ name: 'a' }]);
    expect(read()).toMatchObject({ run: 3, isFinal: false, fields: { warnings: [] } });
    run.close(1, [{ name: 'a' }]);
    const next = read();
    expect(Object.keys(next.fields)).toEqual(expect.arrayContaining(['run', 'total', 'rows']));
    expect(Object.keys(next.fields)).not.toContain('warnings');
    updates.forget();
    run.finish();
    expect(read()).toMatchObject({ isFinal: true, fields: { verdict: { state: 'passed' }, warnings: [] } });
  });

  it('leave out distributions and the heatmap, which are read apart, and put in where they fit', () => {
    const model = new PageModel();
    const run = new SyntheticRun((event, totals) => model.onEvent(event, totals)).start();
    run.close(0, [{ name: 'a', ms: 5 }]).close(1, [{ name: 'a', ms: 7 }]);
    const early = JSON.parse(formatPageData(model.read()!)) as PageData;
    run.close(2, [{ name: 'a', ms: 90 }]);
    const updates = new UpdateText(1);
    const page = applyUpdate(early, JSON.parse(updates.read(model)!) as PageUpdate)!;
    const shapes = model.readShapes()!;
    const whole = model.read()!;
    expect(page.heatmap).not.toEqual(whole.heatmap);
    const shaped = applyShapes(page, shapes);
    expect(shaped.heatmap).toEqual(whole.heatmap);
    expect(shaped.total.distribution).toEqual(whole.total.distribution);
    expect(shaped.rows[0]!.distribution).toEqual(whole.rows[0]!.distribution);
    expect(page.total.distribution).not.toEqual(whole.total.distribution);
    expect(applyShapes(page, { ...shapes, startedAt: 'another' })).toBe(page);
    run.close(3, [{ name: 'b' }]);
    expect(applyShapes(model.read()!, shapes).rows).toHaveLength(2);
    // A second that came since has none yet.
    expect(
      applyShapes({ ...whole, columns: { ...whole.columns, second: [0, 1, 2, 3] } }, shapes).heatmap.columns[3],
    ).toEqual([]);
  });

  it('say of the log only what is new, and a page keeps its last thousand lines', () => {
    const model = new PageModel();
    const updates = new UpdateText(1);
    const run = new SyntheticRun((event, totals) => model.onEvent(event, totals)).start();
    const log = (message: string) => run.tell({ type: 'log', record: { level: 'info', source: '0', message } });
    const read = () => (JSON.parse(updates.read(model)!) as PageUpdate).log;
    log('first');
    run.close(0, [{ name: 'a' }]);
    let shown = model.read()!.log;
    expect(read()).toEqual({ first: 0, lines: [{ level: 'info', source: '0', message: 'first' }] });
    expect(read().lines).toEqual([]);
    for (let line = 1; line <= 1500; line++) {
      log(`line ${line}`);
      if (line % 400 === 0) shown = joinLog(shown, read());
    }
    const last = read();
    expect(last.first + last.lines.length).toBe(1501);
    expect(last.lines).toHaveLength(300);
    shown = joinLog(shown, last);
    expect(shown).toEqual(model.read()!.log);
    expect(shown.first).toBe(501);
    expect(shown.lines).toHaveLength(1000);
    expect(joinLog(shown, { first: 5000, lines: last.lines })).toEqual({ first: 5000, lines: last.lines });
    for (let line = 0; line < 1000; line++) log('x'.repeat(5000));
    expect(JSON.stringify(model.read()!.log).length).toBeLessThan(550_000);
  });
});
