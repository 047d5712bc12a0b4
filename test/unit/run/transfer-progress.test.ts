import { expect, it } from "vitest";
import { transferProgress } from "../../../src/run/transfer-progress.ts";

const MEBIBYTE = 1024 * 1024;

it.each([
  [
    "how much of a file has been sent",
    4,
    ["25 %: 1.0 of 4.0 MiB sent", "75 %: 3.0 of 4.0 MiB sent"],
  ],
  [
    "no more than all of one that grew",
    1,
    ["100 %: 1.0 of 1.0 MiB sent", "100 %: 3.0 of 1.0 MiB sent"],
  ],
  ["only how much where the whole is not known", undefined, ["1.0 MiB sent", "3.0 MiB sent"]],
])("tells once a second %s", (_, mebibytes, expected) => {
  const lines: string[] = [];
  let time = 0;
  const progress = transferProgress({
    total: mebibytes && mebibytes * MEBIBYTE,
    verb: "sent",
    onLine: (line) => lines.push(line),
    now: () => time,
  });
  for (const [at, sent] of [
    [500, 1],
    [1_000, 1],
    [1_500, 2],
    [2_100, 3],
  ] as const) {
    time = at;
    progress(sent * MEBIBYTE);
  }
  expect(lines).toEqual(expected);
});
