import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../src/errors.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import type { OptionName } from '../../src/options/resolved-options.js';

function resolveFlag(name: OptionName, value: unknown): unknown {
  return resolveOptions([{ layer: 'flag', values: { [name]: { value, origin: `--${name}` } } }]).values[name];
}

const ACCEPTED: [OptionName, unknown, unknown][] = [
  ['host', 'http://localhost:8000', 'http://localhost:8000'],
  ['host', 'http://localhost:8000/', 'http://localhost:8000'],
  ['host', 'HTTPS://Example.test', 'https://example.test'],
  ['host', 'http://[::1]:80', 'http://[::1]'],
  ['host', 'http://me:secret@localhost', 'http://me:secret@localhost'],
  ['users', '1000', 1_000],
  ['users', 5, 5],
  ['spawnRate', '0.5', 0.5],
  ['spawnRate', '10', 10],
  ['runTime', '300s', 300_000],
  ['runTime', 20, 20_000],
  ['stopTimeout', '0', 0],
  ['stopTimeout', '3600', 3_600_000],
  ['tags', 'a b,c', ['a', 'b', 'c']],
  ['tags', ['a b', 'c', 'a'], ['a', 'b', 'c']],
  ['excludeTags', 'slow', ['slow']],
  ['env', ['A=1', 'B=x=y', 'C='], { A: '1', B: 'x=y', C: '' }],
  ['env', { A: 1, B: true }, { A: '1', B: 'true' }],
  ['trace', true, 1],
  ['trace', '1', 1],
  ['trace', '0.1', 0.1],
  ['trace', 0.1, 0.1],
  ['trace', ' 10% ', 0.1],
  ['trace', '100%', 1],
  ['trace', 'off', 0],
  ['trace', false, 0],
  ['seed', '0', 0],
  ['logLevel', 'WARNING', 'warning'],
  ['logLevel', 'Debug', 'debug'],
  ['exitCodeOnError', '0', 0],
  ['headless', 'yes', true],
  ['headless', 'OFF', false],
  ['preflight', false, false],
  ['workers', '4', 4],
  ['timeout', '600', 600_000],
  ['timeout', '5000ms', 5_000],
  ['timeout', '11m', 660_000],
  ['headersTimeout', '0', 0],
  ['maxRedirects', 0, 0],
  ['maxBodyBytes', '1MiB', 1_048_576],
  ['connectionReuse', 'iteration', 'iteration'],
  ['ca', ['one.pem', 'my two.pem,three.pem'], ['one.pem', 'my two.pem', 'three.pem']],
  ['dnsSelect', 'roundrobin', 'roundRobin'],
  ['dnsTtl', 0, 0],
  ['stages', ['30s:100'], [{ durationMs: 30_000, target: 100 }]],
  ['iterations', '1000', 1_000],
  ['profile', 'smoke', 'smoke'],
  ['labels', ['region=eu', 'build=a=b'], { region: 'eu', build: 'a=b' }],
  ['thresholds', ['a{b:c d,e}:p(95)<200', 'b:rate<0.01, c'], ['a{b:c d,e}:p(95)<200', 'b:rate<0.01, c']],
  ['thresholds', 'one:count>1\ntwo:count>2\n', ['one:count>1', 'two:count>2']],
  ['abortOn', 'http_req_failed:rate>0.5', ['http_req_failed:rate>0.5']],
  ['yes', true, true],
  ['allowedHosts', 'shop.example.com,*.example.org 10.0.0.5', ['shop.example.com', '*.example.org', '10.0.0.5']],
  ['logFileLimit', '10MB', 10_000_000],
];

const REFUSED: [OptionName, unknown, string, string][] = [
  ['host', 'localhost:8000', 'with http:// or https:// in front', '--host http://localhost:8000'],
  ['host', 'example.test', 'http://', '--host http://example.test'],
  ['host', 'ftp://example.test', 'http:// or https://', '--host http://localhost:8000'],
  ['host', 'http://localhost:8000/api/?x=1', 'without a path', '--host http://localhost:8000'],
  ['host', 'http://', 'URL', '--host http://localhost:8000'],
  ['users', '0', 'a whole number of 1 or more', '--users 10'],
  ['users', '-3', 'a whole number of 1 or more', '--users 10'],
  ['users', '1.5', 'a whole number of 1 or more', '--users 10'],
  ['users', 'ten', 'a whole number of 1 or more', '--users 10'],
  ['users', '1e3', 'a whole number', '--users 10'],
  ['spawnRate', '0', 'a number above 0', '--spawn-rate 10'],
  ['spawnRate', '-1', 'a number above 0', '--spawn-rate 10'],
  ['runTime', '1h30', 'a span of time', '--run-time 5m'],
  ['runTime', '0', 'longer than 0', '--run-time 5m'],
  ['env', 'STRICT', 'KEY=VALUE', '--env STRICT=1'],
  ['seed', '-1', 'from 0 to 4294967295', '--seed 7'],
  ['logLevel', 'loud', 'one of debug, info, warning, error, critical', '--loglevel WARNING'],
  ['exitCodeOnError', '256', 'from 0 to 255', '--exit-code-on-error 0'],
  ['timeout', '5000', '5000 looks like milliseconds', '--timeout 5000ms'],
  ['connectTimeout', 2_000, 'looks like milliseconds', '--connect-timeout 2000ms'],
  ['timeout', '0', 'longer than 0', '--timeout 30s'],
  ['trace', '10', 'a share from 0 to 1, or from 0% to 100%', '--trace 10%'],
  ['trace', 25, 'a share from 0 to 1', '--trace 25%'],
  ['trace', '101%', 'a share from 0 to 1', '--trace 10%'],
  ['trace', '-1', 'a share from 0 to 1', '--trace 10%'],
  ['trace', 'some', 'a share from 0 to 1', '--trace 10%'],
  ['connectionsPerUser', 0, 'from 1 to 1024', '--connections-per-user 6'],
  ['maxBodyBytes', 'big', 'a size such as 64MiB', '--max-body-bytes 64MiB'],
  ['connectionReuse', 'always', 'one of user, iteration, none', '--connection-reuse user'],
  ['proxy', 'https://proxy:3128', 'proxies that want TLS', '--proxy http://proxy:3128'],
  ['proxy', 'proxy:3128', 'http://', '--proxy http://proxy:3128'],
  ['iterations', '0', 'a whole number of 1 or more', '--iterations 1000'],
  ['stages', '30s', '<time>:<users>', '--stage 30s:100'],
  ['labels', 'region', 'KEY=VALUE', '--label region=eu'],
  ['labels', ['region=eu', 'name=eu'], '"name" is a label that numbers have by themselves', '--label my_name=eu'],
  ['thresholds', ' ', 'a list that is not empty', '--threshold http_req_failed:rate<0.01'],
  ['logFileLimit', 'big', 'a size', '--logfile-limit 10MB'],
  ['preflight', 'maybe', 'true or false', '--no-preflight'],
];

describe('values of options', () => {
  it.each(ACCEPTED)('%s takes %j', (name, value, expected) => {
    expect(resolveFlag(name, value)).toEqual(expected);
  });

  it.each(REFUSED)('%s refuses %j', (name, value, must, hint) => {
    let error: unknown;
    try {
      resolveFlag(name, value);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(LoadwrightError);
    expect(error).toMatchObject({ code: 'ERR_OPTION_INVALID', exitCode: 2, hint });
    expect(String(error)).toContain(must);
    expect(String(error)).toContain(`but --${name} gave ${JSON.stringify(value)}`);
  });
});
