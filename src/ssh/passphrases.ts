import type { IdentityStore, KeyChoice } from "./identities.ts";
import type { KeyFile } from "./key-file.ts";
import type { Target } from "./target.ts";
import { agentKeys } from "./user-agent.ts";

/**
 * Asks for the passphrase of a key file.
 *
 * @param wrong whether the last answer was wrong
 * @returns `undefined`, or an empty text, to go without that key
 */
export type AskPassphrase = (file: string, wrong: boolean) => Promise<string | undefined>;

type Login = KeyChoice & Pick<Target, "password">;

/** As ssh(1): NumberOfPasswordPrompts of ssh_config(5). */
const TRIES = 3;

const open = async (file: string, identities: IdentityStore, ask: AskPassphrase): Promise<void> => {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const passphrase = await ask(file, tries > 0);
    if (!passphrase || identities.open(file, passphrase)) return;
  }
};

/**
 * Opens the encrypted keys that connections need, asking for each file once. A key that the agent
 * holds needs no passphrase. The default keys are asked for only where there is nothing else to
 * log in with.
 */
export const openLockedKeys = async (
  logins: readonly Login[],
  identities: IdentityStore,
  ask: AskPassphrase,
): Promise<void> => {
  const asked = new Set<string>();
  const held = new Map<string, readonly Buffer[]>();
  const heldBy = async (socket: string) => {
    const keys = held.get(socket) ?? (await agentKeys(socket));
    held.set(socket, keys);
    return keys;
  };
  for (const login of logins) {
    const { agentSocket, identityFiles, password } = login;
    const files = identities.files(login);
    const locked = files.filter(({ key }) => key === "encrypted");
    if (locked.length === 0) continue;
    const inAgent = agentSocket === undefined ? [] : await heldBy(agentSocket);
    const isUsable = ({ key }: KeyFile) => typeof key === "object" && !(key instanceof Error);
    const hasOther = inAgent.length > 0 || password !== undefined || files.some(isUsable);
    if (identityFiles === undefined && hasOther) continue;
    for (const { file, publicKey } of locked) {
      if (asked.has(file) || inAgent.some((key) => publicKey?.equals(key))) continue;
      asked.add(file);
      await open(file, identities, ask);
    }
  }
};
