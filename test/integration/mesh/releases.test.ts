import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { editedInventory } from "../../support/edited-inventory.ts";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import { changedTasks, expectUnchanged, said, stateToKeep } from "../../support/mesh-state.ts";
import { fetched, removeOutside, serve, serveOutside } from "../../support/outside.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { noStranger, strangeServer } from "../../support/stranger.ts";
import { eventsOf } from "../../support/weft-cli.ts";

// One host of each release, in one lab, and a second EL10 that gets firewalld one day: the tests build on each
// other. lab-1, EL6, is the DHCP server, and has had Docker before, off, and a DHCP server that answers nobody.

const RELEASES = ["el6", "el7", "el9", "el10", "el10"] as const;
const HOSTS = RELEASES.map((_, index) => `lab-${index + 1}`);
/** Seconds that a host's agent takes at most to see that rules are gone, and a few to put them back. */
const LIMIT = 65_000;

let lab: MeshLab;
let files: Scratch;
let inventory: string;
let before: readonly string[];

// What Docker's package leaves on lab-1, where it was before, and where it has run since.
const isOfDocker = /docker|containerd|ip_forward|:FORWARD /i;
const states = async () => {
  const [first = "", ...others] = await Promise.all(HOSTS.map((it) => stateToKeep(lab, it)));
  const lines = first.split("\n").filter((line) => !isOfDocker.test(line));
  return [lines.join("\n"), ...others];
};

const outside = (...edits: readonly string[]): string =>
  editedInventory(
    ...HOSTS.flatMap((host, index) => [
      `mesh["${host}"].gateway = "10.1.2.${251 - index}/24";`,
      `mesh["${host}"].containers[0].network = "none";`,
      `mesh["${host}"].containers[0].ports = [{ host: 8080, container: 80 }];`,
    ]),
    ...edits,
  );

beforeAll(async () => {
  files = scratch();
  lab = await meshLab("127.0.66", RELEASES);
  inventory = files.write("outside.ts", outside());
  await Promise.all([
    lab.on(
      "lab-1",
      `yum -y -q install docker-io dhcp && chkconfig docker off &&
echo 'subnet 192.168.56.0 netmask 255.255.255.0 { }' >/etc/dhcp/dhcpd.conf &&
echo 'DHCPDARGS=eth0' >/etc/sysconfig/dhcpd && chkconfig dhcpd on && service dhcpd start`,
    ),
    lab.on("lab-5", "dnf -y -q install firewalld && systemctl disable --now firewalld"),
  ]);
  const booted = "[ ! -d /run/systemd/system ] || systemctl is-system-running --wait";
  await Promise.all(HOSTS.map((host) => lab.on(host, booted)));
  before = await states();
});
afterAll(async () => {
  files.remove();
  await lab.end();
});

const weft = (playbook: string, ...more: readonly string[]) =>
  lab.weft(["run", `playbooks/${playbook}.ts`, "--output", "json", "-i", inventory, ...more]);

const converge = async (...more: readonly string[]) => {
  const result = await weft("mesh", ...more);
  expect(result.code, said(result)).toBe(0);
  return result;
};

const expectVerified = async (...more: readonly string[]): Promise<void> => {
  const result = await weft("verify", ...more);
  expect(result.code, said(result)).toBe(0);
  const matrix = eventsOf(result)
    .flatMap((event) => (event.type === "task-end" && event.report ? [event.report] : []))
    .join("\n");
  // Two containers a host, each pings all the others.
  const containers = 2 * RELEASES.length;
  expect(matrix.match(/\d+\.\d+/g)).toHaveLength(containers * (containers - 1));
};

/** Pages outside and on containers' published ports; those of containers that have started anew are gone. */
const servePages = async (): Promise<void> => {
  await Promise.all([
    serveOutside(lab, "lab-3", 9000),
    serveOutside(lab, "lab-4", 9000),
    ...["a1", "b1", "c1", "d1", "e1"].map((it, index) => serve(lab, HOSTS[index] ?? "", it, 80)),
  ]);
};

