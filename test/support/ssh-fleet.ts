import { type AddressInfo, createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Scratch } from "./scratch.ts";
import { type SshServer, startSshServer } from "./ssh-server.ts";

/** As many addresses as one sshd listens on: MAX_LISTEN_SOCKS of OpenSSH. */
const ADDRESSES_A_SERVER = 16;

/** Many hosts on this machine: one address of 127.0.0.0/8 each, with an sshd that listens there. */
export interface SshFleet {
  /** File of an inventory with all of them, and with those that cannot be reached. */
  readonly inventory: string;
  /** File of a playbook of ten tasks for them. They write below the scratch folder only. */
  readonly playbook: string;
  stop(): Promise<void>;
}

export interface FleetOptions {
  /** How many hosts: host-001 and so on. */
  readonly hosts: number;
  /** First two numbers of their addresses. */
  readonly network: `127.${number}`;
  /** Every so many-th host fails its seventh task. Default: none. */
  readonly failing?: number;
  /** True: adds `refused`, where nothing listens, and `silent`, which accepts and says nothing. Default: false. */
  readonly unreachable?: boolean;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

const playbookText = (folder: string, failing: number): string => `
import { playbook, sh } from "weft";
import { command } from ${JSON.stringify(`${root}/tasks/command.ts`)};
import { directory } from ${JSON.stringify(`${root}/tasks/directory.ts`)};
import { file } from ${JSON.stringify(`${root}/tasks/file.ts`)};
import { lineInFile } from ${JSON.stringify(`${root}/tasks/line-in-file.ts`)};
import { symlink } from ${JSON.stringify(`${root}/tasks/symlink.ts`)};
import { contract } from "./fleet.ts";

export default playbook(contract, [{
  name: "Ten tasks",
  hosts: "fleet",
  tasks: ({ host }) => {
    const home = \`${folder}/hosts/\${host}\`;
    const isFull = ${failing} > 0 && Number(host.replace("host-", "")) % ${failing} === 0;
    return [
      directory({ path: home }),
      directory({ path: \`\${home}/releases\` }),
      directory({ path: \`\${home}/shared\` }),
      file({ path: \`\${home}/app.conf\`, content: \`name = \${host}\\nworkers = 4\\n\` }),
      lineInFile({ path: \`\${home}/app.conf\`, line: "workers = 8", match: /^workers/ }),
      symlink({ path: \`\${home}/current\`, target: \`\${home}/releases\` }),
      command({
        run: isFull
          ? sh\`echo "mkdb: no space left on device" >&2; exit 28\`
          : sh\`echo "creating tables"; : >\${home}/shared/db\`,
        creates: \`\${home}/shared/db\`,
        title: "database",
      }),
      file({ path: \`\${home}/shared/motd\`, content: "Welcome.\\n", mode: "644" }),
      lineInFile({ path: \`\${home}/shared/motd\`, line: \`This is \${host}.\` }),
      command({ run: sh\`: >\${home}/ready\`, creates: \`\${home}/ready\`, title: "ready" }),
    ];
  },
}]);
`;

const silentServer = async (address: string) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on("error", () => {})));
  await new Promise<void>((resolve) => {
    server.listen(0, address, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};

/** Starts the servers and writes the files. It needs root, and the package openssh-server. */
export const startSshFleet = async (files: Scratch, options: FleetOptions): Promise<SshFleet> => {
  const { hosts, network, failing = 0, unreachable = false } = options;
  const address = (index: number) => `${network}.${Math.floor(index / 250)}.${1 + (index % 250)}`;
  const servers: SshServer[] = [];
  const entries: [name: string, connection: object][] = [];
  for (let first = 0; first < hosts; first += ADDRESSES_A_SERVER) {
    const count = Math.min(ADDRESSES_A_SERVER, hosts - first);
    const [own = "", ...others] = Array.from({ length: count }, (_, at) => address(first + at));
    const server = await startSshServer({
      address: own,
      config: [...others.map((one) => `ListenAddress ${one}`), "MaxStartups 200"],
    });
    servers.push(server);
    for (const [at, one] of [own, ...others].entries()) {
      const name = `host-${String(first + at + 1).padStart(3, "0")}`;
      const { port, key } = server;
      entries.push([name, { address: one, port, identityFiles: [key] }]);
    }
  }
  const silent = await silentServer(address(hosts));
  if (unreachable) {
    entries.push(["refused", { address: address(hosts + 1), port: 1 }]);
    entries.push(["silent", { address: address(hosts), port: silent.port }]);
  }
  const common = {
    user: "root",
    agent: false,
    acceptNewHostKeys: true,
    knownHostsFiles: [`${files.folder}/known_hosts`],
    connectTimeoutMs: 60_000,
  };
  const connections = Object.fromEntries(
    entries.map(([name, connection]) => [
      name,
      { ...common, ...connection, ...(name === "silent" && { connectTimeoutMs: 3_000 }) },
    ]),
  );
  files.write("hosts/.keep", "");
  const names = Object.fromEntries(entries.map(([name]) => [name, {}]));
  return {
    inventory: files.write(
      "fleet.ts",
      `import { defineContract, inventory } from "weft";
import * as z from "zod";
export const contract = defineContract({ fleet: z.object({}) });
export default inventory(contract, {
  hosts: ${JSON.stringify(connections)},
  groups: { fleet: ${JSON.stringify(names)} },
});
`,
    ),
    playbook: files.write("ten.ts", playbookText(files.folder, failing)),
    stop: async () => {
      silent.stop();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
};
