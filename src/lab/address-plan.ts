/** Where one host of the lab is. */
export interface HostAddress {
  readonly name: string;
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

/** The addresses of hosts lab-1 to lab-COUNT. */
export const planHosts = (
  count: number,
  {
    loopback = defaultLoopback,
    sshPort = defaultSshPort,
  }: { loopback?: string; sshPort?: number } = {},
): HostAddress[] =>
  Array.from({ length: count }, (_, index) => {
    const octet = firstHost + index;
    return {
      name: `lab-${index + 1}`,
      underlayAddress: `${underlay}.${octet}`,
      sshAddress: `${loopback}.${octet}`,
      sshPort,
      // 52:54:00 as emulated machines have; c0a8:38xx is the underlay address.
      macAddress: `52:54:c0:a8:38:${octet.toString(16).padStart(2, "0")}`,
    };
  });