/** Of each host a container reaches the outside, and a port of another is reached from there. */
const expectConnected = async (): Promise<void> => {
  const pages = [
    "lab-1 a1 192.168.56.107 9000",
    "lab-2 b2 192.168.56.107 9000",
    "lab-3 c1 192.168.56.108 9000",
    "lab-4 d2 192.168.56.107 9000",
    "lab-5 e1 192.168.56.107 9000",
    "lab-3 outside 192.168.56.105 8080",
    "lab-3 outside 192.168.56.106 8080",
    "lab-4 outside 192.168.56.107 8080",
    "lab-3 outside 192.168.56.108 8080",
    "lab-3 outside 192.168.56.109 8080",
  ];
  const lines = await Promise.all(
    pages.map((page) => {
      const [host = "", container = "", address = "", port] = page.split(" ");
      return fetched(lab, host, container, address, Number(port));
    }),
  );
  expect(Object.fromEntries(pages.map((page, index) => [page, lines[index]]))).toEqual(
    Object.fromEntries(pages.map((page) => [page, "500"])),
  );
};

const expectRules = (...hosts: readonly string[]) =>
  Promise.all(
    hosts.map(async (host) =>
      expect(await lab.on(host, "/usr/local/libexec/weft/nic outside check"), host).toBe(""),
    ),
  );

describe("hosts of four releases", () => {
  it("become one network, and stay as they are when the playbook runs again", async () => {
    await converge();
    await expectVerified();
    expectUnchanged(await converge());
  });

  it("go over to firewalld where it has come since", async () => {
    const units = "systemctl is-active firewalld weft-firewall-vxlan; nft list tables";
    expect(await lab.on("lab-5", `${units}; true`)).toMatch(/^inactive\nactive\n[\s\S]*weft_vxlan/);
    await lab.on("lab-5", "systemctl enable --now firewalld");
    expect(changedTasks(await converge())).toContain(
      "lab-5: firewall vxlan: UDP 4789 from 4 peers only",
    );
    const now = await lab.on("lab-5", `${units}; true`);
    expect(now).toMatch(/^active\ninactive\n[\s\S]*firewalld/);
    expect(now).not.toContain("weft_vxlan");
    await expectVerified();
    expectUnchanged(await converge());
  });

  it("let containers reach the outside, and the outside their published ports", async () => {
    await servePages();
    await expectConnected();
  });

  it("do so at once where firewalld reloads", async () => {
    for (const host of ["lab-2", "lab-5"]) {
      expect(await lab.on(host, "firewall-cmd --reload")).toBe("success");
      await expectRules(host);
    }
    await expectConnected();
    expectUnchanged(await converge());
  });

  it.each([
    [
      "lab-1",
      "rpm -q --qf '%{NAME} ' docker-io dhcp dhclient openvswitch; ls /run/systemd /usr/bin/dnf 2>/dev/null; chkconfig weft-agent && echo on",
      "docker-io dhcp dhclient openvswitch on",
    ],
    [
      "lab-2",
      "rpm -q --qf '%{NAME} ' dhclient openvswitch; command -v dnf; firewall-cmd --state",
      "dhclient openvswitch running",
    ],
    [
      "lab-3",
      "rpm -q --qf '%{NAME} ' dhcp-client openvswitch3.1; systemctl is-enabled iptables",
      "dhcp-client openvswitch3.1 enabled",
    ],
    [
      "lab-4",
      "rpm -q --qf '%{NAME} ' dhcpcd openvswitch3.5; systemctl is-active weft-firewall-vxlan",
      "dhcpcd openvswitch3.5 active",
    ],
    [
      "lab-5",
      "rpm -q --qf '%{NAME} ' dhcpcd openvswitch3.5; firewall-cmd --list-all-policies | grep -c '^weft-.*(active)'",
      "dhcpcd openvswitch3.5 2",
    ],
  ])("%s got what its release has", async (host, command, expected) => {
    expect(await lab.on(host, command)).toBe(expected);
  });

  it("let an ordinary user become root on EL6, where sudo asks for a terminal", async () => {
    const inventory = files.write(
      "cloud-user.ts",
      `import { inventory } from "weft";
import lab from ${JSON.stringify(new URL("../../../inventory/lab.ts", import.meta.url).pathname)};
import { contract } from ${JSON.stringify(new URL("../../../inventory/contract.ts", import.meta.url).pathname)};
export default inventory(contract, { hosts: { "lab-1": { ...lab.hosts["lab-1"], user: "cloud-user" } }, groups: {} } as never);
`,
    );
    const result = await lab.weft(["exec", "lab-1", "-i", inventory, "--become", "--", "id -un"]);
    expect(result.code, said(result)).toBe(0);
    expect(result.stdout).toContain("root");
  });

  it("have EL6's tunnels on a bridge of their own that forwards nothing but by its flows", async () => {
    const ports = await lab.on("lab-1", "ovs-vsctl list-ports vxbr-tun");
    expect(ports.split("\n").sort()).toEqual([
      "vx42-lab-2",
      "vx42-lab-3",
      "vx42-lab-4",
      "vx42-lab-5",
      "vxbr-of-tun",
    ]);
    expect(await lab.on("lab-1", "ovs-vsctl get Bridge vxbr-tun fail_mode")).toBe("secure");
  });

  it("are one network again after a reboot of all, with no run of a playbook", async () => {
    const reboot = await lab.weft(["lab", "reboot"]);
    expect(reboot.code, said(reboot)).toBe(0);
    await vi.waitFor(() => expectVerified(), { timeout: 60_000, interval: 500 });
    await servePages();
    await expectConnected();
    expectUnchanged(await converge());
  });

  it("have their rules again within a minute where somebody empties the firewall or Docker restarts", async () => {
    const began = performance.now();
    const empty = "iptables -F; iptables -t nat -F";
    await Promise.all([
      lab.on("lab-1", empty),
      lab.on("lab-2", empty),
      lab.on("lab-3", "systemctl restart docker"),
      lab.on("lab-4", "systemctl restart docker"),
      lab.on("lab-5", empty),
    ]);
    await vi.waitFor(() => expectRules(...HOSTS), { timeout: LIMIT, interval: 1000 });
    await vi.waitFor(() => expectVerified(), { timeout: 30_000, interval: 500 });
    expect(performance.now() - began).toBeLessThan(LIMIT + 10_000);
    await servePages();
    await expectConnected();
  });
});

