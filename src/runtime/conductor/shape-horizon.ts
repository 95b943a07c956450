/** How far ahead a shape is asked before a run: one that has not ended by then may go on for ever. */
export const SHAPE_HORIZON_MS = 3_600_000;
