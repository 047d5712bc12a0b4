import { change, sh, TaskError, task } from "weft";
import { sha256 } from "./file/content.ts";
import { replaceFile } from "./file/replace-file.ts";
import { agent, agentPath } from "./nic/agent.ts";
import {
  config,
  configPath,
  hook,
  hookPath,
  keeper,
  keeperPath,
  probeConfig,
  probeConfigPath,
} from "./nic/dhcp-client.ts";
import { script, scriptPath } from "./nic/script.ts";

const files = [
  { path: scriptPath, text: script, mode: "755" },
  { path: agentPath, text: agent, mode: "755" },
  { path: keeperPath, text: keeper, mode: "755" },
  { path: hookPath, text: hook, mode: "755" },
  { path: configPath, text: config, mode: "644" },
  { path: probeConfigPath, text: probeConfig, mode: "644" },
] as const;

/**
 * The scripts that attach containers' NICs, on the host: {@link containerNic} and the host's own agent call
 * them.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * nicTools()
 * ```
 */
export const nicTools = () =>
  task<ReadonlyMap<string, string>>({
    title: "scripts for containers' NICs",
    probe: {
      command: sh`sha256sum ${files.map(({ path }) => path)}; true`,
      parse: ({ stdout, stderr }) => {
        const digests = new Map(
          [...stdout.matchAll(/^([0-9a-f]{64}) [ *](.+)$/gm)].map(([, digest = "", path = ""]) => [
            path,
            digest,
          ]),
        );
        const silent = files.find(({ path }) => !digests.has(path) && !stderr.includes(path));
        if (silent !== undefined) {
          throw new TaskError(`the host does not tell what is in ${silent.path}: ${stderr.trim()}`);
        }
        return digests;
      },
    },
    plan: (now) =>
      files.flatMap((file) =>
        change(now.get(file.path) !== sha256(file.text), `write ${file.path}`, replaceFile(file)),
      ),
  });
