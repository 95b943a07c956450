/** What a name of k6's is here: another name, or none, and then what to look at in its place. */
export interface K6Name {
  /** The name here; absent: there is none. */
  name?: string;
  /** What differs, or what there is in place of it. */
  note?: string;
}

const IN_RESPONSES = (timing: string): K6Name => ({
  note: `A response has it as timings.${timing}; record(trend, …) makes a metric of it.`,
});
const MEASURED: K6Name = { note: 'measure() times calls of any npm client; they count in http_req_duration.' };

/** Built-in metrics of k6 that have another name here, or none; those with the same name are in `METRIC_TABLE`. */
const METRICS: Readonly<Record<string, K6Name>> = {
  vus: { name: 'users' },
  vus_max: { name: 'users', note: 'The most users at once are its max: max<=500.' },
  http_req_tls_handshaking: { name: 'http_req_tls' },
  http_req_blocked: IN_RESPONSES('blockedMs'),
  http_req_receiving: IN_RESPONSES('receivingMs'),
  http_req_sending: { note: 'It is part of http_req_service.' },
  http_req_looking_up: { name: 'http_req_connecting', note: 'Looking up the name is part of it.' },
};
const METRIC_FAMILIES = /^(?:grpc|ws|webrtc|browser)_/;

/** Tags of k6's that have another name here, or none. */
const LABELS: Readonly<Record<string, K6Name>> = {
  scenario: { name: 'load' },
  expected_response: { name: 'expected' },
  url: { name: 'name' },
  error_code: { name: 'error', note: 'Its values are the reasons of the error report.' },
  vu: { note: 'Users have no label of their own: name them by kind, {user:…}.' },
  iter: { note: 'Iterations have no label.' },
  proto: {},
  subproto: {},
  tls_version: {},
  ocsp_status: {},
  service: {},
};

/** What the metric of k6's is called here; undefined for a name that is none of k6's alone. */
export function findK6Metric(name: string): K6Name | undefined {
  if (Object.hasOwn(METRICS, name)) return METRICS[name];
  return METRIC_FAMILIES.test(name) ? MEASURED : undefined;
}

/** What the tag of k6's is called here; undefined for a name that is none of k6's alone. */
export function findK6Label(name: string): K6Name | undefined {
  return Object.hasOwn(LABELS, name) ? LABELS[name] : undefined;
}
