import { createHash } from "node:crypto";
import { change, sh, TaskError, task } from "weft";
import { replaceFile } from "./file/replace-file.ts";
import { config, configPath, hook, hookPath, keeper, keeperPath } from "./nic/dhcp-client.ts";
import { script, scriptPath } from "./nic/script.ts";

const files = [
  { path: scriptPath, text: script, mode: "755" },
  { path: keeperPath, text: keeper, mode: "755" },
  { path: hookPath, text: hook, mode: "755" },
  { path: configPath, text: config, mode: "644" },
] as const;

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * The scripts that attach containers' NICs, on the host: {@link containerNic} calls them.
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
        change(now.get(file.path) !== digestOf(file.text), `write ${file.path}`, replaceFile(file)),
      ),
  });
