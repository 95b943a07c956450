import * as z from 'zod';

const share = (about: string) => z.number().optional().describe(about);

const taskRatioSchema = z
  .object({
    task: z.string().describe('Nested ones as outer > inner; they follow what they are in.'),
    type: z.enum(['task', 'set', 'sequence']),
    inside: z.string().optional().describe('The set or sequence that it is in; absent for tasks of the kind itself.'),
    shareOf: z
      .enum(['choices', 'rounds'])
      .describe('What the two shares are of: the choices of its set, or the rounds of its sequence.'),
    wantedShare: z.number().describe('By weight, 0 to 1; in a sequence 1, or how often it comes in a round.'),
    actualShare: share('Absent where nothing of it could begin.'),
    started: z.number().describe('How often it began, also where it was interrupted; a set or sequence: was entered.'),
    outOf: z.number().describe('How many choices or rounds there were.'),
    wantedShareOfAll: share('Of all tasks of all kinds; absent where weights alone do not decide it.'),
    actualShareOfAll: share('Of all tasks of all kinds; absent for a set or a sequence.'),
  })
  .describe('A task, or a set or sequence of tasks.');

export const kindRatioSchema = z
  .object({
    kind: z.string(),
    shareOf: z
      .enum(['users', 'iterations'])
      .optional()
      .describe(
        'What the two shares are of: the time that users are at work, or iterations. Absent with loads of both.',
      ),
    wantedShare: share('By weights and fixed counts, 0 to 1; absent where they alone do not decide it.'),
    actualShare: share('Absent where nothing was at work.'),
    started: z.number().describe('Tasks that its users began.'),
    wantedShareOfAll: share('Of all tasks of all kinds, if their users were equally fast.'),
    actualShareOfAll: share('Of all tasks of all kinds.'),
    tasks: z.array(taskRatioSchema),
  })
  .describe('One kind of user: what part of the load it was to be, and was.');
