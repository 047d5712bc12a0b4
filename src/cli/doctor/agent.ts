import { type AgentKey, listAgent } from "../../ssh/user-agent.ts";
import { counted } from "../../ui/counted.ts";
import type { Finding } from "../../ui/findings-text.ts";

/** How long an agent that listens and says nothing is waited for. */
const AGENT_TIMEOUT_MS = 3_000;

const within = <Value>(promise: Promise<Value>, ms: number): Promise<Value> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });

interface AgentCheck {
  readonly finding: Finding;
  /** The public keys that it holds. */
  readonly held: readonly Buffer[];
}

const found = (socket: string, keys: readonly AgentKey[]): Finding => {
  const names = keys.map(({ name }) => name).join(", ");
  return keys.length > 0
    ? { area: "agent", level: "ok", message: `${counted(keys.length, "key")}: ${names}` }
    : { area: "agent", level: "warning", message: `${socket} holds no key`, fix: "ssh-add" };
};

/** Whether there is an agent, and what it holds. */
export const checkAgent = async (socket: string | undefined): Promise<AgentCheck> => {
  if (!socket) {
    const message = "none: SSH_AUTH_SOCK is not set";
    return { finding: { area: "agent", level: "ok", message }, held: [] };
  }
  try {
    const keys = await within(listAgent(socket), AGENT_TIMEOUT_MS);
    return { finding: found(socket, keys), held: keys.map(({ publicKey }) => publicKey) };
  } catch (error) {
    const message = `${socket} does not answer: ${(error as Error).message}`;
    const fix = "eval $(ssh-agent) && ssh-add";
    return { finding: { area: "agent", level: "warning", message, fix }, held: [] };
  }
};
