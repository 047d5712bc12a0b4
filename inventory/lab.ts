import { existsSync, readFileSync } from "node:fs";
import { type Connection, inventory } from "weft";
import { contract } from "./contract.ts";

// Where `weft lab up` keeps the lab's keys and its container image.
const lab = process.env.WEFT_LAB_DIR ?? "/var/lib/weft-lab";
// What it wrote there of itself, while it is up: how many hosts it has, the loopback addresses that lead to
// them, the port, and which of them are another release than the base image.
const isUp = existsSync(`${lab}/lab.json`);
const up: {
  hosts?: number;
  loopback?: string;
  sshPort?: number;
  images?: Record<string, string>;
} = isUp ? JSON.parse(readFileSync(`${lab}/lab.json`, "utf8")) : {};
const { hosts = 3, loopback = "127.0.56", sshPort = 22, images = {} } = up;

// More have no place below the DHCP server's range.
const numbers = Array.from({ length: Math.min(hosts, 9) }, (_, index) => index + 1);
const each = <T>(make: (number: number) => T) =>
  Object.fromEntries(numbers.map((number) => [`lab-${number}`, make(number)]));

const host = (number: number): Connection => {
  // OpenSSH 5.3 knows neither Ed25519 keys nor today's algorithms.
  const isEl6 = images[`lab-${number}`] === "el6";
  return {
    address: `${loopback}.${104 + number}`,
    port: sshPort,
    user: "root",
    identityFiles: [`${lab}/ssh/${isEl6 ? "id_rsa" : "id_ed25519"}`],
    knownHostsFiles: [`${lab}/ssh/known_hosts`],
    agent: false,
    ...(isEl6 && { legacyAlgorithms: true }),
  };
};

/** Two containers, on lab-1 "a1" and "a2": one with a static address and one with a lease; one of both on docker0 as well. */
const containers = (number: number) => {
  const letter = "abcdefghi"[number - 1];
  const isOdd = number % 2 === 1;
  const box = (index: number, network: "none" | "bridge", address: string) => ({
    name: `${letter}${index}`,
    image: "weft/busybox:1",
    archive: `${lab}/images/busybox.tar`,
    // Ends when told to: the first process of a container ignores signals that it does not ask for.
    command: ["sh", "-c", "trap exit TERM; sleep infinity & wait"],
    network,
    nics: [{ name: network === "bridge" ? "eth1" : "eth0", address }],
  });
  return [
    box(1, isOdd ? "none" : "bridge", `10.1.2.${number}1/24`),
    box(2, isOdd ? "bridge" : "none", "dhcp"),
  ];
};

export default inventory(contract, {
  hint: '"weft lab up" starts the lab\'s hosts.',
  notReady: isUp ? undefined : `no lab is up in ${lab}`,
  hosts: each(host),
  groups: {
    mesh: each((number) => ({
      underlay: { address: `192.168.56.${104 + number}` },
      containers: containers(number),
    })),
    dhcp: {
      "lab-1": {
        address: "10.1.2.1/24",
        range: { from: "10.1.2.100", to: "10.1.2.199" },
      },
    },
  },
});
