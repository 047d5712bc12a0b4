import { expect, test } from "vitest";
import { planHosts } from "../../../src/lab/address-plan.ts";
import { sshArguments, sshConfig } from "../../../src/lab/ssh-config.ts";
import { knownHostsLine } from "../../../src/lab/ssh-keys.ts";

const keys = {
  clientKey: (type: string) => `/lab dir/id_${type}`,
  knownHosts: "/lab dir/known_hosts",
};
const [first, second] = planHosts(2) as [
  ReturnType<typeof planHosts>[0],
  ReturnType<typeof planHosts>[0],
];

test("ssh-config names each host once, with its address, key and known hosts", () => {
  expect(sshConfig([first, second], keys)).toBe(`Host lab-1
  HostName 127.0.56.105
  Port 22
  User root
  IdentityFile "/lab dir/id_ed25519"
  IdentitiesOnly yes
  PreferredAuthentications publickey
  UserKnownHostsFile "/lab dir/known_hosts"
  StrictHostKeyChecking yes

Host lab-2
  HostName 127.0.56.106
  Port 22
  User root
  IdentityFile "/lab dir/id_ed25519"
  IdentitiesOnly yes
  PreferredAuthentications publickey
  UserKnownHostsFile "/lab dir/known_hosts"
  StrictHostKeyChecking yes`);
});

test("the arguments for one host pass the user's own configuration by and end with the host", () => {
  const args = sshArguments(first, keys);
  expect(args.slice(0, 4)).toEqual(["-F", "none", "-o", "HostName=127.0.56.105"]);
  expect(args.at(-1)).toBe("lab-1");
});

test("a host with EL6's sshd has an RSA key and its algorithms in both", () => {
  const [host] = planHosts(1, { images: { "lab-1": "el6" } }) as [ReturnType<typeof planHosts>[0]];
  expect(sshConfig([host], keys)).toMatch(/id_rsa"\n[\s\S]*HostKeyAlgorithms \+ssh-rsa\n/);
  expect(sshArguments(host, keys)).toContain("KexAlgorithms=+diffie-hellman-group14-sha1");
});

test("a known_hosts line has the host's name, its loopback address and no comment", () => {
  expect(knownHostsLine(first, "ssh-ed25519 AAAA root@lab-1\n")).toBe(
    "lab-1,127.0.56.105 ssh-ed25519 AAAA",
  );
});

test("another port than 22 is in all of them", () => {
  const [host] = planHosts(1, { sshPort: 2256 }) as [ReturnType<typeof planHosts>[0]];
  expect(sshConfig([host], keys)).toContain("  Port 2256\n");
  expect(sshArguments(host, keys)).toContain("Port=2256");
  expect(knownHostsLine(host, "ssh-ed25519 AAAA root@lab-1\n")).toBe(
    "lab-1,127.0.56.105,[127.0.56.105]:2256 ssh-ed25519 AAAA",
  );
});