describe("Kea on EL10", () => {
  it("serves the others' clients where it takes the place of dhcpd", async () => {
    inventory = files.write(
      "kea.ts",
      outside('dhcp["lab-4"] = dhcp["lab-1"];', 'delete dhcp["lab-1"];'),
    );
    await lab.on(
      "lab-1",
      "service dhcpd stop; chkconfig dhcpd off; ip address delete 10.1.2.1/24 dev vxbr",
    );
    const result = await converge();
    expect(changedTasks(result)).toContain("lab-4: DHCP server on vxbr");
    await Promise.all(
      ["a2", "b2", "c2", "d2", "e2"].map((it, index) =>
        lab.on(HOSTS[index] ?? "", `docker restart -t 0 ${it}`),
      ),
    );
    await converge();
    await expectVerified();
    const leases = await lab.on(
      "lab-4",
      "cut -d, -f2 /var/lib/kea/kea-leases4.csv | grep : | sort -u",
    );
    expect(leases.split("\n")).toHaveLength(RELEASES.length);
    expectUnchanged(await converge());
  });

  it("is told from a second server by doctor.ts, which asks with dhcpcd there", async () => {
    const healthy = await weft("doctor");
    expect(healthy.code, healthy.stdout).toBe(0);
    expect(healthy.stdout).not.toContain("not checked: DHCP servers");
    await lab.on("lab-1", strangeServer);
    const found = eventsOf(await weft("doctor")).flatMap((event) =>
      event.type === "task-end" && event.status === "failed"
        ? [`${event.host} ${event.failure?.message}`]
        : [],
    );
    await lab.on("lab-1", noStranger);
    expect(found).toEqual(["lab-4 1 fault: second DHCP server"]);
  });
});

describe("teardown.ts", () => {
  it("leaves hosts of all releases as they were before", async () => {
    await Promise.all(["lab-3", "lab-4"].map((host) => removeOutside(lab, host)));
    // What was emptied there by hand is nobody's to put back but the administrator's.
    await lab.on("lab-1", "service iptables restart");
    const result = await weft("teardown");
    expect(result.code, said(result)).toBe(0);
    await lab.on("lab-5", "systemctl disable --now firewalld");
    expect(await states(), said(result)).toEqual(before);
    expect(
      await lab.on("lab-1", "chkconfig docker || service docker status || echo off"),
    ).toContain("off");
    expectUnchanged(await weft("teardown"));
  });
});
