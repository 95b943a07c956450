import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aggregate } from '../../src/metrics/aggregate.js';
import { addAll, normalise, sampleOf } from '../support/samples.js';

describe('response and service times', () => {
  it('are kept as one until a request begins late', () => {
    const aggregate = addAll(new Aggregate(), [sampleOf({ serviceMs: 4 }), sampleOf({ serviceMs: 6 })]);
    expect(aggregate.read()[0]).not.toHaveProperty('service');
    addAll(aggregate, [sampleOf({ serviceMs: 5, responseMs: 25 })]);
    expect(aggregate.read()[0]).toMatchObject({
      ...{ totalMs: 35, minMs: 4, maxMs: 25 },
      service: { totalMs: 15, minMs: 4, maxMs: 6 },
    });
  });

  it('are one again after they were taken', () => {
    const aggregate = addAll(new Aggregate(), [sampleOf({ responseMs: 25 })]);
    expect(aggregate.takeSnapshot()[0]).toHaveProperty('service');
    addAll(aggregate, [sampleOf({ serviceMs: 3 })]);
    expect(aggregate.takeSnapshot()[0]).not.toHaveProperty('service');
    addAll(aggregate, [sampleOf({ serviceMs: 3, responseMs: 4 })]);
    expect(aggregate.read()[0]!.service).toMatchObject({ totalMs: 3, minMs: 3, maxMs: 3 });
  });

  it('are corrected for missed starts, also when the request itself was taken before', () => {
    const aggregate = addAll(new Aggregate(), [sampleOf({ serviceMs: 300 })]);
    const before = aggregate.takeSnapshot();
    aggregate.correct({ method: 'GET', name: '/a' }, []);
    expect(aggregate.takeSnapshot()).toEqual([]);
    aggregate.correct({ method: 'GET', name: '/a' }, [200, 100]);
    const merged = new Aggregate();
    for (const part of [before, aggregate.takeSnapshot()]) merged.merge(part);
    const [counts] = merged.read();
    expect(counts).toMatchObject({ completed: 1, totalMs: 300, minMs: 300, service: { totalMs: 300, minMs: 300 } });
    expect([counts!.durations.length, counts!.service!.durations.length]).toEqual([6, 2]);
  });

  it('are the same however they were split over workers and seconds', () => {
    const event = fc.record({
      place: fc.nat(5),
      name: fc.constantFrom('/a', '/b'),
      serviceMs: fc.double({ min: 0, max: 5000, noNaN: true }),
      lagMs: fc.constantFrom(0, 0, 0, 0.5, 700),
      missedMs: fc.constantFrom<number[]>([], [], [], [10], [200, 100]),
    });
    const count = (
      aggregate: Aggregate,
      events: readonly (typeof event extends fc.Arbitrary<infer One> ? One : never)[],
    ) => {
      for (const { name, serviceMs, lagMs, missedMs } of events) {
        addAll(aggregate, [sampleOf({ name, serviceMs, responseMs: serviceMs + lagMs })]);
        aggregate.correct({ method: 'GET', name }, missedMs);
      }
      return aggregate;
    };
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const merged = new Aggregate();
        for (let place = 0; place < 6; place++) {
          const part = count(
            new Aggregate(),
            events.filter((one) => one.place === place),
          );
          merged.merge(structuredClone(part.takeSnapshot()));
        }
        expect(normalise(merged.read())).toEqual(normalise(count(new Aggregate(), events).read()));
        const plain = addAll(
          new Aggregate(),
          events.map(({ name, serviceMs }) => sampleOf({ name, serviceMs })),
        ).read();
        const services = normalise(merged.read()).map(({ service, ...response }) => service ?? response);
        expect(services.map(({ durations }) => durations)).toEqual(normalise(plain).map(({ durations }) => durations));
      }),
    );
  });
});
