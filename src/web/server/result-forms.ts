import { csvFiles } from '../../reporters/csv.js';
import { RECORDING_FILE, RESULT_FILE } from '../../reporters/run-folder.js';

/** A form in which a kept run can be had. */
export interface ResultForm {
  /** In addresses: `GET /api/results/<run>/<form>`. */
  form: string;
  /** In the run's folder; where it is not there, it is made from the recording. */
  file: string;
  mediaType: string;
  /** The flag of `loadwright report` that makes it; absent: it is there or it is not to be had. */
  flag?: '--csv' | '--html' | '--junit';
}

/** What the CSV files of a run are called before their kind. */
const CSV_PREFIX = 'run';

const CSV_FORMS = ['stats', 'stats_history', 'load_history', 'failures', 'exceptions'];

/** What a flag of `loadwright report` is given to make a form in a folder: the file, or what all CSV files begin with. */
export function targetOf({ flag, file }: ResultForm): string {
  return flag === '--csv' ? CSV_PREFIX : file;
}

/** THE list of what can be had of a run: a row here is a download on the page and an address of the HTTP interface. */
export const RESULT_FORMS: readonly ResultForm[] = [
  { form: 'report.html', file: 'report.html', mediaType: 'text/html; charset=utf-8', flag: '--html' },
  { form: 'result.json', file: RESULT_FILE, mediaType: 'application/json' },
  { form: 'junit.xml', file: 'junit.xml', mediaType: 'application/xml; charset=utf-8', flag: '--junit' },
  { form: 'recording', file: RECORDING_FILE, mediaType: 'application/x-ndjson' },
  ...csvFiles(CSV_PREFIX).map(
    (file, index): ResultForm => ({
      form: `${CSV_FORMS[index]}.csv`,
      file,
      mediaType: 'text/csv; charset=utf-8',
      flag: '--csv',
    }),
  ),
];
