import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { missingTools, unfitMachine } from "../../../src/lab/requirements.ts";

describe("missing tools", () => {
  test("are those not on the search path, with the Debian packages that bring them", async () => {
    const dir = await mkdtemp(join(tmpdir(), "weft-tools-"));
    try {
      await writeFile(join(dir, "ip"), "");
      await chmod(join(dir, "ip"), 0o755);
      await writeFile(join(dir, "ssh"), "not executable");
      const missing = await missingTools({ searchPath: dir });
      expect(missing).toContainEqual({
        tool: "systemd-nspawn",
        debianPackage: "systemd-container",
      });
      expect(missing.map(({ tool }) => tool)).not.toContain("ip");
      expect(missing.map(({ tool }) => tool)).toContain("ssh");
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  test("are fewer once the image is built", async () => {
    const missing = await missingTools({ searchPath: "/nowhere", build: false });
    expect(missing.map(({ tool }) => tool)).not.toContain("mmdebstrap");
    expect(missing.map(({ tool }) => tool)).toContain("systemd-nspawn");
  });
});

describe("a machine that cannot run the lab", () => {
  const fit = { platform: "linux", uid: 0, missing: [] } as const;

  test("is told so where it is not Linux", () => {
    expect(unfitMachine({ ...fit, platform: "darwin" })?.message).toMatch(/needs Linux.*darwin/);
  });

  test("is told so where the user is not root", () => {
    expect(unfitMachine({ ...fit, uid: 1000 })).toMatchObject({
      message: expect.stringContaining("needs root"),
      hint: "Run it with sudo.",
    });
  });

  test("is told the tools that are missing and each package once", () => {
    const missing = [
      { tool: "ssh", debianPackage: "openssh-client" },
      { tool: "ssh-keygen", debianPackage: "openssh-client" },
      { tool: "mmdebstrap", debianPackage: "mmdebstrap" },
    ];
    expect(unfitMachine({ ...fit, missing })).toMatchObject({
      message: "the lab needs ssh, ssh-keygen, mmdebstrap, not found on this machine",
      hint: expect.stringMatching(/weft lab setup.*apt-get install openssh-client mmdebstrap$/),
    });
  });

  test("is none that has all", () => {
    expect(unfitMachine(fit)).toBeUndefined();
  });
});
