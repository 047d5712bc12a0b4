import { readFileSync } from "node:fs";
import * as z from "zod";
import { BECOME_METHODS } from "../become.ts";
import { Problem } from "../problem.ts";
import type { Plan } from "../run/plan.ts";
import { atomicWrite } from "./atomic-write.ts";

const diff = z.object({ subject: z.string(), before: z.string(), after: z.string() });

const planFile = z.object({
  weftPlan: z.literal(1),
  /** When it was made, as ISO 8601 has it. */
  at: z.string(),
  /** Keeps digests of short secrets from being guessed. */
  salt: z.string(),
  playbook: z.string(),
  inventory: z.array(z.string()).optional(),
  limit: z.string().optional(),
  extraVars: z.array(z.string()).optional(),
  tags: z.array(z.string()),
  skipTags: z.array(z.string()),
  startAtTask: z.string().optional(),
  become: z.boolean(),
  becomeUser: z.string().optional(),
  becomeMethod: z.enum(BECOME_METHODS).optional(),
  hosts: z.record(
    z.string(),
    z.array(
      z.object({
        play: z.number(),
        title: z.string(),
        changes: z.array(
          z.object({ summary: z.string(), digest: z.string(), diff: diff.optional() }),
        ),
      }),
    ),
  ),
});

/** A plan, and what it was made of. */
export type PlanFile = Omit<z.infer<typeof planFile>, "hosts" | "weftPlan"> & {
  readonly hosts: Plan;
};

/** Writes a plan, for its owner only. @throws Problem where the file cannot be written */
export const writePlan = (file: string, plan: PlanFile): void => {
  try {
    atomicWrite(file, `${JSON.stringify({ weftPlan: 1, ...plan }, undefined, 2)}\n`);
  } catch (cause) {
    throw new Problem(`${file}: the plan cannot be written: ${(cause as Error).message}`, {
      cause,
    });
  }
};

/** Reads a plan. @throws Problem where it cannot be read, or is none */
export const readPlan = (file: string): PlanFile => {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Problem(`${file}: cannot be read as a plan: ${(cause as Error).message}`, {
      cause,
      hint: "weft plan PLAYBOOK --out FILE makes one.",
    });
  }
  const parsed = planFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Problem(`${file}: this is no plan: ${issue?.path.join(".")}: ${issue?.message}`, {
    hint: "weft plan PLAYBOOK --out FILE makes one.",
  });
};
