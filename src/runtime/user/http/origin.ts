/**
 * An address whose parts are asked for again and again, by undici for each request: `URL` makes them anew each time.
 * Nobody changes them.
 */
export class Origin extends URL {
  override readonly origin: string;
  override readonly protocol: string;
  override readonly host: string;

  constructor(text: string) {
    super(text);
    const { origin, protocol, host } = new URL(text);
    this.origin = origin;
    this.protocol = protocol;
    this.host = host;
  }
}
