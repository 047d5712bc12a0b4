import { randomBytes } from "node:crypto";
import { type Opening, onTheWire, openingScript, type ScriptStep, script } from "./shell-script.ts";

export interface ShellOpeningOptions extends Opening {
  /** A script of these is to follow in the same breath. */
  readonly greeting?: readonly ScriptStep[] | undefined;
}

/** The first script that a shell is sent is its number 1. */
const FIRST = 1;

/**
 * What a shell is told first. It is made before the shell is there, so that it can be sent together
 * with the request for the shell.
 */
export class ShellOpening {
  /** Marks what the shell says to weft. */
  readonly nonce = randomBytes(16).toString("hex");
  readonly greeting: readonly ScriptStep[] | undefined;
  readonly hasLock: boolean;
  readonly text: string;
  /** True once it has gone on its way. */
  isSent = false;

  constructor(options: ShellOpeningOptions = {}) {
    const { greeting, lock } = options;
    this.greeting = greeting;
    this.hasLock = lock !== undefined;
    const first = greeting === undefined ? "" : onTheWire(script(FIRST, greeting));
    this.text = openingScript(this.nonce, options) + first;
  }
}
