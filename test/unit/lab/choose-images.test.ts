import { describe, expect, test } from "vitest";
import { chooseImages, countHosts, parseImages } from "../../../src/lab/choose-images.ts";

describe("a list of images", () => {
  test("is one for all hosts, or one for each", () => {
    expect(parseImages("el7")).toEqual(["el7"]);
    expect(parseImages("el7,el9")).toEqual(["el7", "el9"]);
    expect(chooseImages(2, { images: ["el7"] })).toEqual({ "lab-1": "el7", "lab-2": "el7" });
    expect(chooseImages(2, { images: ["el7", "el9"] })).toEqual({ "lab-1": "el7", "lab-2": "el9" });
    expect(chooseImages(2, {})).toEqual({ "lab-1": "el9", "lab-2": "el9" });
  });

  test.each(["el5", "", "el7,", "el7 el9"])("%j is refused", (list) => {
    expect(() => parseImages(list)).toThrow(/the lab has no image/);
  });

  test("says how many hosts there are, where it has more than one", () => {
    expect(countHosts({ images: ["el7", "el9"] })).toBe(2);
    expect(countHosts({ images: ["el7"] })).toBe(3);
    expect(countHosts({ images: ["el7"], hosts: 5 })).toBe(5);
    expect(() => countHosts({ images: ["el7", "el9"], hosts: 3 })).toThrow(
      "2 images are named for 3 hosts",
    );
  });
});

describe("a lab that is up", () => {
  const before = { hosts: 2, images: { "lab-1": "el7" } } as const;

  test("never shrinks", () => {
    expect(countHosts({ hosts: 1, before: 2 })).toBe(2);
  });

  test("keeps its hosts' images, and gives new hosts what is asked for", () => {
    expect(chooseImages(3, { before })).toEqual({
      "lab-1": "el7",
      "lab-2": "el9",
      "lab-3": "el9",
    });
    expect(chooseImages(3, { images: ["el7", "el9", "el7"], before })).toEqual({
      "lab-1": "el7",
      "lab-2": "el9",
      "lab-3": "el7",
    });
  });

  test("makes no host another release", () => {
    expect(() => chooseImages(2, { images: ["el9"], before })).toThrow(
      "lab-1 is el7 and cannot become el9",
    );
  });
});
