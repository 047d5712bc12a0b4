import type { RunEvent } from "../run/events.ts";
import { LineOutput } from "./line-output.ts";
import { createLook } from "./look.ts";
import { plainLines } from "./plain-lines.ts";
import { Profile } from "./profile.ts";
import { recapTable } from "./recap-table.ts";
import { clockOf, type RenderOptions } from "./render-options.ts";
import type { Renderer } from "./renderer.ts";
import { type Report, reportBlocks } from "./report-block.ts";

/** One line an event that matters, for logs: nothing moves, nothing is cut. */
export const createPlainRenderer = (options: RenderOptions): Renderer => {
  const output = new LineOutput(options.stdout);
  const look = createLook(options, Number.POSITIVE_INFINITY);
  const tableLook = createLook(options, options.columns ?? Number.POSITIVE_INFINITY);
  const reports: Report[] = [];
  const profile = options.profile === true ? new Profile(clockOf(options)) : undefined;
  let hosts: readonly string[] = [];
  let plays = 0;
  let check = false;

  const writeReports = (): void => {
    output.write(reportBlocks(reports.splice(0), hosts, look));
  };

  const emit = (event: RunEvent): void => {
    profile?.add(event);
    if (event.type === "run-start") {
      hosts = event.hosts;
      plays = event.plays.length;
      check = event.check;
    }
    if (event.type === "task-end" && event.report !== undefined) {
      reports.push({ host: event.host, task: event.task, text: event.report });
    }
    if (event.type === "recap") {
      writeReports();
      output.write(["", ...recapTable(event, tableLook)]);
      output.write(profile?.lines(tableLook) ?? []);
      return;
    }
    output.write(plainLines(event, { look, check, plays, follow: options.follow }));
  };

  return {
    emit,
    close: () => {
      // A run that broke off has no recap, but what its tasks reported is still worth reading.
      writeReports();
      return output.flush();
    },
  };
};
