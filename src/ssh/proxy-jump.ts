import { SetupError } from "./setup-error.ts";

/** One jump host as `ssh -J` names it. */
export interface Hop {
  readonly host: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  /** The hops before it, `a,b`; `undefined` where it is the first. */
  readonly through: string | undefined;
}

const HOP =
  /^(?:ssh:\/\/)?(?:(?<user>[^@\s]+)@)?(?:\[(?<bracketed>[^\]\s]+)\]|(?<bare>[^@:[\]\s/]+))(?::(?<port>\d+))?\/?$/;
/** As ssh(1): an address with colons and no port need not be in brackets. */
const IPV6 = /^(?:(?<user>[^@\s]+)@)?(?<bare>[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*(?:%\w+)?)$/i;

/**
 * The last hop of a list such as `user@a:2222,b`, with those before it.
 *
 * @param at where it was written, for messages
 * @throws SetupError for what is no such list
 */
export const lastHop = (list: string, at: string): Hop => {
  const comma = list.lastIndexOf(",");
  const text = list.slice(comma + 1).trim();
  const found = (HOP.exec(text) ?? IPV6.exec(text))?.groups;
  const host = found?.bracketed ?? found?.bare;
  const port = found?.port === undefined ? undefined : Number(found.port);
  if (host === undefined || host.startsWith("-") || port === 0 || (port ?? 0) > 65_535) {
    throw new SetupError(`${at}: "${text}" is no jump host`, {
      hint: "write [USER@]HOST[:PORT], an IPv6 address in brackets, several with commas",
    });
  }
  return {
    host,
    user: found?.user,
    port,
    through: comma === -1 ? undefined : list.slice(0, comma),
  };
};
