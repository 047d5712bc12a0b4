import { describe, expect, test } from "vitest";
import { chooseBackend } from "../../../src/lab/backend.ts";
import { chooseImages } from "../../../src/lab/choose-images.ts";
import { availableMemory, lackOfMemory } from "../../../src/lab/vm/vm-requirements.ts";

describe("the backend", () => {
  test("is booted namespaces where nothing is said, and stays what it is in a lab that is up", () => {
    expect(chooseBackend(undefined, undefined)).toBe("nspawn");
    expect(chooseBackend(undefined, "vm")).toBe("vm");
    expect(chooseBackend("vm", undefined)).toBe("vm");
  });

  test("of a lab that is up cannot be changed", () => {
    expect(() => chooseBackend("vm", "nspawn")).toThrow("has the backend nspawn, not vm");
  });

  test("of emulated machines has the base image alone", () => {
    expect(() => chooseImages(1, { images: ["el7"], backend: "vm" })).toThrow(
      "emulated machines are el9, not el7",
    );
    expect(chooseImages(1, { images: ["el9"], backend: "vm" })).toEqual({ "lab-1": "el9" });
  });
});

describe("the memory for emulated machines", () => {
  test("is what the kernel says can be had", () => {
    expect(availableMemory("MemTotal:  8000000 kB\nMemAvailable:    2097152 kB\n")).toBe(2048);
  });

  test("is enough at a gigabyte each, and too little is told with both numbers", () => {
    expect(lackOfMemory(2, 2048)).toBeUndefined();
    expect(lackOfMemory(2, 2047)?.message).toBe(
      "2 emulated machines need 2048 MiB of memory, and 2047 MiB are available",
    );
  });
});
