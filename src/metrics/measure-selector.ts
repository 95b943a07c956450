/** What numbers of a metric are: a sum, a last value, a share of trues, a distribution. */
export type MeasureType = 'counter' | 'gauge' | 'rate' | 'trend';

/** How a gauge's values of several shares become one. */
export type GaugeMerge = 'sum' | 'average' | 'min' | 'max' | 'last';

/** A metric, narrowed by labels: `http_req_duration{name:02_product_list}`. */
export interface MeasureSelector {
  /** Canonical text, labels sorted: the measure's identity everywhere. */
  key: string;
  metric: string;
  type: MeasureType;
  /** All must be equal. */
  labels: Readonly<Record<string, string>>;
  /** One measure for each combination of these labels' values: `reserved_units{outcome:told,product:7}`. */
  by?: readonly string[];
  merge?: GaugeMerge;
  /** Of the scenario's own metrics: what reports print behind a number. */
  unit?: string;
}
