import { expect, test } from "vitest";
import { type BecomeDefaults, type BecomeWish, becomeOf } from "../../src/become.ts";

const root = { user: "root", method: "sudo" };

test.each<[what: string, host: BecomeDefaults, wish: BecomeWish | undefined, becomes: unknown]>([
  ["nothing said", {}, undefined, undefined],
  ["wished", {}, true, root],
  ["the host's default", { become: true }, undefined, root],
  ["refused by the task", { become: true }, false, undefined],
  ["the host's user, where it becomes only on request", { becomeUser: "db" }, undefined, undefined],
  ["the host's user on request", { becomeUser: "db" }, true, { user: "db", method: "sudo" }],
  ["the host's method on request", { becomeMethod: "su" }, true, { user: "root", method: "su" }],
  [
    "the task's user over the host's",
    { become: true, becomeUser: "db", becomeMethod: "su" },
    { user: "web" },
    { user: "web", method: "su" },
  ],
  ["the task's method over the host's", { becomeMethod: "su" }, { method: "sudo" }, root],
])("%s", (_what, host, wish, becomes) => {
  expect(becomeOf(host, wish)).toEqual(becomes);
});
