import { describe, expect, it } from 'vitest';
import { type FeedReader, LiveFeed } from '../../../src/web/server/live-feed.js';

class Reader implements FeedReader {
  readonly chunks: Buffer[] = [];
  pendingBytes = 0;
  isDropped = false;
  write(bytes: Buffer): void {
    this.chunks.push(bytes);
  }
  drop(): void {
    this.isDropped = true;
  }
  /** Ids of the events, and what they hold. */
  get events(): [string, unknown][] {
    const text = Buffer.concat(this.chunks).toString();
    return [...text.matchAll(/id: (\S+)\nevent: \w+\ndata: (.*)\n\n/g)].map(([, id, data]) => [id!, JSON.parse(data!)]);
  }
}

const feedOf = (limits = {}) => new LiveFeed({ nonce: 'n', greet: () => [{ event: 'hello', data: 'all' }], limits });

describe('a feed', () => {
  it('makes the bytes of an event once for all its readers, and not at all for none', () => {
    const feed = feedOf();
    let made = 0;
    const make = () => ++made;
    feed.send('tick', make);
    expect(made).toBe(0);
    const readers = [new Reader(), new Reader(), new Reader()];
    for (const reader of readers) feed.connect(reader, undefined);
    feed.send('tick', make);
    expect(made).toBe(1);
    expect(new Set(readers.map(({ chunks }) => chunks.at(-1)))).toHaveLength(1);
    expect(readers[0]!.events).toEqual([
      ['n-1', 'all'],
      ['n-2', 1],
    ]);
  });

  it('tells who comes back what was missed, once and in order', () => {
    const feed = feedOf();
    const first = new Reader();
    feed.connect(first, undefined);
    feed.send('tick', () => 'a');
    feed.disconnect(first);
    feed.send('tick', () => 'b');
    feed.send('tick', () => 'c');
    const again = new Reader();
    feed.connect(again, first.events.at(-1)![0]);
    feed.send('tick', () => 'd');
    expect(first.events.at(-1)).toEqual(['n-1', 'a']);
    expect(again.events.map(([, data]) => data)).toEqual(['b', 'c', 'd']);
  });

  it.each(['other-1', 'n-99', 'n-0', 'nonsense', '', undefined])('tells all to who says %j', (id) => {
    const feed = feedOf({ keptBytes: 60 });
    feed.connect(new Reader(), undefined);
    for (let number = 1; number <= 5; number++) feed.send('tick', () => number);
    const reader = new Reader();
    feed.connect(reader, id);
    expect(reader.events).toEqual([['n-5', 'all']]);
  });

  it('keeps no more than it may, however long it goes on', () => {
    const feed = feedOf({ keptBytes: 10_000 });
    feed.connect(new Reader(), undefined);
    for (let number = 1; number <= 2_000; number++) feed.send('tick', () => 'x'.repeat(500));
    const reader = new Reader();
    feed.connect(reader, 'n-1985');
    expect(reader.events).toHaveLength(15);
    const tooLate = new Reader();
    feed.connect(tooLate, 'n-1970');
    expect(tooLate.events).toEqual([['n-2000', 'all']]);
  });

  it('drops readers that take nothing, at a bound of bytes or of events, and goes on for the others', () => {
    const feed = feedOf({ pendingBytes: 1_000, lateEvents: 3 });
    const [quick, full, late] = [new Reader(), new Reader(), new Reader()];
    for (const reader of [quick, full, late]) feed.connect(reader, undefined);
    full.pendingBytes = 990;
    late.pendingBytes = 1;
    feed.send('tick', () => 1);
    expect([quick.isDropped, full.isDropped, late.isDropped]).toEqual([false, true, false]);
    for (let number = 0; number < 3; number++) feed.send('tick', () => 1);
    expect(late.isDropped).toBe(true);
    expect(feed.readers).toBe(1);
    expect(quick.events).toHaveLength(5);
  });

  it('is full at its bound, and has room again when somebody leaves', () => {
    const feed = feedOf({ readers: 2 });
    const [one, other] = [new Reader(), new Reader()];
    feed.connect(one, undefined);
    expect(feed.isFull).toBe(false);
    feed.connect(other, undefined);
    expect(feed.isFull).toBe(true);
    feed.disconnect(one);
    expect(feed.isFull).toBe(false);
  });
});
