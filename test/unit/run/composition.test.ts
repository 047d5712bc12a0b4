import { expect, it } from "vitest";
import * as z from "zod";
import { defineContract } from "../../../src/inventory/contract.ts";
import { playbook } from "../../../src/playbook.ts";
import { toggle, toyContract } from "../../support/toy.ts";

const play = (name: string) => ({ name, hosts: "toys" as const, tasks: () => [toggle("a")] });
const inner = playbook(toyContract, [play("two"), play("three")]);

it("runs the plays of another playbook in its place", () => {
  const outer = playbook(toyContract, [play("one"), inner, play("four")]);
  expect(outer.plays.map(({ name }) => name)).toEqual(["one", "two", "three", "four"]);
});

it("takes playbooks whose groups it shares, and refuses others", () => {
  const wider = defineContract({ ...toyContract.groups, web: z.object({}) });
  expect(playbook(wider, [inner]).plays).toHaveLength(2);
  const other = defineContract({ toys: z.object({ name: z.string() }) });
  expect(() => playbook(other, [inner])).toThrow(
    'play "two" is for the group "toys" of another contract',
  );
});
