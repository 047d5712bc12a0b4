import { change, join, sh, task } from "weft";
import { askRecord, copiesPath, recordPath, replacedFiles } from "./baseline/record.ts";
import { replaceFile } from "./file/replace-file.ts";

/**
 * A record of what the host had before the network came: its packages, images and services, and the
 * configuration of a DHCP server that it had. It is written once; a teardown goes by it, and removes nothing
 * that was there before.
 *
 * @category Networks of containers
 *
 * @example
 * ```ts
 * baseline()
 * ```
 */
export const baseline = () =>
  task<boolean>({
    title: "record of what the host had before",
    probe: {
      command: sh`if [ -e ${recordPath} ]; then echo recorded; fi`,
      parse: ({ stdout }) => stdout.includes("recorded"),
    },
    plan: (recorded) =>
      change(
        !recorded,
        `write ${recordPath}`,
        sh`
${join(
  replacedFiles.map((path) => {
    const copy = `${copiesPath}${path}`;
    // A network that is older than its record: what weft wrote was not there before.
    return sh`if [ -e ${path} ] && ! grep -qE '^(#|//) Written by weft' ${path}; then mkdir -p "$(dirname ${copy})" && cp -p ${path} ${copy} || exit 1; fi`;
  }),
  "\n",
)}
${replaceFile({ path: recordPath, text: askRecord })}`,
      ),
  });
