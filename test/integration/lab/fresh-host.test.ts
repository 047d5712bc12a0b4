import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type OwnLab, ownLab } from "./own-lab.ts";

describe("a fresh host", () => {
  let lab: OwnLab;
  beforeAll(async () => {
    lab = await ownLab();
    await lab.up(1);
  });
  afterAll(() => lab.end());

  const on = async (command: string): Promise<string> =>
    (await lab.ssh("lab-1", command)).stdout.trim();

  test("is a booted system with nothing failed", async () => {
    expect(await on("systemctl is-system-running --wait")).toBe("running");
    expect(await on("cat /proc/1/comm")).toBe("systemd");
    expect(await on("hostname")).toBe("lab-1");
  });

  test("looks like CentOS Stream 9", async () => {
    expect(await on(". /etc/os-release; echo $ID $VERSION_ID, $ID_LIKE")).toBe(
      "centos 9, rhel centos fedora",
    );
    expect(await on("readlink -f /bin/sh")).toMatch(/\/bash$/);
    expect(await on("command -v apt-get dpkg firewall-cmd || echo none")).toBe("none");
  });

  test("has no Open vSwitch, no DHCP server or client and no Docker", async () => {
    const commands = "ovs-vsctl ovs-vswitchd dhcpd dhclient dockerd docker containerd";
    expect(await on(`command -v ${commands} || echo none`)).toBe("none");
    expect(await on("rpm -qa | grep -Ei 'openvswitch|dhcp|docker|containerd' || echo none")).toBe(
      "none",
    );
  });

  test("has an ip that refuses network namespaces and does everything else", async () => {
    const refused = await lab.ssh("lab-1", "ip netns list");
    expect(refused.stderr).toContain('Object "netns" is unknown, try "ip help".');
    expect(refused.exitCode).not.toBe(0);
    expect(await on("ip -4 -brief address show eth0")).toMatch(/192\.168\.56\.105\/24$/);
    expect(await on("ip -j link show dev eth0")).toContain('"mtu":1500');
  });

  test("has no firewall rules and an address on the underlay alone", async () => {
    expect(await on("nft list ruleset | wc -l")).toBe("0");
    expect(await on("ip -brief link | awk '{print $1}' | sed 's/@.*//' | xargs")).toBe("lo eth0");
  });

  test("lets nobody in with a password", async () => {
    const refused = await lab.ssh("lab-1", "true", ["-o", "PubkeyAuthentication=no"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain("Permission denied (publickey)");
  });

  test("takes ordinary users with sudo, with and without a password", async () => {
    expect((await lab.ssh("lab-1", "sudo -n id -un", ["-l", "cloud-user"])).stdout.trim()).toBe(
      "root",
    );
    expect((await lab.ssh("lab-1", "sudo -n true", ["-l", "admin"])).exitCode).not.toBe(0);
    expect(
      (await lab.ssh("lab-1", "echo weft | sudo -S id -un", ["-l", "admin"])).stdout.trim(),
    ).toBe("root");
  });

  test("installs its packages with dnf and starts none of them", async () => {
    const packages = "openvswitch3.1 docker-ce dhcp-server dhcp-client iptables-services";
    const installed = await lab.ssh(
      "lab-1",
      `dnf -y install ${packages} && dnf -y upgrade iproute`,
    );
    expect(installed.exitCode, installed.stderr).toBe(0);
    const units = "openvswitch docker dhcpd iptables";
    expect(await on(`systemctl is-enabled ${units} | sort -u`)).toBe("disabled");
    expect(await on(`systemctl is-active ${units} | sort -u`)).toBe("inactive");
    expect((await lab.ssh("lab-1", "ip netns list")).exitCode).toBe(0);
  });

  test("runs Open vSwitch and containers once they are started", async () => {
    const started = await lab.ssh("lab-1", "systemctl start openvswitch docker");
    expect(started.exitCode, started.stderr).toBe(0);
    expect(
      await on(
        "ovs-vsctl add-br vxbr -- set bridge vxbr datapath_type=netdev && ovs-vsctl list-br",
      ),
    ).toBe("vxbr");
    expect(await on("docker info --format '{{.Driver}}'")).toBe("overlay2");
    expect(await on("systemctl restart openvswitch && ovs-vsctl list-br")).toBe("vxbr");
    expect(await on("systemctl is-system-running --wait")).toBe("running");
  });

  test("loads the lab's container image and reaches a container over docker0", async () => {
    const archive = `${lab.paths.images}/busybox.tar`;
    const { readFile } = await import("node:fs/promises");
    const base64 = (await readFile(archive)).toString("base64");
    await lab.ssh("lab-1", "rm -f /root/image");
    for (let at = 0; at < base64.length; at += 100_000) {
      await lab.ssh("lab-1", `echo ${base64.slice(at, at + 100_000)} >> /root/image`);
    }
    expect(await on("base64 -d -i /root/image | docker load")).toBe("Loaded image: weft/busybox:1");
    expect(await on("docker run --rm weft/busybox:1 ping -c 1 -W 2 172.17.0.1")).toContain(
      "1 packets received",
    );
  });
});
