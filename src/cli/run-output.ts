import type { OutputKind, Renderer } from "../ui/renderer.ts";
import { fanOut } from "./fan-out.ts";
import { openReports, type ReportArguments } from "./run-reports.ts";
import { terminalRenderer } from "./terminal-renderer.ts";

/** How a run is to be shown, by the flags that say so. */
interface OutputArguments extends ReportArguments {
  readonly output: OutputKind | "auto";
  readonly diff: boolean;
  readonly profile: boolean;
  readonly follow: string | undefined;
}

/**
 * Everything that a run's events go to: what the user sees, and the reports.
 *
 * @param asks the run asks something on the terminal: rows that move would draw over the questions
 * @throws Problem where a report could not be written
 */
export const openRunOutput = async (
  args: OutputArguments,
  { asks = false } = {},
): Promise<Renderer> => {
  const reports = await openReports(args);
  const renderer = await terminalRenderer(asks && args.output === "auto" ? "plain" : args.output, {
    verbosity: args.verbose,
    showDiff: args.diff,
    profile: args.profile,
    ...(args.follow !== undefined && { follow: args.follow }),
  });
  // The renderer comes first, and gives the terminal back before a report has something to warn of.
  return fanOut([renderer, ...reports]);
};
