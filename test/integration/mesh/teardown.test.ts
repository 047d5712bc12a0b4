import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import {
  changedTasks,
  expectUnchanged,
  footprint,
  said,
  stateToKeep,
} from "../../support/mesh-state.ts";

// From fresh hosts to a network and back, from a whole one and from ones that are half there.

const HOSTS = ["lab-1", "lab-2", "lab-3"] as const;

let lab: MeshLab;
let before: readonly string[];

const states = () => Promise.all(HOSTS.map((host) => stateToKeep(lab, host)));

const run = (playbook: string, ...flags: readonly string[]) =>
  lab.weft(["run", `playbooks/${playbook}.ts`, "--output", "json", ...flags]);

const converge = async (playbook: string, ...flags: readonly string[]): Promise<void> => {
  const result = await run(playbook, ...flags);
  expect(result.code, said(result)).toBe(0);
};

beforeAll(async () => {
  lab = await meshLab("127.0.69");
  await Promise.all(HOSTS.map((host) => lab.on(host, "systemctl is-system-running --wait")));
  // A DHCP server of lab-1's own, which answers nobody.
  await lab.on(
    "lab-1",
    `dnf -y -q install dhcp-server && echo 'subnet 192.168.56.0 netmask 255.255.255.0 { }' >/etc/dhcp/dhcpd.conf &&
systemctl enable --now dhcpd`,
  );
  await lab.on("lab-2", "mkdir /opt/containerd; echo mine >/opt/containerd/own");
  await lab.on(
    "lab-3",
    "iptables -P FORWARD DROP && iptables -A INPUT -s 198.51.100.1 -m comment --comment NO-DOCKER-HOSTS -j DROP",
  );
  before = await states();
});
afterAll(() => lab.end());

describe("teardown.ts", () => {
  it("has nothing to do on fresh hosts", async () => {
    expectUnchanged(await run("teardown"));
  });

  it("touches nothing with --check, and says what it would remove", async () => {
    await converge("mesh");
    const whole = await Promise.all(HOSTS.map((host) => footprint(lab, host)));
    const checked = await run("teardown", "--check", "--diff");
    expect(checked.code, said(checked)).toBe(0);
    expect(changedTasks(checked)).toEqual(
      expect.arrayContaining([
        "lab-1: no other DHCP server",
        "lab-2: no bridges vxbr, br-phy",
        "lab-3: packages and services as before",
      ]),
    );
    expect(await Promise.all(HOSTS.map((host) => footprint(lab, host)))).toEqual(whole);
    expectUnchanged(await run("mesh"));
  });

  it("leaves the hosts as they were before", async () => {
    await converge("teardown");
    expect(await states()).toEqual(before);
    expectUnchanged(await run("teardown"));
  });

  it("does so after a run that was cut short, with Docker or Open vSwitch stopped", async () => {
    let cut = false;
    const result = await lab.weft(["run", "playbooks/mesh.ts", "--output", "json"], {
      onOutput: (stdout, kill) => {
        if (cut || !/create container/.test(stdout)) return;
        cut = true;
        kill("SIGINT");
      },
    });
    expect(result.code, said(result)).toBe(130);
    await lab.on("lab-1", "systemctl stop docker.socket docker");
    await lab.on("lab-2", "systemctl stop ovs-vswitchd");
    await lab.on("lab-3", "pkill -KILL -x ovs-vswitchd; systemctl stop openvswitch");
    await converge("teardown");
    expect(await states()).toEqual(before);
  });

  it("keeps packages where it is told so, and containers that are not the network's", async () => {
    await converge("mesh");
    await lab.on("lab-2", "docker run --detach --name other --net none weft/busybox:1 sleep 4713");
    await lab.on("lab-2", "ovs-vsctl add-br other -- set Bridge other datapath_type=netdev");
    await converge("teardown", "--limit", "lab-1,lab-3", "--keep-packages");
    await converge("teardown", "--limit", "lab-2");
    for (const host of ["lab-1", "lab-3"]) {
      expect(
        await lab.on(
          host,
          "rpm -q docker-ce openvswitch3.1 >/dev/null && ovs-vsctl list-br; docker ps -aq",
        ),
      ).toBe("");
    }
    expect(await lab.on("lab-2", "docker ps --format '{{.Names}}'; ovs-vsctl list-br")).toBe(
      "other\nother",
    );
    expectUnchanged(await run("teardown", "--limit", "lab-2"));
    await lab.on(
      "lab-2",
      "docker rm --force other; ovs-vsctl del-br other; docker rmi weft/busybox:1",
    );
    await converge("teardown");
    expect(await states()).toEqual(before);
  });
});
