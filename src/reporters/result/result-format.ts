export const RESULT_FORMAT = 'loadwright-result';

/** Raised when a field changes its meaning or goes; new fields alone do not raise it. */
export const RESULT_VERSION = 1;
