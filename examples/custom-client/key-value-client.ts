import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A client that knows nothing of load tests, as one from npm would. */
export interface KeyValueClient {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  /** Ends the connection after the answers that are still to come. */
  close(): void;
}

interface Waiting {
  resolve(line: string): void;
  reject(error: Error): void;
}

export async function connectKeyValue(address: string): Promise<KeyValueClient> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  const ask = createAsk(socket);
  return {
    async get(key) {
      const answer = await ask(`GET ${key}`);
      return answer === 'NONE' ? undefined : answer.slice('VALUE '.length);
    },
    async set(key, value) {
      const answer = await ask(`SET ${key} ${value}`);
      if (answer !== 'OK') throw new Error(`the server answered "${answer}"`);
    },
    close: () => socket.end(),
  };
}

/** One line out, one line back, answers in the order of the questions. */
function createAsk(socket: Socket): (question: string) => Promise<string> {
  const queue: Waiting[] = [];
  createInterface(socket).on('line', (line) => queue.shift()?.resolve(line));
  socket.on('error', () => {});
  socket.on('close', () => {
    for (const { reject } of queue.splice(0)) reject(new Error('the server closed the connection'));
  });
  return (question) =>
    new Promise((resolve, reject) => {
      queue.push({ resolve, reject });
      socket.write(`${question}\n`);
    });
}
