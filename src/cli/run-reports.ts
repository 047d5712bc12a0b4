import { messageOf } from "../message-of.ts";
import type { RunRecord } from "../reports/run-record.ts";
import type { Renderer } from "../ui/renderer.ts";
import { atomicWrite } from "./atomic-write.ts";
import { HostLogs } from "./host-logs.ts";
import { checkReportFile, makeReportFolder } from "./report-files.ts";

/** The reports that a run is to leave, by the flags that ask for them. */
export interface ReportArguments {
  readonly junit: string | undefined;
  readonly html: string | undefined;
  readonly logDir: string | undefined;
  readonly verbose: number;
}

interface ReportFile {
  readonly flag: string;
  readonly file: string;
  readonly render: (run: RunRecord) => string;
}

// The hosts are as the run left them: a report that could not be written does not change that.
const orWarn = (what: string, write: () => void): void => {
  try {
    write();
  } catch (error) {
    const reason = messageOf(error);
    process.stderr.write(`warning: ${what} could not be written: ${reason}\n`);
  }
};

const wallClock = (): number => performance.timeOrigin + performance.now();

const fileReports = async ({ junit, html }: ReportArguments): Promise<readonly ReportFile[]> => {
  const files: ReportFile[] = [];
  if (junit !== undefined) {
    const { junitReport } = await import("../reports/junit-report.ts");
    files.push({ flag: "--junit", file: junit, render: junitReport });
  }
  if (html !== undefined) {
    const { htmlReport } = await import("../reports/html/page.ts");
    files.push({ flag: "--html", file: html, render: htmlReport });
  }
  for (const { flag, file } of files) checkReportFile(flag, file);
  return files;
};

const recordReports = async (files: readonly ReportFile[]): Promise<Renderer> => {
  const record = new (await import("../reports/run-record.ts")).RunRecord(wallClock);
  return {
    emit: record.add,
    close: async () => {
      record.close();
      if (!record.begun) return;
      for (const { flag, file, render } of files) {
        orWarn(`${flag} ${file}`, () => atomicWrite(file, render(record)));
      }
    },
  };
};

const logReport = async (folder: string, verbosity: number): Promise<Renderer> => {
  makeReportFolder("--log-dir", folder);
  const { RunLog } = await import("../reports/run-log.ts");
  const logs = new HostLogs(folder);
  const { emit } = new RunLog({ append: logs.append, now: Date.now, verbosity });
  return { emit, close: async () => orWarn(`--log-dir ${folder}`, () => logs.close()) };
};

/**
 * Opens the reports that are asked for; none costs anything else.
 *
 * @throws Problem where one could not be written
 */
export const openReports = async (args: ReportArguments): Promise<readonly Renderer[]> => {
  const files = await fileReports(args);
  return [
    ...(files.length > 0 ? [await recordReports(files)] : []),
    ...(args.logDir === undefined ? [] : [await logReport(args.logDir, args.verbose)]),
  ];
};
