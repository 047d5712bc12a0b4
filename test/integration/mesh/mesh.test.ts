import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { resolveInventory } from "../../../src/inventory/resolve.ts";
import type { RunEvent } from "../../../src/run/events.ts";
import { runPlaybook } from "../../../src/run/run-playbook.ts";
import { ssh2Transport } from "../../../src/ssh/ssh2-transport.ts";
import type { Session, Transport } from "../../../src/ssh/transport.ts";
import { type MeshLab, meshLab } from "../../support/mesh-lab.ts";
import { expectUnchanged, hostState, said } from "../../support/mesh-state.ts";
import { type Scratch, scratch } from "../../support/scratch.ts";
import { type CliResult, eventsOf, recapOf } from "../../support/weft-cli.ts";

// One lab, from fresh hosts to a network that has been broken and mended: the tests build on each other.

const HOSTS = ["lab-1", "lab-2", "lab-3"] as const;
const MESH = ["run", "playbooks/mesh.ts", "--output", "json"] as const;
const VERIFY = ["run", "playbooks/verify.ts", "--output", "json"] as const;

let lab: MeshLab;
let files: Scratch;

beforeAll(async () => {
  files = scratch();
  lab = await meshLab("127.0.58");
});
afterAll(async () => {
  files.remove();
  await lab.end();
});

const converge = async (): Promise<void> => {
  const result = await lab.weft([...MESH]);
  expect(result.code, said(result)).toBe(0);
};

const reports = (result: CliResult): string =>
  eventsOf(result)
    .flatMap((event) => (event.type === "task-end" && event.report ? [event.report] : []))
    .join("\n");

const expectVerified = async (): Promise<CliResult> => {
  const result = await lab.weft([...VERIFY]);
  expect(result.code, said(result)).toBe(0);
  return result;
};

