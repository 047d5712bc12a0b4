import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { parseAddresses } from "../../src/facts/addresses.ts";
import { virtualizationOf } from "../../src/facts/virtualization.ts";
import { factsProbe } from "../../src/facts.ts";

const answer = (stdout: string) => ({ stdout, stderr: "", exitCode: 0, truncated: false });

describe("facts", () => {
  // The script reads, and what it reads here is whatever machine this is.
  it.each([["dash"], ["bash", "--posix"], ["busybox", "sh"]])("are told by %s", (...shell) => {
    const [program = "", ...args] = shell;
    const stdout = execFileSync(program, [...args, "-c", factsProbe.command.script], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    const facts = factsProbe.parse(answer(stdout));
    expect(facts.distribution).toMatch(/^\w+$/);
    expect(facts.kernel).toMatch(/^\d+\.\d+/);
    expect(facts.cpus).toBeGreaterThan(0);
    expect(facts.memoryBytes).toBeGreaterThan(2 ** 26);
    expect(facts.virtualization).toMatch(/^[\w-]+$/);
  });

  it("are read", () => {
    const stdout = `id=rocky
version=9.4
package=dnf
service=systemd
kernel=5.14.0
architecture=x86_64
hostname=web-1
virt=kvm
cpus=4
memory=2048
ip 2: eth0    inet 192.0.2.1/24 brd 192.0.2.255 scope global eth0
`;
    expect(factsProbe.parse(answer(stdout))).toEqual({
      hostname: "web-1",
      distribution: "rocky",
      version: "9.4",
      major: 9,
      packageManager: "dnf",
      serviceManager: "systemd",
      kernel: "5.14.0",
      architecture: "x86_64",
      virtualization: "kvm",
      cpus: 4,
      memoryBytes: 2_097_152,
      addresses: [{ interface: "eth0", family: "ipv4", address: "192.0.2.1", prefix: 24 }],
    });
  });

  it("that are none are an error", () => {
    expect(() => factsProbe.parse(answer("id=rocky\n"))).toThrow("facts cannot be read");
  });
});

describe("addresses", () => {
  it("come from ip", () => {
    const lines = String.raw`ip 1: lo    inet 127.0.0.1/8 scope host lo\       valid_lft forever
ip 1: lo    inet6 ::1/128 scope host noprefixroute
ip 2: eth0    inet 192.0.2.1/24 brd 192.0.2.255 scope global eth0\       valid_lft forever
ip 2: eth0    inet6 fe80::1/64 scope link
ip 3: veth0@if2    inet 10.0.0.1/30 scope global veth0
ip 4: tun0    inet 10.8.0.1 peer 10.8.0.2/32 scope global tun0`.split("\n");
    expect(parseAddresses(lines)).toEqual([
      { interface: "eth0", family: "ipv4", address: "192.0.2.1", prefix: 24 },
      { interface: "eth0", family: "ipv6", address: "fe80::1", prefix: 64 },
      { interface: "veth0", family: "ipv4", address: "10.0.0.1", prefix: 30 },
      { interface: "tun0", family: "ipv4", address: "10.8.0.1", prefix: 32 },
    ]);
  });

  it("come from /proc where there is no ip", () => {
    const lines =
      `route Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
route eth0\t00000000\t0138A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
route eth0\t0038A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
fib_trie Local:
fib_trie      +-- 127.0.0.0/8 2 0 2
fib_trie            |-- 127.0.0.1
fib_trie               /32 host LOCAL
fib_trie      +-- 192.168.56.0/24 2 0 2
fib_trie         |-- 192.168.56.105
fib_trie            /32 host LOCAL
fib_trie            /32 host LOCAL
fib_trie         |-- 192.168.56.255
fib_trie            /32 link BROADCAST
fib_trie         |-- 198.51.100.7
fib_trie            /32 host LOCAL
if_inet6 fe800000000000005054c0fffea83869 02 40 20 80     eth0
if_inet6 00000000000000000000000000000001 01 80 10 80       lo`.split("\n");
    expect(parseAddresses(lines)).toEqual([
      { interface: "eth0", family: "ipv4", address: "192.168.56.105", prefix: 24 },
      { interface: "", family: "ipv4", address: "198.51.100.7", prefix: 32 },
      { interface: "eth0", family: "ipv6", address: "fe80::5054:c0ff:fea8:3869", prefix: 64 },
    ]);
  });
});

it.each<[Readonly<Record<string, string>>, string]>([
  [{ virt: "lxc" }, "lxc"],
  [{ virt: "none" }, "none"],
  [{ sys_vendor: "QEMU", product_name: "Standard PC" }, "qemu"],
  [{ sys_vendor: "Red Hat", product_name: "KVM" }, "kvm"],
  [{ sys_vendor: "VMware, Inc.", product_name: "VMware7,1" }, "vmware"],
  [{ sys_vendor: "innotek GmbH", product_name: "VirtualBox" }, "oracle"],
  [{ sys_vendor: "Microsoft Corporation", product_name: "Virtual Machine" }, "microsoft"],
  [{ sys_vendor: "Microsoft Corporation", product_name: "Surface" }, "none"],
  [{ hypervisor: "yes" }, "vm-other"],
  [{ sys_vendor: "Dell Inc.", product_name: "PowerEdge" }, "none"],
])("virtualization of %j is %s", (told, name) => {
  expect(virtualizationOf(new Map(Object.entries(told)))).toBe(name);
});
