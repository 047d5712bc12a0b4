import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { receiveFile } from "../../../src/run/receive-file.ts";
import { sh } from "../../../src/shell/command.ts";
import type { Session } from "../../../src/ssh/transport.ts";
import { scratch } from "../../support/scratch.ts";

const step = { command: sh`cat /a`, timeoutMs: 1_000 };

const folder = (): string => {
  const files = scratch();
  onTestFinished(() => files.remove());
  return files.folder;
};

/** A session that receives a text, and then ends so. */
const sessionThat = (text: string, end: number | Error): Session => {
  const never = () => Promise.reject(new Error("not expected"));
  return {
    run: never,
    stream: never,
    close: never,
    trips: 0,
    receive: async (_step, file) => {
      writeFileSync(file, text, { mode: 0o600 });
      if (end instanceof Error) throw end;
      return { stdout: "", stderr: "", exitCode: end, truncated: false };
    },
  };
};

it("puts what came in the file's place, with its mode, and makes its folder", async () => {
  const file = `${folder()}/a/b/file`;
  await receiveFile(sessionThat("new", 0), step, { file, mode: 0o751 }, {});
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(statSync(file).mode & 0o777).toBe(0o751);
  expect(readdirSync(dirname(file))).toEqual(["file"]);
});

it.each([
  ["its command fails", 1],
  ["the connection is lost", new Error("lost")],
])("leaves the old file, and no part of the new one, where %s", async (_, end) => {
  const within = folder();
  const file = `${within}/file`;
  writeFileSync(file, "old");
  await receiveFile(sessionThat("part", end), step, { file }, {}).catch(() => undefined);
  expect(readFileSync(file, "utf8")).toBe("old");
  expect(readdirSync(within)).toEqual(["file"]);
});

it("passes a lost connection on", async () => {
  const file = `${folder()}/file`;
  const lost = new Error("lost");
  await expect(receiveFile(sessionThat("part", lost), step, { file }, {})).rejects.toBe(lost);
  expect(existsSync(file)).toBe(false);
});
