let turn = 0;
let isCounting = false;

/**
 * The number of this turn of the event loop: the same number at two moments means that nothing has been read from the
 * system between them.
 */
export function loopTurn(): number {
  if (!isCounting) {
    isCounting = true;
    setImmediate(() => {
      isCounting = false;
      turn++;
    });
  }
  return turn;
}
