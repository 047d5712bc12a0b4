/** An address and port as one word, with an IPv6 address in brackets: `192.0.2.1:22`, `[2001:db8::1]:22`. */
export const endpoint = (address: string, port: number): string =>
  address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;

/** A number of milliseconds as a reader says it: `250 ms`, `10 s`. */
export const duration = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);
