import { type Change, sh, TaskError } from "weft";
import { replaceFile } from "../file/replace-file.ts";
import { type Chain, planLive } from "./iptables.ts";

/** firewalld's direct rules, loaded at each start and reload. https://firewalld.org/documentation/man-pages/firewalld.direct.html */
export const directPath = "/etc/firewalld/direct.xml";

/** A host with a firewalld from before 0.9 (EL7), which has no policies. */
export interface FirewalldDirectHost {
  readonly backend: "firewalld-direct";
  readonly file: string | undefined;
  readonly live: readonly string[];
}

const empty = `<?xml version="1.0" encoding="utf-8"?>\n<direct>\n</direct>\n`;
const attributes = `ipv="ipv4" table="filter"`;

/**
 * The text of direct.xml with the chain in it and all else as it was.
 *
 * @throws TaskError where it does not look as firewalld writes it.
 */
export const withDirectChain = (chain: Chain, before: string | undefined): string => {
  const text = before ?? empty;
  const lines = text.split("\n");
  const own = (line: string): boolean =>
    line.includes(`chain="${chain.name}"`) || line.includes(`>-j ${chain.name}<`);
  const wanted =
    chain.rules.length === 0
      ? []
      : [
          `  <chain ${attributes} chain="${chain.name}"/>`,
          `  <rule ${attributes} chain="INPUT" priority="-100">-j ${chain.name}</rule>`,
          ...chain.rules.map(
            (rule, at) =>
              `  <rule ${attributes} chain="${chain.name}" priority="${at}">${rule}</rule>`,
          ),
        ];
  if (lines.filter(own).join("\n") === wanted.join("\n")) return text;
  const others = lines.filter((line) => !own(line));
  const end = others.indexOf("</direct>");
  if (end < 0) {
    throw new TaskError(`${directPath} has no line that is </direct>`, {
      hint: "Let firewalld write it anew: firewall-cmd --permanent --direct --get-all-rules",
    });
  }
  return [...others.slice(0, end), ...wanted, ...others.slice(end)].join("\n");
};

/** The file for what comes after a reload, and the running chain without a reload, which would drop others' rules. */
export const planFirewalldDirect = (
  chain: Chain,
  { file, live }: FirewalldDirectHost,
  description: string,
): readonly Change[] => {
  const text = withDirectChain(chain, file);
  const absent = chain.rules.length === 0;
  const unchanged = text === file || (absent && file === undefined);
  const last = absent && text === empty;
  return [
    ...(unchanged
      ? []
      : [
          {
            summary: `${absent ? "take" : "write"} chain ${chain.name} ${absent ? "out of" : "to"} ${directPath}`,
            command: last ? sh`rm -f ${directPath}` : replaceFile({ path: directPath, text }),
            diff: { subject: directPath, before: file ?? "", after: last ? "" : text },
          },
        ]),
    ...planLive(chain, live, description),
  ];
};
