import type { Client } from "ssh2";

/**
 * What ssh2 has on the inside of a client, once `connect()` was called.
 *
 * @param needed what the caller calls of it
 * @param file the caller's, for the message
 * @throws where it is another version's
 */
export const insideOf = <Protocol>(
  client: Client,
  needed: (protocol: Partial<Protocol>) => readonly unknown[],
  file: string,
): Protocol => {
  const { _protocol: protocol = {} } = client as unknown as {
    readonly _protocol?: Partial<Protocol>;
  };
  if (needed(protocol).some((one) => typeof one !== "function")) {
    throw new Error(`ssh2 has changed on its inside; src/ssh/${file} must follow`);
  }
  return protocol as Protocol;
};