/** Names of the programs that run on a host, those of this look at it apart. */
const programs = async (host: string): Promise<readonly string[]> => {
  const names = await lab.on(host, "ps -e -o comm=");
  return names
    .split("\n")
    .filter((name) => !/^(sshd|ps|sh|bash|kworker|\(?systemd|\(sd-)/.test(name));
};

const tunnels = async (host: string): Promise<string> =>
  lab.on(
    host,
    "ovs-vsctl --format=csv --no-headings --columns=options find interface type=vxlan | grep -o '192[.0-9]*' | sort -u | xargs",
  );

describe("three fresh hosts", () => {
  it("are only looked at by --check", async () => {
    // What belongs to booting, such as announcing the host's address, is over then.
    await Promise.all(HOSTS.map((host) => lab.on(host, "systemctl is-system-running --wait")));
    const state = () => Promise.all(HOSTS.map((host) => hostState(lab, host)));
    const before = await state();
    const running = await Promise.all(HOSTS.map(programs));
    const result = await lab.weft([...MESH, "--check"]);
    expect(result.code, said(result)).toBe(0);
    for (const recap of Object.values(recapOf(result).hosts)) {
      expect(recap.changed).toBeGreaterThan(5);
    }
    expect(await state()).toEqual(before);
    const now = await Promise.all(HOSTS.map(programs));
    // One that has ended meanwhile is nobody's doing; one that was started would be.
    const started = now.map((names, at) => names.filter((name) => !running[at]?.includes(name)));
    expect(started).toEqual([[], [], []]);
  });

  it("become one network", async () => {
    await converge();
    const matrix = reports(await expectVerified());
    // Two containers a host, each pings the five others.
    expect(matrix.match(/\d+\.\d+/g)).toHaveLength(30);
  });

  it("start what they need as often as Open vSwitch and Docker are", async () => {
    const limits = "systemctl show --value -p StartLimitIntervalUSec weft-agent weft-bridge-vxbr";
    expect((await lab.on("lab-1", limits)).split(/\s+/)).toEqual(["0", "0"]);
  });

  it("stay as they are when the playbook runs again", async () => {
    expectUnchanged(await lab.weft([...MESH]));
  });

  it("cost a converged run two round trips each at most", async () => {
    const sessions: Session[] = [];
    const ssh = ssh2Transport({ userName: "root", home: files.folder });
    const counting: Transport = {
      connect: async (connection, options) => {
        const session = await ssh.connect(connection, options);
        sessions.push(session);
        return session;
      },
    };
    vi.stubEnv("WEFT_LAB_DIR", lab.env.WEFT_LAB_DIR);
    vi.stubEnv("WEFT_LAB_LOOPBACK", lab.env.WEFT_LAB_LOOPBACK);
    const { default: definition } = await import("../../../inventory/lab.ts");
    const { default: mesh } = await import("../../../playbooks/mesh.ts");
    const { hosts } = await runPlaybook({
      file: "playbooks/mesh.ts",
      playbook: mesh,
      inventory: resolveInventory(definition, mesh.contract, "inventory/lab.ts"),
      limit: HOSTS,
      transport: counting,
      check: false,
      forks: 32,
      emit: () => {},
      signal: new AbortController().signal,
    });
    expect(hosts).toMatchObject({ "lab-1": { changed: 0, failed: 0, unreachable: 0 } });
    expect(sessions).toHaveLength(HOSTS.length);
    for (const session of sessions) expect(session.trips).toBeLessThanOrEqual(2);
  });
});

describe("a network that is broken", () => {
  it("is found by verify, exit 2, and mended by the next run", async () => {
    await lab.on(
      "lab-1",
      'for p in $(ovs-vsctl list-ports vxbr); do [ "$(ovs-vsctl get interface $p type)" = vxlan ] && ovs-vsctl del-port vxbr $p; done; true',
    );
    const broken = await lab.weft([...VERIFY]);
    expect(broken.code, said(broken)).toBe(2);
    await converge();
    await expectVerified();
  });

  it("gets back the NIC of a container that was restarted", async () => {
    await lab.on("lab-2", "docker restart -t 0 b1 b2");
    await converge();
    await expectVerified();
    expectUnchanged(await lab.weft([...MESH]));
  });

  it("gets back a container that was removed", async () => {
    await lab.on("lab-3", "docker rm -f c1");
    await converge();
    await expectVerified();
    expectUnchanged(await lab.weft([...MESH]));
  });

  it("is whole again after a host's reboot and one run", async () => {
    const reboot = await lab.weft(["lab", "reboot", "lab-3"]);
    expect(reboot.code, said(reboot)).toBe(0);
    await converge();
    await expectVerified();
    expectUnchanged(await lab.weft([...MESH]));
  });
});

describe("a host without power", () => {
  it("before the run: exit 4, the others converge and keep their tunnels to it", async () => {
    await lab.weft(["lab", "poweroff", "lab-2"]);
    const result = await lab.weft([...MESH]);
    expect(result.code, said(result)).toBe(4);
    expect(recapOf(result).hosts).toMatchObject({
      "lab-1": { failed: 0, unreachable: 0 },
      "lab-2": { unreachable: 1 },
      "lab-3": { failed: 0, unreachable: 0 },
    });
    expect(await tunnels("lab-1")).toBe("192.168.56.105 192.168.56.106 192.168.56.107");
    expect(await tunnels("lab-3")).toBe("192.168.56.105 192.168.56.106 192.168.56.107");
    await lab.weft(["lab", "start", "lab-2"]);
    await converge();
    await expectVerified();
  });

  it("during the run: exit 4, never a success, and the next run takes it in", async () => {
    await lab.weft(["lab", "reset", "lab-2"]);
    let cut: Promise<CliResult> | undefined;
    const result = await lab.weft([...MESH], {
      onOutput: (stdout) => {
        // In the midst of its first change.
        if (cut === undefined && /"type":"change","host":"lab-2"/.test(stdout)) {
          cut = lab.weft(["lab", "poweroff", "lab-2"]);
        }
      },
    });
    await cut;
    expect(result.code, said(result)).toBe(4);
    expect(recapOf(result).hosts).toMatchObject({
      "lab-1": { failed: 0, unreachable: 0 },
      "lab-2": { unreachable: 1 },
      "lab-3": { failed: 0, unreachable: 0 },
    });
    await lab.weft(["lab", "start", "lab-2"]);
    await converge();
    await expectVerified();
    expectUnchanged(await lab.weft([...MESH]));
  });
});

describe("a peer that left the inventory", () => {
  it("loses its tunnels on the hosts that stayed, and gets them back when it returns", async () => {
    const two = files.write(
      "two.ts",
      `import { inventory } from "weft";
import lab from ${JSON.stringify(new URL("../../../inventory/lab.ts", import.meta.url).pathname)};
import { contract } from ${JSON.stringify(new URL("../../../inventory/contract.ts", import.meta.url).pathname)};
const { "lab-3": gone, ...hosts } = lab.hosts;
const { "lab-3": left, ...mesh } = lab.groups.mesh;
export default inventory(contract, { hosts, groups: { mesh, dhcp: lab.groups.dhcp } } as never);
`,
    );
    const result = await lab.weft([...MESH, "-i", two]);
    expect(result.code, said(result)).toBe(0);
    expect(await tunnels("lab-1")).toBe("192.168.56.105 192.168.56.106");
    await converge();
    await expectVerified();
  });
});

describe("Ctrl-C", () => {
  it("ends what runs on the hosts, says what was done, exit 130", async () => {
    const playbook = files.write(
      "sleep.ts",
      `import { playbook, sh, task } from "weft";
import { contract } from ${JSON.stringify(new URL("../../../inventory/contract.ts", import.meta.url).pathname)};
const sleeper = task({
  title: "sleep",
  probe: { command: sh\`true\`, parse: () => 0 },
  plan: () => [{ summary: "sleep", command: sh\`echo asleep; sleep 4711 & sleep 4712\` }],
});
export default playbook(contract, [{ name: "Sleep", hosts: "mesh", tasks: () => [sleeper] }]);
`,
    );
    let interrupted = false;
    const result = await lab.weft(["run", playbook, "--output", "json"], {
      onOutput: (stdout, kill) => {
        const asleep = stdout.match(/"line":"asleep"/g) ?? [];
        if (interrupted || asleep.length < HOSTS.length) return;
        interrupted = true;
        kill("SIGINT");
      },
    });
    expect(result.code, said(result)).toBe(130);
    const recap: Extract<RunEvent, { type: "recap" }> = recapOf(result);
    expect(recap.interrupted).toBe(true);
    for (const host of HOSTS) {
      expect(await lab.on(host, "pgrep -f 'sleep 471[12]' || echo none")).toBe("none");
    }
  });
});
