import { existsSync, readFileSync } from "node:fs";
import { type Connection, inventory } from "weft";
import { contract } from "./contract.ts";

// Where `weft lab up` keeps the lab's keys and its container image.
const lab = process.env.WEFT_LAB_DIR ?? "/var/lib/weft-lab";
// What it wrote there of itself, while it is up: the loopback addresses that lead to its hosts, and the port.
const isUp = existsSync(`${lab}/lab.json`);
const up: { loopback?: string; sshPort?: number } = isUp
  ? JSON.parse(readFileSync(`${lab}/lab.json`, "utf8"))
  : {};
const { loopback = "127.0.56", sshPort = 22 } = up;

const host = (number: number): Connection => ({
  address: `${loopback}.${104 + number}`,
  port: sshPort,
  user: "root",
  identityFiles: [`${lab}/ssh/id_ed25519`],
  knownHostsFiles: [`${lab}/ssh/known_hosts`],
  agent: false,
});

const underlay = (number: number) => ({ address: `192.168.56.${104 + number}` });

const box = {
  image: "weft/busybox:1",
  archive: `${lab}/images/busybox.tar`,
  command: ["sleep", "infinity"],
};

export default inventory(contract, {
  hint: '"weft lab up" starts the lab\'s hosts.',
  notReady: isUp ? undefined : `no lab is up in ${lab}`,
  hosts: { "lab-1": host(1), "lab-2": host(2), "lab-3": host(3) },
  groups: {
    mesh: {
      "lab-1": {
        underlay: underlay(1),
        containers: [
          { ...box, name: "a1", nics: [{ name: "eth0", address: "10.1.2.11/24" }] },
          { ...box, name: "a2", network: "bridge", nics: [{ name: "eth1", address: "dhcp" }] },
        ],
      },
      "lab-2": {
        underlay: underlay(2),
        containers: [
          {
            ...box,
            name: "b1",
            network: "bridge",
            nics: [{ name: "eth1", address: "10.1.2.21/24" }],
          },
          { ...box, name: "b2", nics: [{ name: "eth0", address: "dhcp" }] },
        ],
      },
      "lab-3": {
        underlay: underlay(3),
        containers: [
          { ...box, name: "c1", nics: [{ name: "eth0", address: "10.1.2.31/24" }] },
          { ...box, name: "c2", network: "bridge", nics: [{ name: "eth1", address: "dhcp" }] },
        ],
      },
    },
    dhcp: {
      "lab-1": {
        address: "10.1.2.1/24",
        range: { from: "10.1.2.100", to: "10.1.2.199" },
      },
    },
  },
});
