import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scratch } from "../../support/scratch.ts";
import { type OwnLab, ownLab } from "./own-lab.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const files = scratch();
let lab: OwnLab;
beforeAll(async () => {
  lab = await ownLab();
});
afterAll(async () => {
  await lab.end();
  files.remove();
});

const playbook = files.write(
  "play.ts",
  `import { playbook, sh, task } from "weft";
import { contract } from ${JSON.stringify(`${root}inventory/contract.ts`)};
const name = task({ title: "name", probe: { command: sh\`hostname\`, parse: ({ stdout }) => stdout }, plan: () => [], report: (name) => name });
export default playbook(contract, [{ name: "play", hosts: "mesh", tasks: () => [name] }]);
`,
);

// In a network namespace of its own, where port 22 belongs to nobody and every test machine is the same.
const script = `set -e
ip link set lo up
node -e 'require("node:net").createServer((client) => client.end("SSH-2.0-other\\r\\n")).listen(22, "0.0.0.0", () => console.log("listens"))' > "$1/listens" &
other=$!
trap 'kill $other' EXIT
until [ -s "$1/listens" ]; do sleep 0.05; done
weft() { node bin/weft.js "$@"; }
weft lab up --hosts 1
weft lab status
weft lab ssh lab-1 -- hostname
weft lab ssh-config > "$1/config"
ssh -F "$1/config" lab-1 echo configured
weft run "$2" --limit lab-1
`;

test("a machine whose own server listens on port 22 of every address has its lab on another port", async () => {
  const { stdout, stderr } = await promisify(execFile)(
    "unshare",
    ["--net", "sh", "-c", script, "sh", files.folder, playbook],
    { cwd: root, env: { ...process.env, WEFT_LAB_DIR: lab.dir, WEFT_LAB_LOOPBACK: "127.0.57" } },
  );
  expect(stderr).toContain(
    "port 22 is in use on this machine; SSH to the hosts is on port 2256\nlab-1 is up",
  );
  expect(stdout.match(/lab-1 {2}el9 {4}up {5}root@127\.0\.57\.105 -p 2256/g)).toHaveLength(2);
  expect(stdout).toContain("\nlab-1\nconfigured\n");
  expect(stdout).toMatch(/\nlab-1 +1 +0 +0 +0 +0$/m);
});
