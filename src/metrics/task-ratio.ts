/** How often a task of a kind was to begin, and did; or how often a set or sequence of tasks was entered. */
export interface TaskRatio {
  /** Nested ones as `outer > inner`; they follow what they are in. */
  task: string;
  type: 'task' | 'set' | 'sequence';
  /** The set or sequence that it is in; absent where that is the whole of the kind's tasks. */
  inside?: string;
  /** What the shares are of: the choices of its set, or the rounds of its sequence. */
  shareOf: 'choices' | 'rounds';
  /** By weight, 0 to 1; in a sequence 1, or how often it comes in a round. */
  wantedShare: number;
  /** Absent while nothing of it could begin. */
  actualShare?: number;
  started: number;
  /** How many choices or rounds there were. */
  outOf: number;
  /** Of all tasks of all kinds; wanted only where weights alone decide it. Absent for sets and sequences. */
  wantedShareOfAll?: number;
  actualShareOfAll?: number;
}

/** What part of the load was to be one kind's, and was, and the same of its tasks. */
export interface KindRatio {
  kind: string;
  /** What its shares are of: the time users are at work, or iterations of open loads; absent where there are both. */
  shareOf?: 'users' | 'iterations';
  /** 0 to 1; absent where weights and fixed counts alone do not decide it. */
  wantedShare?: number;
  actualShare?: number;
  /** Tasks that its users began. */
  started: number;
  /** Of all tasks of all kinds; wanted as if users of all kinds were equally fast. */
  wantedShareOfAll?: number;
  actualShareOfAll?: number;
  tasks: TaskRatio[];
}
