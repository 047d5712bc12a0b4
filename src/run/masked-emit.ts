import { knownSecrets, type SecretRegister } from "../shell/secret-register.ts";
import type { Emit } from "./events.ts";

/** What events are told apart and put together by: names that are no place for a secret. */
const STRUCTURE: readonly string[] = ["type", "host", "hosts", "status"];

const masked = <Value>(value: Value, secrets: SecretRegister): Value => {
  if (typeof value === "string") return secrets.mask(value) as Value & string;
  if (Array.isArray(value)) return value.map((item) => masked(item, secrets)) as Value & unknown[];
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    STRUCTURE.includes(key) ? item : masked(item, secrets),
  ]);
  return Object.fromEntries(entries) as Value;
};

/**
 * Takes known secrets out of every event before anybody sees it: the screen, JSON, logs, reports.
 * A task masks what it knows of; here also goes what a probe, a state or another host lets slip.
 */
export const maskedEmit =
  (emit: Emit, secrets: SecretRegister = knownSecrets): Emit =>
  (event) =>
    emit(masked(event, secrets));
