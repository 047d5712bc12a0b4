import { describe, expect, it } from "vitest";
import { junitReport } from "../../../src/reports/junit-report.ts";
import { RunRecord } from "../../../src/reports/run-record.ts";
import type { RunEvent } from "../../../src/run/events.ts";
import { eventfulRun, playEvents } from "../../support/eventful-run.ts";
import { checkJunit, xpath } from "../../support/xmllint.ts";

const reportOf = (events: readonly (RunEvent | number)[]): string => {
  let record = new RunRecord(() => 0);
  playEvents(events, (now) => {
    record = new RunRecord(now);
    return record.add;
  });
  record.close();
  return junitReport(record);
};

const report = reportOf(eventfulRun);
const get = (expression: string): string => xpath(report, expression);
const web = "//testsuite[@name='web1.example.org']";

describe("JUnit report", () => {
  it("is valid, whatever hosts and tasks are called and print", () => {
    expect(() => checkJunit(report)).not.toThrow();
    expect(get("string(//testsuite[3]/testcase/@name)")).toBe(
      `</script></pre>]]><img src=x onerror="alert('&')">\ufffd\ufffd`,
    );
  });

  it("has a suite a host, and counts that agree", () => {
    expect(get("string(/testsuites/@name)")).toBe("playbooks/mesh.ts");
    expect(get("count(//testsuite)")).toBe("4");
    expect(get("concat(//testsuites/@tests, ' ', count(//testcase))")).toBe("8 8");
    expect(get("concat(//testsuites/@failures, ' ', count(//failure))")).toBe("1 1");
    expect(get("concat(//testsuites/@errors, ' ', count(//error))")).toBe("2 2");
    expect(get(`concat(${web}/@skipped, ' ', count(${web}//skipped))`)).toBe("3 3");
    expect(get("string(//testsuites/@time)")).toBe("2.150");
    expect(get(`string(${web}/@timestamp)`)).toBe("2026-01-02T03:04:05");
    expect(get(`string(${web}/@time)`)).toBe("1.850");
  });

  it("puts a task below its host and play, and tells tasks of one title apart", () => {
    expect(get(`string(${web}/testcase[1]/@classname)`)).toBe(
      "web1.example.org.Build the mesh 1_0",
    );
    expect(get(`string(${web}/testcase[1]/@name)`)).toBe("bridge");
    expect(get(`string(${web}/testcase[2]/@name)`)).toBe("bridge (2)");
    expect(get(`string(${web}/testcase[2]/@time)`)).toBe("1.000");
    // Reading the state of all tasks is no time of the first.
    expect(get(`string(${web}/testcase[1]/@time)`)).toBe("0.000");
  });

  it("shows changes, output and reports", () => {
    expect(get(`string(${web}/testcase[2]/system-out)`)).toBe(
      "change: write /etc/mesh\nwriting\n1 of 1 pings answered",
    );
  });

  it("tells a failure with its command, output and exit code", () => {
    expect(get("string(//failure/@message)")).toMatch(/^<\/script>/);
    expect(get("string(//failure)")).toMatch(
      /\$ <\/script>.*\n.*<img[\s\S]*exit code 1[\s\S]*Try: /,
    );
  });

  it("has an unreachable host and an interrupted task as errors", () => {
    expect(get("string(//testsuite[@name='dead']/testcase/error/@type)")).toBe("unreachable");
    expect(get("string(//testsuite[@name='dead']/testcase/error)")).toBe(
      "no answer\n\nTry: Is it up?",
    );
    expect(get("string(//testsuite[@name='lab-2']/testcase/error/@message)")).toBe(
      "interrupted: verify",
    );
    expect(get("string(//testsuite[@name='lab-2']/system-out)")).toBe("2 tasks not reached");
  });

  it("has failures that were ignored or rescued as skipped, with the reason", () => {
    expect(get(`string(${web}//skipped[@type='ignored']/@message)`)).toBe(
      "failed, ignored: no such service",
    );
    expect(get(`string(${web}//skipped[@type='rescued'])`)).toBe("no space left");
    expect(get(`count(${web}//skipped[not(@type)])`)).toBe("1");
  });

  it("says what a dry run would change", () => {
    const [start, ...rest] = eventfulRun.slice(0, 18);
    const dry = reportOf([
      { ...(start as RunEvent & { type: "run-start" }), check: true },
      ...rest,
    ]);
    expect(xpath(dry, `string(${web}/testcase[2]/system-out)`)).toMatch(/^would change: write/);
  });

  it("is valid for a run that broke off, and for one without hosts", () => {
    const broken = reportOf(eventfulRun.slice(0, 15));
    expect(() => checkJunit(broken)).not.toThrow();
    expect(xpath(broken, `string(${web}//error/@type)`)).toBe("interrupted");
    const [start] = eventfulRun;
    const empty = { ...(start as RunEvent & { type: "run-start" }), hosts: [] };
    expect(() => checkJunit(reportOf([empty]))).not.toThrow();
  });
});
