import { cleanLine, cleanLines } from "./clean-text.ts";
import { indent } from "./indent.ts";
import type { Look } from "./look.ts";

/** What a task wants shown to the user, such as the rows of a matrix. */
export interface Report {
  readonly host: string;
  readonly task: string;
  readonly text: string;
}

/** A report as the task wrote it, under the name of its host. */
const reportBlock = ({ host, task, text }: Report, { paint }: Look): string[] => [
  "",
  `${paint.bold(host)}  ${paint.dim(cleanLine(task))}`,
  ...indent(cleanLines(text), 2),
];

/** All reports, in the order of the run's hosts and, for one host, as they came. */
export const reportBlocks = (
  reports: readonly Report[],
  hosts: readonly string[],
  look: Look,
): string[] =>
  [...reports]
    .sort((a, b) => hosts.indexOf(a.host) - hosts.indexOf(b.host))
    .flatMap((report) => reportBlock(report, look));
