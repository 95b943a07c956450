type Row = Readonly<Record<string, unknown>>;

/** As much of a connection as a monitor needs. */
export interface PostgresClient {
  query(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** At once, whether or not the server still answers. */
  destroy(): void;
}

interface PgClient {
  connect(): Promise<unknown>;
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Row[] }>;
  on(event: 'error', listener: (error: Error) => void): void;
  connection: { stream: { destroy(): void } };
}

type PgClientClass = new (options: { connectionString: string; application_name: string }) => PgClient;

/** Opens a connection with the package `pg`; one that is not open yet when `signal` is aborted is given up. */
export async function connectPostgres(
  module: Record<string, unknown>,
  url: string,
  signal: AbortSignal,
): Promise<PostgresClient> {
  const { Client } = (module.default ?? module) as { Client: PgClientClass };
  const client = new Client({ connectionString: url, application_name: 'loadwright monitor' });
  let broke: Error | undefined;
  client.on('error', (error) => {
    broke = error;
  });
  const destroy = () => client.connection.stream.destroy();
  signal.addEventListener('abort', destroy, { once: true });
  try {
    await client.connect();
  } catch (error) {
    destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', destroy);
  }
  return {
    destroy,
    async query(text, values) {
      if (broke !== undefined) throw broke;
      return (await client.query(text, values)).rows;
    },
  };
}
