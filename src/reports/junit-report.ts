import { cleanLine, cleanLines } from "../ui/clean-text.ts";
import { counted } from "../ui/counted.ts";
import { failureText } from "./failure-text.ts";
import type { HostFault, HostRecord, RunRecord, TaskRecord } from "./run-record.ts";
import { element, text, type Xml, xmlDocument } from "./xml.ts";

/** Seconds with three decimals, as JUnit files have them. */
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/**
 * Jenkins takes what is before the last dot of a class name for a package: the host's page then
 * lists its plays, and a play's page its tasks. GitLab shows the whole.
 */
const className = (host: string, play: string): string =>
  `${cleanLine(host)}.${cleanLine(play).replaceAll(".", "_")}`;

// GitLab keeps one of several cases with the same class and name.
const uniqueNames = (): ((classname: string, title: string) => string) => {
  const seen = new Map<string, number>();
  return (classname, title) => {
    const key = JSON.stringify([classname, title]);
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? title : `${title} (${count})`;
  };
};

const firstLine = (message: string): string => cleanLines(message)[0] ?? "";

const systemOut = (
  { changes, output, droppedLines, report, status }: TaskRecord,
  check: boolean,
) => {
  const word = check && status === "changed" ? "would change" : "change";
  const lines = [
    ...changes.map(({ summary }) => `${word}: ${cleanLine(summary)}`),
    ...(droppedLines > 0 ? [`(${counted(droppedLines, "line")} before these left out)`] : []),
    ...cleanLines(output.join("\n")),
    ...cleanLines(report ?? ""),
  ];
  return lines.length === 0 ? [] : [element("system-out", {}, [text(lines.join("\n"))])];
};

const outcome = ({ status, failure, title }: TaskRecord): readonly Xml[] => {
  const message = firstLine(failure?.message ?? "no reason was given");
  const body = failure === undefined ? [] : [text(failureText(failure))];
  switch (status) {
    case "failed":
      return [element("failure", { type: "failed", message }, body)];
    case "interrupted":
      return [
        element("error", { type: "interrupted", message: `interrupted: ${cleanLine(title)}` }),
      ];
    case "skipped":
      return [element("skipped", {})];
    // Neither a failure of the run nor a pass: as pytest reports what was expected to fail.
    case "ignored":
    case "rescued":
      return [element("skipped", { type: status, message: `failed, ${status}: ${message}` }, body)];
    default:
      return [];
  }
};

const faultCase = (host: HostRecord, { kind, play, failure }: HostFault): Xml => {
  const body = [text(failureText(failure))];
  const message = firstLine(failure.message);
  return element(
    "testcase",
    { name: kind === "unreachable" ? "connection" : "host", classname: className(host.name, play) },
    [element("error", { type: kind, message }, body)],
  );
};

const suite = (host: HostRecord, run: RunRecord): Xml => {
  const nameOf = uniqueNames();
  const count = (...statuses: TaskRecord["status"][]): number =>
    host.tasks.filter(({ status }) => statuses.includes(status)).length;
  const time = [...host.tasks, ...host.stretches].reduce((sum, { ms }) => sum + ms, 0);
  const cases = host.tasks.map((task) => {
    const classname = className(host.name, task.play);
    const name = nameOf(classname, cleanLine(task.title));
    return element("testcase", { name, classname, time: seconds(task.ms) }, [
      ...outcome(task),
      ...systemOut(task, run.check),
    ]);
  });
  const missed = host.ends.reduce((sum, { remaining }) => sum + remaining, 0);
  const notes = missed === 0 ? [] : [text(`${counted(missed, "task")} not reached`)];
  return element(
    "testsuite",
    {
      name: cleanLine(host.name),
      tests: host.tasks.length + host.faults.length,
      failures: count("failed"),
      errors: count("interrupted") + host.faults.length,
      skipped: count("skipped", "ignored", "rescued"),
      time: seconds(time),
      timestamp: run.began.toISOString().replace(/\.\d+Z$/, ""),
      hostname: cleanLine(host.name),
    },
    [
      ...cases,
      ...host.faults.map((fault) => faultCase(host, fault)),
      ...(notes.length > 0 ? [element("system-out", {}, notes)] : []),
    ],
  );
};

/**
 * A run as JUnit XML: a suite a host, a case a task. A host that is unreachable or fails outside of
 * any task is a case with an error.
 * Source: the format that Jenkins' xUnit plugin accepts (junit-10.xsd).
 */
export const junitReport = (run: RunRecord): string => {
  const { hosts } = run;
  const sum = (of: (host: HostRecord) => number): number =>
    hosts.reduce((total, host) => total + of(host), 0);
  const interrupted = ({ tasks }: HostRecord): number =>
    tasks.filter(({ status }) => status === "interrupted").length;
  return xmlDocument(
    element(
      "testsuites",
      {
        name: run.playbook,
        tests: sum(({ tasks, faults }) => tasks.length + faults.length),
        failures: sum(({ tasks }) => tasks.filter(({ status }) => status === "failed").length),
        errors: sum((host) => host.faults.length + interrupted(host)),
        time: seconds(run.ms),
      },
      hosts.map((host) => suite(host, run)),
    ),
  );
};
