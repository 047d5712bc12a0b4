import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { joinInitramfs } from "../../../src/lab/vm/vm-disk.ts";
import { scratch } from "../../support/scratch.ts";

it.each([1, 2, 3, 4, 4096, 4097])(
  "the second initramfs begins where the kernel looks for it, behind a first one of %i bytes",
  async (bytes) => {
    const files = scratch();
    onTestFinished(() => files.remove());
    const first = files.write("first", "\u001f".repeat(bytes));
    const folder = dirname(files.write("host/hostname", "lab-1"));
    const into = join(files.folder, "both");
    await joinInitramfs({ first, folder, busybox: "busybox", into });
    const both = readFileSync(into);
    const second = both.indexOf("070701");
    expect(second % 4).toBe(0);
    // The kernel skips nothing but zeros.
    expect([...both.subarray(bytes, second)].every((byte) => byte === 0)).toBe(true);
    expect(both.includes("host/hostname")).toBe(true);
  },
);
