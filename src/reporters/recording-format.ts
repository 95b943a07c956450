/** The first line of a recording; every line after it is one event. */
export interface RecordingHeader {
  format: typeof RECORDING_FORMAT;
  /** Readers refuse a higher one than theirs. */
  formatVersion: number;
  /** The version of Loadwright that wrote it. */
  version: string;
}

export const RECORDING_FORMAT = 'loadwright-recording';

/** Raised when a reader of the version before would misread what is written; new fields alone do not raise it. */
export const RECORDING_VERSION = 1;
