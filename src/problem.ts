/**
 * A fault in what the user gave: a flag, a file, a variable. Found before any host is touched,
 * told in one message, exit code 1.
 */
export class Problem extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "Problem";
    this.hint = options.hint;
  }
}
