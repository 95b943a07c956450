/** What an npm client throws or rejects outside any task is counted, and ends no thread. */
export function catchStrays(count: (error: unknown, where: string) => void): void {
  process.on('unhandledRejection', (error) => count(error, 'unhandled rejection'));
  process.on('uncaughtException', (error) => count(error, 'uncaught exception'));
}
