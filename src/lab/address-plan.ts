import { type Backend, defaultBackend } from "./backend.ts";
import { baseImage, type ImageName } from "./image/image-name.ts";

/** Where one host of the lab is, and what it looks like. */
export interface HostAddress {
  readonly name: string;
  readonly image: ImageName;
  readonly backend: Backend;
  /** Its address on the underlay, set up by the host itself. */
  readonly underlayAddress: string;
  /** The loopback address of this machine that leads to its sshd. */
  readonly sshAddress: string;
  /** And the TCP port there. */
  readonly sshPort: number;
  /** The address of its network card, the same at each boot. */
  readonly macAddress: string;
}

/** The lab's own end of the underlay: the bridge, where SSH connections come from. */
export const gatewayAddress = "192.168.56.1";
/** Prefix length of the underlay. */
export const underlayPrefix = 24;
/** Bytes. */
export const underlayMtu = 1500;

const underlay = "192.168.56";
const firstHost = 105;
/** As many as fit on the underlay's last octet. */
export const maxHosts = 254 - firstHost + 1;

/** The first three octets of the loopback addresses. */
export const defaultLoopback = "127.0.56";

/** The port of an SSH server, where nothing else is said. */
export const defaultSshPort = 22;

/** Names a host by its number, from 1 on. */
export const hostName = (number: number): string => `lab-${number}`;

/** The addresses of hosts lab-1 to lab-COUNT. */
export const planHosts = (
  count: number,
  {
    loopback = defaultLoopback,
    sshPort = defaultSshPort,
    images = {},
    backend = defaultBackend,
  }: {
    loopback?: string;
    sshPort?: number;
    images?: Readonly<Record<string, ImageName>>;
    backend?: Backend;
  } = {},
): HostAddress[] =>
  Array.from({ length: count }, (_, index) => {
    const octet = firstHost + index;
    const name = hostName(index + 1);
    return {
      name,
      image: images[name] ?? baseImage,
      backend,
      underlayAddress: `${underlay}.${octet}`,
      sshAddress: `${loopback}.${octet}`,
      sshPort,
      // 52:54:00 as emulated machines have; c0a8:38xx is the underlay address.
      macAddress: `52:54:c0:a8:38:${octet.toString(16).padStart(2, "0")}`,
    };
  });
