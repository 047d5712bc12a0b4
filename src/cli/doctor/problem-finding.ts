import { Problem } from "../../problem.ts";
import type { Finding } from "../../ui/findings-text.ts";

/** What a Problem says, as a finding. @throws any other error */
export const problemFinding = (area: string, error: unknown): Finding => {
  if (!(error instanceof Problem)) throw error;
  const { message, hint } = error;
  return { area, level: "problem", message, ...(hint !== undefined && { fix: hint }) };
};
