import { UnreachableError } from "./transport.ts";

/** What the user set up for a connection cannot be used: wrong before any host is asked. */
export class SetupError extends UnreachableError {
  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options);
    this.name = "SetupError";
  }
}
